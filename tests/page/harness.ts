import { test as base, expect, type Page } from '@playwright/test';
import { FakeCore } from './fake-core.ts';
import { Line } from './line.ts';
import { catalogue, terminalView } from './views.ts';
import { CALM, WINDOW } from './window.ts';

interface Ends {
  readonly core: FakeCore;
  /** What the page complained about on its console. */
  readonly complaints: string[];
}

/** A test with a core of its own and a browser's context of its own, which costs two seconds of a core. */
export const alone = base.extend<Ends, { line: Line }>({
  line: [
    async ({}, give) => {
      const line = new Line();
      await give(line);
      await line.cut();
    },
    { scope: 'worker' },
  ],
  core: async ({ line }, give) => {
    const core = new FakeCore(terminalView(), catalogue, line);
    await core.start();
    await give(core);
    line.leave();
  },
  complaints: async ({ page }, give) => {
    const complaints: string[] = [];
    const onConsole = (message: { type: () => string; text: () => string }): void => {
      if (message.type() === 'error' || message.type() === 'warning') {
        complaints.push(message.text());
      }
    };
    const onError = (error: Error): void => void complaints.push(String(error));
    page.on('console', onConsole).on('pageerror', onError);
    await give(complaints);
    page.off('console', onConsole).off('pageerror', onError);
  },
});

/**
 * A test with a core of its own. One tab serves one test after the other: each loads the page anew, and
 * the page may keep nothing (forgetting.spec.ts). After a failed test there is a new browser.
 */
export const test = alone.extend<object, { tab: Page }>({
  tab: [
    async ({ browser }, give) => {
      const context = await browser.newContext({ ...WINDOW, ...CALM });
      await give(await context.newPage());
      await context.close();
    },
    { scope: 'worker' },
  ],
  // with the core, so that the page is left before its core is
  page: async ({ tab, core: _core }, give) => {
    await tab.setViewportSize(WINDOW.viewport);
    await give(tab);
    await tab.goto('about:blank');
  },
});

export { expect };

/** Opens the page and waits until it draws what the core says. */
export async function open(page: Page, core: FakeCore): Promise<void> {
  await page.goto(core.url);
  await page.locator('.screen[data-step]').waitFor();
  await page.evaluate(() => document.fonts.ready);
}

/** The big button. */
export const next = (page: Page) => page.locator('.footer-next button');
