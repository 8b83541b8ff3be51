import { app, BrowserWindow, Menu, powerSaveBlocker, safeStorage, session } from 'electron';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runCore, type TerminalReady } from '../core-process.ts';
import { hardenApp, hardenSession } from './hardening.ts';
import { createRecovery, UNRESPONSIVE_MS } from './recovery.ts';
import {
  COMMAND_LINE_SWITCHES,
  coreArguments,
  nodeBinary,
  pageArgument,
  windowOptions,
} from './settings.ts';
import { terminalKeyFromStorage } from './terminal-key.ts';

/**
 * The production shell: one locked window that shows the core's page, and the watchdog of both.
 * There is no preload and no IPC: the page talks to the core only.
 */

/** In memory only: no `persist:`, so that nothing of a session reaches the disk. */
const PARTITION = 'terminal';

const resources = app.isPackaged
  ? process.resourcesPath
  : join(import.meta.dirname, '../../../../..');
const node = app.isPackaged
  ? join(resources, 'node', process.platform === 'win32' ? 'node.exe' : 'node')
  : join(resources, nodeBinary(process.platform, process.arch));
const entry = join(
  resources,
  app.isPackaged ? 'terminal/scripts/terminal.ts' : 'scripts/terminal.ts',
);

let origin = 'http://127.0.0.1';
let page: TerminalReady | undefined;
let window: BrowserWindow | undefined;
let quitting = false;
const recovery = createRecovery(() => performance.now());

function show(): void {
  if (!page || !window) return;
  window.loadURL(page.page).catch((error: unknown) => console.error('page did not load', error));
}

function pageGone(reason: string): void {
  console.error('page gone', reason);
  if (recovery.pageGone() === 'relaunch') {
    app.relaunch();
    app.exit(0);
    return;
  }
  // The one-time token was used: the cookie of the session still holds.
  if (page && window) {
    window.loadURL(page.url).catch((error: unknown) => console.error('page did not load', error));
  }
}

function watch(contentsOf: BrowserWindow): void {
  const contents = contentsOf.webContents;
  let hung: NodeJS.Timeout | undefined;
  contents.on('render-process-gone', (_event, details) => pageGone(details.reason));
  contents.on('unresponsive', () => {
    hung = setTimeout(() => contents.forcefullyCrashRenderer(), UNRESPONSIVE_MS);
  });
  contents.on('responsive', () => clearTimeout(hung));
  contents.on('did-finish-load', () => {
    contents.setVisualZoomLevelLimits(1, 1).catch((error: unknown) => console.error(error));
    contentsOf.show();
  });
  contentsOf.on('close', (event) => {
    if (!quitting) event.preventDefault();
  });
}

function openWindow(): void {
  hardenSession(session.fromPartition(PARTITION), origin);
  window = new BrowserWindow(windowOptions(PARTITION));
  window.setMenu(null);
  watch(window);
  show();
}

/** Nothing can be shown: tells why and goes, so that whoever started the shell sees it. */
function end(reason: unknown): void {
  console.error(reason);
  app.exit(1);
}

async function run(): Promise<void> {
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return;
  }
  for (const [name, value] of COMMAND_LINE_SWITCHES) app.commandLine.appendSwitch(name, value);
  hardenApp(app, () => origin);
  app.on('child-process-gone', (_event, details) =>
    console.error('child gone', details.type, details.reason),
  );
  app.on('window-all-closed', () => {
    if (quitting) app.quit();
  });
  await app.whenReady();
  Menu.setApplicationMenu(null);
  powerSaveBlocker.start('prevent-display-sleep');
  if (!existsSync(node)) throw new Error(`the shipped Node is not there: ${node}`);
  const serving = (ready: TerminalReady): void => {
    const moved = origin !== new URL(ready.url).origin;
    page = ready;
    origin = new URL(ready.url).origin;
    if (!window) openWindow();
    // A core that came back at the same place finds its page waiting, with the citizen's answers in it.
    else if (moved) show();
  };
  const shown = app.isPackaged ? undefined : pageArgument(process.argv);
  if (shown !== undefined) {
    serving({ ready: true, part: 'terminal', page: shown, url: new URL('/', shown).href });
    app.on('before-quit', () => {
      quitting = true;
    });
    return;
  }
  const key = await terminalKeyFromStorage(
    safeStorage,
    join(app.getPath('userData'), 'terminal-key.bin'),
  );
  const core = runCore({
    node,
    args: [entry, ...coreArguments(process.argv)],
    ...(key === undefined ? {} : { env: { BIANMIN_TERMINAL_KEY: key } }),
    onReady: serving,
    onGone: (gone) => console.error('core gone, starting it again', gone),
    onHopeless: end,
  });
  app.on('before-quit', (event) => {
    if (quitting) return;
    quitting = true;
    event.preventDefault();
    core.stop().then(
      () => app.quit(),
      () => app.exit(1),
    );
  });
}

run().catch(end);
