import type { ServiceView } from '../../main/contract/service-view.ts';
import { en } from '../../renderer/messages/en.ts';
import { zh } from '../../renderer/messages/zh.ts';
import { FULL, LOOKED_AT_LOCALES } from './window.ts';
import { expect, open, test } from './harness.ts';
import { enter, knock, look, type } from './service-hands.ts';
import { serviceView as view } from './service-views.ts';
import { identified } from './views.ts';

const WORDS = { zh, en };
for (const locale of LOOKED_AT_LOCALES) {
  test(`PIN and service page (${locale}) can be read and touched by everyone`, async ({
    page,
    core,
    complaints,
  }) => {
    test.skip(!FULL, 'with the full tests');
    const t = WORDS[locale];
    core.enterAnswer = { is: 'wrong', left: 1 };
    await open(page, core);
    if (locale === 'en') await page.locator('.button-language').tap();
    await knock(page, 5);
    await type(page, '271828');
    await page.getByRole('button', { name: t.service.enter }).tap();
    await expect(page.locator('.notice-bad')).toContainText('1');
    await look(page, `pin-${locale}`);
    core.enterAnswer = { is: 'right' };
    core.showService(view());
    await type(page, '271828');
    await page.getByRole('button', { name: t.service.enter }).tap();
    await expect(page.locator('[data-step="service"]')).toBeVisible();
    await look(page, `service-${locale}`);
    expect(complaints).toEqual([]);
  });
}

test('nobody comes to the PIN by chance: four touches are nothing, five lead there', async ({
  page,
  core,
}) => {
  await open(page, core);
  await knock(page, 4);
  await expect(page.locator('[data-step="attract"]')).toBeVisible();
  await knock(page, 1);
  await expect(page.locator('[data-step="pin"]')).toBeVisible();
  // a citizen who lays a card down is served
  core.show(identified());
  await expect(page.locator('[data-step="find"]')).toBeVisible();
});

for (const locale of LOOKED_AT_LOCALES) {
  test(`who comes while a citizen is served waits, and is let in without another PIN (${locale})`, async ({
    page,
    core,
  }) => {
    const t = WORDS[locale];
    core.enterAnswer = { is: 'waiting', until: '2026-11-24T03:00:00.000Z' };
    await open(page, core);
    if (locale === 'en') await page.locator('.button-language').tap();
    const knockAndType = async (): Promise<void> => {
      await knock(page, 5);
      await type(page, '271828');
      await page.getByRole('button', { name: t.service.enter }).tap();
      await expect(page.locator('h1')).toHaveText(t.service.waiting);
    };
    await knockAndType();
    await expect(page.locator('.notice-info')).toContainText('11:00');
    await look(page, `waiting-${locale}`);
    await page.getByRole('button', { name: t.service.giveUp }).tap();
    await expect(page.locator('[data-step="attract"]')).toBeVisible();
    await expect.poll(() => core.called('service.giveUp').length).toBe(1);

    core.showEntering('waiting');
    await knockAndType();
    // the citizen has the screen, and nothing on it tells that somebody waits
    core.show(identified());
    await expect(page.locator('[data-step="find"]')).toBeVisible();
    await expect(page.locator('body')).not.toContainText(t.service.waiting);
    core.showService(view());
    core.show(null);
    core.showEntering('in');
    await expect(page.locator('[data-step="service"]')).toBeVisible();
    expect(core.called('service.enter')).toHaveLength(2);
  });
}

test('the PIN goes to the core with the role, and is not kept on the screen', async ({
  page,
  core,
}) => {
  core.enterAnswer = { is: 'locked', until: '2026-11-24T03:00:00.000Z', challenge: null };
  await enter(page, core);
  await expect(page.locator('.notice-bad')).toContainText('11:00');
  expect(core.called('service.enter')[0]?.input).toEqual({ role: 'technician', pin: '271828' });
  await expect(page.locator('.pin-shown')).toHaveText('');
  expect(await page.content()).not.toContain('271828');
});

for (const locale of LOOKED_AT_LOCALES) {
  test(`a locked PIN is unlocked by a code of the platform (${locale})`, async ({ page, core }) => {
    test.skip(!FULL, 'with the full tests');
    const t = WORDS[locale];
    const until = '2026-11-24T03:00:00.000Z';
    core.enterAnswer = { is: 'locked', until, challenge: '2314159265' };
    core.unlockAnswer = { is: 'wrong' };
    await open(page, core);
    if (locale === 'en') await page.locator('.button-language').tap();
    await knock(page, 5);
    await page.getByRole('button', { name: t.service.technician }).tap();
    await type(page, '271828');
    await page.getByRole('button', { name: t.service.enter }).tap();
    await expect(page.locator('.unlock-facts')).toContainText('23141 59265');
    await expect(page.locator('.unlock-facts')).toContainText(core.terminal.terminalId);
    await type(page, '40456033');
    await page.getByRole('button', { name: t.service.unlock.unlock }).tap();
    await expect(page.locator('.notice-bad')).toContainText(t.service.unlock.wrong);
    await look(page, `unlock-${locale}`);
    core.unlockAnswer = { is: 'unlocked' };
    await type(page, '40456032');
    await page.getByRole('button', { name: t.service.unlock.unlock }).tap();
    await expect(page.locator('.notice-good')).toContainText(t.service.unlock.done);
    expect(core.called('service.unlock').at(-1)?.input).toEqual({
      role: 'technician',
      code: '40456032',
    });
  });
}

