import type { Page } from '@playwright/test';
import { zh } from '../../renderer/messages/zh.ts';
import type { FakeCore } from './fake-core.ts';
import { expect, next, open, test } from './harness.ts';
import { filled, stored } from './views.ts';

const SERVICE = 'unemployment-reg';
const submissionId = '5'.repeat(32);
const review = filled(SERVICE, { step: 'review', signature: { mode: 'signature' }, submissionId });
const receipt = stored(SERVICE, {}, { submissionId });
/** An answer that never comes. */
const never = new Promise<never>(() => undefined);

async function submitUnanswered(page: Page, core: FakeCore): Promise<void> {
  core.show(review);
  await open(page, core);
  core.script = ({ path }) => (path === 'session.submit' ? never : undefined);
  await next(page).tap();
  await expect.poll(() => core.called('session.submit').length).toBe(1);
}

/** The line drops, and is there again. */
async function loseLine(page: Page, core: FakeCore): Promise<void> {
  await core.stop();
  await expect(page.getByRole('alertdialog')).toContainText(zh.link.lostTitle);
  await core.start();
  await expect(page.getByRole('alertdialog')).toHaveCount(0);
}

test('a submission whose answer is lost, and which is stored, is not asked for again beside its receipt', async ({
  page,
  core,
}) => {
  await submitUnanswered(page, core);
  await loseLine(page, core);
  // nobody knows yet whether it was stored
  await expect(page.locator('.saying')).toHaveText(zh.saying.tryAgain);
  core.show(receipt);
  await expect(page.locator('.screen[data-step="receipt"]')).toBeVisible();
  await expect(page.locator('.saying')).toHaveText('');
});

test('an answer that is lost when the receipt stands there already says nothing on it', async ({
  page,
  core,
}) => {
  await submitUnanswered(page, core);
  core.show(receipt);
  await expect(page.locator('.screen[data-step="receipt"]')).toBeVisible();
  await loseLine(page, core);
  await expect(page.locator('.screen[data-step="receipt"]')).toBeVisible();
  await expect(page.locator('.saying')).toHaveText('');
});
