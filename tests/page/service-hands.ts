import type { Page } from '@playwright/test';
import { zh } from '../../renderer/messages/zh.ts';
import type { FakeCore } from './fake-core.ts';
import { open } from './harness.ts';
import { expectGoodScreen } from './measure.ts';

const SHOTS = process.env['BIANMIN_SCREENSHOTS'];

/** Measures a screen, and keeps a picture of it where pictures are asked for. */
export async function look(page: Page, name: string): Promise<void> {
  if (SHOTS !== undefined) await page.screenshot({ path: `${SHOTS}/${name}.png`, fullPage: true });
  await expectGoodScreen(page, name);
}

/** Touches the seal, which is the hidden way in: all at once, for a busy machine would be late with the last. */
export async function knock(page: Page, times: number): Promise<void> {
  await page.locator('.header-seal').evaluate((seal, touches) => {
    for (let i = 0; i < touches; i += 1) {
      seal.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true }));
    }
  }, times);
}

/** Types a PIN. */
export async function type(page: Page, pin: string): Promise<void> {
  for (const digit of pin) await page.getByRole('button', { name: digit, exact: true }).tap();
}

/** Comes to the service page as a technician. */
export async function enter(page: Page, core: FakeCore): Promise<void> {
  await open(page, core);
  await knock(page, 5);
  await page.getByRole('button', { name: zh.service.technician }).tap();
  await type(page, '271828');
  await page.getByRole('button', { name: zh.service.enter }).tap();
}