test('a person says whether the device did it; leaving leads back to citizens', async ({
  page,
  core,
}) => {
  core.showService(view());
  await enter(page, core);
  await page.getByRole('button', { name: zh.service.yes }).tap();
  await page.getByRole('button', { name: zh.service.test, exact: true }).tap();
  await page.getByRole('button', { name: zh.service.setup.detect }).tap();
  await page.getByRole('button', { name: zh.service.setup.use }).tap();
  await page.getByRole('button', { name: zh.service.setup.back }).tap();
  await page.getByRole('button', { name: zh.service.setup.carry.write }).tap();
  await page.getByRole('button', { name: zh.service.setup.carry.read }).tap();
  await page.getByRole('button', { name: zh.service.setup.remove }).first().tap();
  await page.getByRole('button', { name: zh.service.reprint }).first().tap();
  await expect.poll(() => core.called('service.reprint').length).toBe(1);
  expect(core.called('service.confirm')[0]?.input).toEqual({ device: 'idCard', worked: true });
  expect(core.called('service.test')[0]?.input).toEqual({ device: 'receiptPrinter' });
  expect(core.called('service.detect')).toHaveLength(1);
  expect(core.called('service.assign')[0]?.input).toEqual({ index: 0 });
  expect(core.called('service.rollBack')[0]?.input).toEqual({ version: 2 });
  expect(core.called('service.exportSetup')).toHaveLength(1);
  expect(core.called('service.importSetup')).toHaveLength(1);
  expect(core.called('service.remove')[0]?.input).toEqual({ device: 'idCard' });
  core.script = ({ path }) => {
    if (path === 'service.leave') core.showService(null);
  };
  await page.getByRole('button', { name: zh.service.leave }).tap();
  await expect(page.locator('[data-step="attract"]')).toBeVisible();
});

test('a cut line ends the visit in the page too', async ({ page, core }) => {
  core.showService(view());
  await enter(page, core);
  await expect(page.locator('[data-step="service"]')).toBeVisible();
  await core.stop();
  await core.start();
  await expect(page.locator('[data-step="attract"]')).toBeVisible({ timeout: 15_000 });
});

for (const locale of LOOKED_AT_LOCALES) {
  test(`staff change the paper and clear a jam step by step, and end with a test slip (${locale})`, async ({
    page,
    core,
  }) => {
    test.skip(!FULL, 'with the full tests');
    const t = WORDS[locale];
    const [, printer] = view().devices;
    if (printer === undefined) throw new Error('no printer in the view');
    const staff = (state: 'none' | 'passed'): ServiceView =>
      view({
        role: 'staff',
        setup: null,
        devices: [{ ...printer, status: { state: 'online', paper: 'full' }, test: { state } }],
      });
    core.showService(staff('none'));
    core.setTerminal({ helpCalledSince: '2026-11-24T02:00:00.000Z' });
    await open(page, core);
    if (locale === 'en') await page.locator('.button-language').tap();
    await knock(page, 5);
    await type(page, '271828');
    await page.getByRole('button', { name: t.service.enter }).tap();
    await expect(page.locator('[data-step="service"]')).toContainText('10:00');
    await look(page, `staff-${locale}`);
    for (const [guide, button, steps] of [
      ['paper', t.service.desk.changePaper, ['open', 'out', 'in', 'close']],
      ['jam', t.service.desk.clearJam, ['open', 'pull', 'straight', 'close']],
    ] as const) {
      core.showService(staff('none'));
      await page.getByRole('button', { name: button }).tap();
      for (const [at, step] of steps.entries()) {
        await expect(page.locator(`[data-guide="${guide}"]`)).toHaveAttribute(
          'data-at',
          String(at),
        );
        await look(page, `staff-${guide}-${step}-${locale}`);
        await page.getByRole('button', { name: t.service.desk.next }).tap();
      }
      await page.getByRole('button', { name: t.service.desk.printTest }).tap();
      await expect
        .poll(() => core.called('service.test').at(-1)?.input)
        .toEqual({
          device: 'receiptPrinter',
        });
      core.showService(staff('passed'));
      await look(page, `staff-${guide}-test-${locale}`);
      await page.getByRole('button', { name: t.service.desk.goodEnd }).tap();
    }
    await page.getByRole('button', { name: t.service.desk.helpDone }).tap();
    await expect.poll(() => core.called('service.clearHelp').length).toBe(1);
    await page.getByRole('button', { name: t.service.desk.printSheet }).tap();
    await expect.poll(() => core.called('service.printSheet').length).toBe(1);
    await page.getByRole('button', { name: t.service.desk.cancel }).tap();
    await look(page, `staff-cancel-${locale}`);
    expect(core.called('service.cancelReceipt')).toHaveLength(0);
    await page.getByRole('button', { name: t.service.desk.cancelYes }).tap();
    await expect
      .poll(() => core.called('service.cancelReceipt')[0]?.input)
      .toEqual({
        receiptNumber: '50015110100126112400017',
      });
  });
}
