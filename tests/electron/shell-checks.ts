import type { ElectronApplication, Page } from 'playwright-core';

/** One promise of the locked window, checked inside a real Electron. Throws when it is broken. */
export interface ShellCheck {
  readonly name: string;
  readonly run: (app: ElectronApplication, page: Page, origin: string) => Promise<void>;
}

function must(condition: boolean, what: string): void {
  if (!condition) throw new Error(what);
}

/** What a first machine with the binary must show; docs/electron-acceptance.md has the transcript. */
export const SHELL_CHECKS: readonly ShellCheck[] = [
  {
    name: 'shows the core’s page from 127.0.0.1',
    async run(_app, page, origin) {
      await page.waitForSelector('main');
      must(new URL(page.url()).origin === origin, `page is ${new URL(page.url()).origin}`);
    },
  },
  {
    name: 'is one kiosk window, full screen, not closable',
    async run(app) {
      const state = await app.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows().map((w) => ({
          kiosk: w.isKiosk(),
          closable: w.isClosable(),
        })),
      );
      must(
        JSON.stringify(state) === JSON.stringify([{ kiosk: true, closable: false }]),
        JSON.stringify(state),
      );
    },
  },
  {
    name: 'gives the page no Node, no require, no process',
    async run(_app, page) {
      const seen = await page.evaluate(() => [
        typeof globalThis.process,
        typeof (globalThis as { require?: unknown }).require,
      ]);
      must(
        seen.every((type) => type === 'undefined'),
        seen.join(),
      );
    },
  },
  {
    name: 'opens no second window',
    async run(app, page) {
      await page.evaluate(() => window.open('about:blank'));
      const windows = await app.evaluate(
        ({ BrowserWindow }) => BrowserWindow.getAllWindows().length,
      );
      must(windows === 1, `${String(windows)} windows`);
    },
  },
  {
    name: 'does not navigate away',
    async run(_app, page, origin) {
      await page.evaluate(() => {
        location.href = 'https://example.com/';
      });
      await page.waitForTimeout(1_000);
      must(new URL(page.url()).origin === origin, page.url());
    },
  },
  {
    name: 'fetches nothing from elsewhere',
    async run(_app, page) {
      const blocked = await page.evaluate(() =>
        fetch('http://127.0.0.1:9/').then(
          () => false,
          () => true,
        ),
      );
      must(blocked, 'a request left the window');
    },
  },
  {
    name: 'denies location, notifications and clipboard',
    async run(_app, page) {
      const states = await page.evaluate(async () => {
        const names = ['geolocation', 'notifications', 'clipboard-read'] as PermissionName[];
        return Promise.all(
          names.map(async (name) => (await navigator.permissions.query({ name })).state),
        );
      });
      must(!states.includes('granted'), states.join());
    },
  },
  {
    name: 'ignores Ctrl+N, F12 and Alt+F4',
    async run(app, page) {
      for (const keys of ['Control+n', 'F12', 'Alt+F4']) await page.keyboard.press(keys);
      const windows = await app.evaluate(
        ({ BrowserWindow }) => BrowserWindow.getAllWindows().length,
      );
      must(windows === 1, `${String(windows)} windows`);
    },
  },
  {
    name: 'comes back after its page process is killed',
    async run(app, _page, origin) {
      await app.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer(),
      );
      const deadline = Date.now() + 20_000;
      for (;;) {
        const url = await app.evaluate(({ BrowserWindow }) => {
          const contents = BrowserWindow.getAllWindows()[0]?.webContents;
          return contents?.isCrashed() === false && !contents.isLoading() ? contents.getURL() : '';
        });
        if (url.startsWith(`${origin}/`)) return;
        must(Date.now() < deadline, 'the page did not come back');
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
    },
  },
];
