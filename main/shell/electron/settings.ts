import type { BrowserWindowConstructorOptions, Input } from 'electron';

/**
 * Settings of the locked window, apart from Electron itself so that they can be tested without it.
 * The list is Electron's own security checklist and what a kiosk needs beside it.
 */

/** Every switch set on the command line before `ready`: name and value. */
export const COMMAND_LINE_SWITCHES: readonly (readonly [name: string, value?: string])[] = [
  ['disable-pinch'],
  ['overscroll-history-navigation', '0'],
  ['autoplay-policy', 'no-user-gesture-required'],
  ['disable-features', 'Translate,TouchpadOverscrollHistoryNavigation'],
];

/** Options of the one window. */
export function windowOptions(partition: string): BrowserWindowConstructorOptions {
  return {
    kiosk: true,
    fullscreen: true,
    frame: false,
    closable: false,
    minimizable: false,
    show: false,
    autoHideMenuBar: true,
    backgroundColor: '#ffffff',
    webPreferences: {
      partition,
      contextIsolation: true,
      sandbox: true,
      webSecurity: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webviewTag: false,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      plugins: false,
      devTools: false,
    },
  };
}

/** Whether an address is of the core's page: compared as parsed origin, never as prefix. */
export function isOwnOrigin(address: string, origin: string): boolean {
  try {
    return new URL(address).origin === new URL(origin).origin;
  } catch {
    return false;
  }
}

/** Whether the window may load this: the page and its socket; nothing else, not even file:. */
export function mayRequest(address: string, origin: string): boolean {
  if (isOwnOrigin(address, origin)) return true;
  try {
    const url = new URL(address);
    const own = new URL(origin);
    if (url.protocol === 'ws:') return url.host === own.host;
    return (url.protocol === 'data:' || url.protocol === 'blob:') && own.protocol === 'http:';
  } catch {
    return false;
  }
}

/** A wish of a page for something of the machine, as far as Electron tells. */
export interface Wish {
  readonly permission: string;
  readonly requestingOrigin: string;
  /** Of `media`: what is to be recorded. Electron tells `unknown` when only names are asked for. */
  readonly media: readonly string[];
}

/** What the page may ask of the machine: only the document camera, never a microphone, only our own origin. */
export function mayUse({ permission, requestingOrigin, media }: Wish, origin: string): boolean {
  return (
    permission === 'media' && !media.includes('audio') && isOwnOrigin(requestingOrigin, origin)
  );
}

/** What the core says of itself, as much as the shell looks at. */
export type HealthReader = (address: string) => Promise<unknown>;

/**
 * Whether the camera may be switched on at this moment: the core says that somebody is at the papers. A core
 * that says nothing means no.
 */
export async function cameraWanted(origin: string, read: HealthReader): Promise<boolean> {
  try {
    const health = await read(new URL('/health', origin).href);
    return (
      typeof health === 'object' &&
      health !== null &&
      'cameraWanted' in health &&
      health.cameraWanted === true
    );
  } catch {
    return false;
  }
}

const ALLOWED_WITH_CONTROL = new Set(['a', 'c', 'v', 'x', 'z']);

/** Keys that would lead out of the page: function keys, Alt and Windows combinations, most of Ctrl. */
export function isForbiddenKey(
  input: Pick<Input, 'type' | 'key' | 'control' | 'alt' | 'meta'>,
): boolean {
  if (/^F\d{1,2}$/.test(input.key) || input.key === 'BrowserBack') return true;
  if (input.alt || input.meta) return true;
  return input.control && !ALLOWED_WITH_CONTROL.has(input.key.toLowerCase());
}

const CORE_OPTIONS = new Set(['--port', '--data', '--config', '--platform', '--simulators']);

/** Of all that Electron was started with, what is meant for the core; Chromium's own switches are not. */
export function coreArguments(argv: readonly string[]): readonly string[] {
  return argv.flatMap((word, at) => {
    const value = argv[at + 1];
    return CORE_OPTIONS.has(word) && value !== undefined ? [word, value] : [];
  });
}

/**
 * Address of a core that runs already, given by `--page`: for trying the shell out, never in a package.
 */
export function pageArgument(argv: readonly string[]): string | undefined {
  const at = argv.indexOf('--page');
  const value = at < 0 ? undefined : argv[at + 1];
  return value !== undefined && /^http:\/\/127\.0\.0\.1:\d+\//.test(value) ? value : undefined;
}

/** Where `npm ci` puts the shipped Node, below the package's root. */
export function nodeBinary(platform: NodeJS.Platform, arch: string): string {
  return platform === 'win32'
    ? `node_modules/node-win-${arch}/bin/node.exe`
    : `node_modules/node-${platform}-${arch}/bin/node`;
}
