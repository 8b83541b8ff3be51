/**
 * Settings of the Chromium shell: for machines where Electron cannot run, and for trying things out.
 * Known limit: `--kiosk` does not lock a physical keyboard, so a terminal in this shell needs none,
 * or a window manager that blocks the keys. Electron is the production shell.
 */

/** What Chromium is started with. */
export interface BrowserShellOptions {
  readonly page: string;
  /** On tmpfs: nothing of a session may reach a disk. */
  readonly profileDir: string;
  /** Root may only run Chromium without its sandbox; a terminal never runs as root. */
  readonly asRoot: boolean;
}

/** Command line of the kiosk window. */
export function chromiumArguments(options: BrowserShellOptions): readonly string[] {
  return [
    '--kiosk',
    `--app=${options.page}`,
    `--user-data-dir=${options.profileDir}`,
    '--incognito',
    '--no-first-run',
    '--no-default-browser-check',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--disable-quic',
    '--disable-pinch',
    '--disable-translate',
    '--disable-session-crashed-bubble',
    // a minidump is a piece of memory, and so of somebody, in a file
    '--disable-breakpad',
    '--disable-crash-reporter',
    '--disable-features=Translate,TouchpadOverscrollHistoryNavigation,MediaRouter',
    '--overscroll-history-navigation=0',
    '--autoplay-policy=no-user-gesture-required',
    '--disk-cache-dir=/dev/null',
    '--password-store=basic',
    ...(options.asRoot ? ['--no-sandbox'] : []),
  ];
}

/**
 * Managed policy for `/etc/chromium/policies/managed/bianmin.json`; `npm run terminal -- --print-policy` prints it,
 * the technician installs it: nothing but the core's page, no translation bubble, no settings, no developer tools.
 */
export function managedPolicy(origin: string): Readonly<Record<string, unknown>> {
  return {
    URLBlocklist: ['*', 'chrome://*', 'devtools://*', 'view-source:*', 'file://*'],
    URLAllowlist: [origin],
    TranslateEnabled: false,
    DeveloperToolsAvailability: 2,
    IncognitoModeAvailability: 0,
    PasswordManagerEnabled: false,
    AutofillAddressEnabled: false,
    AutofillCreditCardEnabled: false,
    DownloadRestrictions: 3,
    PrintingEnabled: false,
    DefaultGeolocationSetting: 2,
    DefaultNotificationsSetting: 2,
    DefaultWebUsbGuardSetting: 2,
    DefaultSerialGuardSetting: 2,
    DefaultWebHidGuardSetting: 2,
    VideoCaptureAllowed: false,
    VideoCaptureAllowedUrls: [origin],
    AudioCaptureAllowed: false,
    BrowserSignin: 0,
    SyncDisabled: true,
    SearchSuggestEnabled: false,
    MetricsReportingEnabled: false,
  };
}
