import { en } from '../../renderer/messages/en.ts';
import { zh } from '../../renderer/messages/zh.ts';
import { expect, next, open, test } from './harness.ts';
import { faultView, stored } from './views.ts';

const SERVICE = 'unemployment-reg';
const FAULT = faultView('printer.paperOut');

for (const [locale, t] of Object.entries({ zh, en } as const)) {
  test(`what is held while its receipt is on the screen is promised no more (${locale})`, async ({
    page,
    core,
  }) => {
    const print = { state: 'failed', fault: FAULT } as const;
    const receipt = stored(SERVICE, { delivery: 'waiting', print }).receipt!;
    core.show(stored(SERVICE, receipt, { locale: locale as 'zh' | 'en' }));
    await open(page, core);
    const main = page.locator('.main');
    await expect(main).toContainText(t.receipt.waitingText);
    await expect(main).toContainText(t.receipt.safe);
    core.change({ receipt: { ...receipt, delivery: 'held' } });
    await expect(main).toContainText(t.receipt.heldText);
    await expect(main.locator('.title-aside')).toHaveText(t.receipt.held);
    // seen without scrolling: the paper in the hand may still say that it goes by itself
    await expect(main.locator('.notice').first()).toContainText(t.receipt.heldText);
    await expect(main.locator('.notice').first()).toBeInViewport({ ratio: 1 });
    await expect(main).not.toContainText(t.receipt.waitingText);
    await expect(main).not.toContainText(t.receipt.waiting);
    // neither that it is safe, nor how soon it is decided, nor whom to ring up: there nobody can find it
    await expect(main).not.toContainText(t.receipt.next);
    await expect(main).not.toContainText(t.receipt.safe);
    await expect(main).not.toContainText(t.receipt.nextImmediate);
    await expect(main).not.toContainText(t.receipt.nextPromised.split('{{limit}}')[1]!);
    // the page behind the code says that it is sent by itself
    await expect(main).not.toContainText(t.receipt.qrHow);
    await expect(main).toContainText(t.receipt.qrHeld);
    await expect(next(page)).toHaveText(t.receipt.finishHeld);
    // the receipt is still wanted: it is what one asks with
    await expect(main).toContainText(t.receipt.failed);
    for (const state of ['unknown', 'printing'] as const) {
      core.change({ receipt: { ...receipt, delivery: 'held', print: { state, fault: FAULT } } });
      await expect(main).not.toContainText(t.receipt.failed);
      await expect(main).not.toContainText(t.receipt.safe);
    }
  });
}

test('who has scrolled down is shown up here that the application is held', async ({
  page,
  core,
}) => {
  await page.setViewportSize({ width: 1024, height: 768 });
  const { receipt } = stored(SERVICE, { delivery: 'waiting' });
  core.show(stored(SERVICE, receipt!));
  await open(page, core);
  await page.locator('.main .chapter').last().scrollIntoViewIfNeeded();
  const first = page.locator('.main .notice').first();
  await expect(first).not.toBeInViewport();
  core.change({ receipt: { ...receipt!, delivery: 'held' } });
  await expect(first).toContainText(zh.receipt.heldText);
  await expect(first).toBeInViewport({ ratio: 1 });
});

test('a paper that says that it goes by itself may be printed anew once the application is held', async ({
  page,
  core,
}) => {
  const { receipt } = stored(SERVICE, { delivery: 'held' });
  core.show(stored(SERVICE, receipt!));
  await open(page, core);
  const anew = page.getByRole('button', { name: zh.receipt.anew });
  await expect(anew).toHaveCount(0);
  core.change({ receipt: { ...receipt!, paperOutdated: true } });
  await expect(anew).toBeInViewport({ ratio: 1 });
});
