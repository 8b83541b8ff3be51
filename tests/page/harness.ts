import { test as base, expect, type Page } from '@playwright/test';
import { FakeCore } from './fake-core.ts';
import { catalogue, terminalView } from './views.ts';

/** A test with a core of its own and a page that may complain about nothing. */
export const test = base.extend<{ core: FakeCore; complaints: string[] }>({
  core: async ({}, give) => {
    const core = new FakeCore(terminalView(), catalogue);
    await core.start();
    await give(core);
    await core.stop();
  },
  complaints: async ({ page }, give) => {
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') {
        complaints.push(message.text());
      }
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    await give(complaints);
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
