import { join } from 'node:path';
import type { Page } from '@playwright/test';
import type { ReceiptView } from '../../main/contract/session-view.ts';
import { en } from '../../renderer/messages/en.ts';
import { zh } from '../../renderer/messages/zh.ts';
import type { FakeCore } from './fake-core.ts';
import { alone, expect, next, open, test } from './harness.ts';
import { expectGoodScreen } from './measure.ts';
import { faultView, identified, sessionView, stored } from './views.ts';
import { LOOKED_AT_LOCALES, WINDOW } from './window.ts';

const SERVICE = 'unemployment-reg';
const WORDS = { zh, en };
const SHOTS = process.env['BIANMIN_SCREENSHOTS'];

/** Photographs a screen as it stands, and measures it. */
async function look(page: Page, name: string): Promise<void> {
  if (SHOTS !== undefined) {
    await page.screenshot({ path: join(SHOTS, `${name}.png`), animations: 'disabled' });
  }
  await expectGoodScreen(page, name);
}

const print = (core: FakeCore, how: ReceiptView['print']): void =>
  core.change({ receipt: { ...core.session!.receipt!, print: how } });

/** Ends, and then the core has forgotten everything, the receipt as well. */
const forgets = ({ path }: { readonly path: string }, core: FakeCore): void => {
  if (path === 'session.end') core.show(sessionView({ step: 'goodbye' }));
};

for (const [name, size] of Object.entries({
  upright: WINDOW.viewport,
  lying: { width: 1920, height: 1080 },
})) {
  for (const locale of LOOKED_AT_LOCALES) {
    const t = WORDS[locale];

    test(`nobody is sent away while a receipt is printed, and then hears what came of it (${name}, ${locale})`, async ({
      page,
      core,
    }) => {
      core.script = ({ path }) => {
        if (path === 'session.end') core.show(sessionView({ step: 'goodbye', locale }));
      };
      await page.setViewportSize(size);
      core.show(stored(SERVICE, { print: { state: 'printing' } }, { locale }));
      await open(page, core);
      const another = page.getByRole('button', { name: t.receipt.another, exact: true });
      await expect(next(page)).toHaveText(t.receipt.finishWaits);
      await expect(next(page)).toHaveAttribute('aria-disabled', 'true');
      await expect(another).toHaveAttribute('aria-disabled', 'true');
      await next(page).tap({ force: true });
      await look(page, `receipt-waits-${name}-${locale}`);

      print(core, { state: 'failed', fault: faultView('printer.paperOut') });
      await expect(page.locator('.main')).toContainText(t.receipt.failed);
      await expect(next(page)).toHaveText(t.receipt.finish);
      await expect(another).not.toHaveAttribute('aria-disabled', 'true');
      expect(core.called('session.end')).toHaveLength(0);
      await next(page).tap();
      await expect(page.locator('.goodbye')).toContainText(t.goodbye.takeNoReceipt);
      await expect(page.locator('.goodbye')).toContainText(t.goodbye.takeNoReceiptOther);
      await expect(page.locator('.goodbye')).not.toContainText(t.goodbye.take);
      // all of it is there at a glance, the way out too
      await expect(page.locator('.goodbye .picture')).toBeInViewport({ ratio: 1 });
      await expect(page.locator('.goodbye .button-primary')).toBeInViewport({ ratio: 1 });
      await look(page, `goodbye-no-receipt-${name}-${locale}`);
    });
  }
}

for (const [what, how, said, named] of [
  ['printed', { state: 'printed' }, zh.receipt.printed, true],
  ['held out', { state: 'printed', ticket: 'waiting' }, zh.ticket.waiting, true],
  [
    'taken back by the printer',
    { state: 'printed', ticket: 'retracted' },
    zh.ticket.retracted,
    false,
  ],
  ['perhaps printed', { state: 'unknown' }, zh.receipt.unknown, false],
  [
    'stopped by the end of the paper, and perhaps printed on later',
    { state: 'unknown', fault: faultView('printer.paperOut') },
    zh.receipt.stoppedHow,
    false,
  ],
] as const) {
  test(`the last screen names the receipt only where there is one: ${what}`, async ({
    page,
    core,
  }) => {
    core.script = forgets;
    core.show(stored(SERVICE, { print: { state: 'printed' } }));
    await open(page, core);
    print(core, how);
    await expect(page.locator('.main')).toContainText(said);
    await next(page).tap();
    await expect(page.locator('.goodbye')).toContainText(
      named ? zh.goodbye.take : zh.goodbye.takeNoReceipt,
    );
    // and the next citizen's last screen knows nothing of it
    core.show(identified({ sessionId: 'session-2' }));
    await expect(page.locator('.screen')).toHaveAttribute('data-step', 'find');
    core.show(sessionView({ sessionId: 'session-2', step: 'goodbye' }));
    await expect(page.locator('.goodbye')).toContainText(zh.goodbye.takeNoReceipt);
  });
}

alone('a print that never ends holds nobody at its screen', async ({ page, core }) => {
  await page.clock.install();
  core.script = forgets;
  core.show(stored(SERVICE, { print: { state: 'printing' } }));
  await open(page, core);
  await expect(next(page)).toHaveText(zh.receipt.finishWaits);
  await page.clock.fastForward(50_000);
  await expect(next(page)).toHaveText(zh.receipt.finish);
  await next(page).tap();
  await expect(page.locator('.goodbye')).toContainText(zh.goodbye.takeNoReceipt);
});
