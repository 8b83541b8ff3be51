import type { App, Session, WebContents } from 'electron';
import {
  cameraWanted,
  isForbiddenKey,
  isOwnOrigin,
  mayRequest,
  mayUse,
  type HealthReader,
} from './settings.ts';

const readHealth: HealthReader = async (address) =>
  (await fetch(address, { signal: AbortSignal.timeout(2_000) })).json();

/**
 * Denies a session everything but the core's page and, for our origin only and only while the core says that
 * somebody is at the papers, the document camera.
 */
export function hardenSession(
  session: Session,
  origin: string,
  health: HealthReader = readHealth,
): void {
  session.setPermissionRequestHandler((_contents, permission, answer, details) => {
    const media = 'mediaTypes' in details ? (details.mediaTypes ?? []) : [];
    const wish = { permission, requestingOrigin: details.requestingUrl, media };
    // to be recorded is more than to be named: without a word of what, it is refused
    if (!media.includes('video') || !mayUse(wish, origin)) {
      answer(false);
      return;
    }
    cameraWanted(origin, health).then(answer, () => answer(false));
  });
  // names of cameras are told without recording anything
  session.setPermissionCheckHandler((_contents, permission, requestingOrigin, details) => {
    const media = details.mediaType === undefined ? [] : [details.mediaType];
    return mayUse({ permission, requestingOrigin, media }, origin);
  });
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, answer) => answer({}));
  session.on('select-hid-device', (event, _details, answer) => {
    event.preventDefault();
    answer(null);
  });
  session.on('select-serial-port', (event, _ports, _contents, answer) => {
    event.preventDefault();
    answer('');
  });
  session.on('select-usb-device', (event, _details, answer) => {
    event.preventDefault();
    answer();
  });
  session.on('will-download', (event) => event.preventDefault());
  session.setSpellCheckerEnabled(false);
  session.webRequest.onBeforeRequest((details, answer) =>
    answer({ cancel: !mayRequest(details.url, origin) }),
  );
}

/** Keeps a page where it is, with no way out by navigation, windows, keys, menus or zoom. */
export function hardenContents(contents: WebContents, origin: string): void {
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  contents.on('will-navigate', (details) => {
    if (!isOwnOrigin(details.url, origin)) details.preventDefault();
  });
  contents.on('will-frame-navigate', (details) => {
    if (!isOwnOrigin(details.url, origin)) details.preventDefault();
  });
  contents.on('will-redirect', (details) => {
    if (!isOwnOrigin(details.url, origin)) details.preventDefault();
  });
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.on('context-menu', (event) => event.preventDefault());
  contents.on('before-input-event', (event, input) => {
    if (isForbiddenKey(input)) event.preventDefault();
  });
}

/** Applies the above to every contents the app will ever make, before the first one is made. */
export function hardenApp(app: App, origin: () => string): void {
  app.enableSandbox();
  app.on('web-contents-created', (_event, contents) => hardenContents(contents, origin()));
  app.on('certificate-error', (event, _contents, _url, _error, _certificate, answer) => {
    event.preventDefault();
    answer(false);
  });
  app.on('login', (event) => event.preventDefault());
}
