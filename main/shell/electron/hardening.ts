import type { App, Session, WebContents } from 'electron';
import { isForbiddenKey, isOwnOrigin, mayRequest, mayUse } from './settings.ts';

/** Denies a session everything but the core's page and, for our origin only, the document camera. */
export function hardenSession(session: Session, origin: string): void {
  session.setPermissionRequestHandler((_contents, permission, answer, details) => {
    answer(mayUse(permission, details.requestingUrl, origin));
  });
  session.setPermissionCheckHandler((_contents, permission, requestingOrigin) =>
    mayUse(permission, requestingOrigin, origin),
  );
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
