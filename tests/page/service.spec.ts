import type { Page } from '@playwright/test';
import { LOCALES } from '../../domain/text.ts';
import { DEFAULT_DEVICES, parseConfig, setupForms } from '../../kiosk-config/index.ts';
import type { ServiceView } from '../../main/contract/service-view.ts';
import { en } from '../../renderer/messages/en.ts';
import { zh } from '../../renderer/messages/zh.ts';
import type { FakeCore } from './fake-core.ts';
import { expect, open, test } from './harness.ts';
import { expectGoodScreen } from './measure.ts';
import { serviceView as view } from './service-views.ts';
import { identified } from './views.ts';

const WORDS = { zh, en };
const SHOTS = process.env['BIANMIN_SCREENSHOTS'];

async function look(page: Page, name: string): Promise<void> {
  if (SHOTS !== undefined) await page.screenshot({ path: `${SHOTS}/${name}.png`, fullPage: true });
  await expectGoodScreen(page, name);
}

async function knock(page: Page, times: number): Promise<void> {
  for (let i = 0; i < times; i += 1) {
    await page.locator('.header-seal').dispatchEvent('pointerdown');
  }
}

async function type(page: Page, pin: string): Promise<void> {
  for (const digit of pin) await page.getByRole('button', { name: digit, exact: true }).tap();
}

async function enter(page: Page, core: FakeCore): Promise<void> {
  await open(page, core);
  await knock(page, 5);
  await page.getByRole('button', { name: zh.service.technician }).tap();
  await type(page, '271828');
  await page.getByRole('button', { name: zh.service.enter }).tap();
}

for (const locale of LOCALES) {
  test(`PIN and service page (${locale}) can be read and touched by everyone`, async ({
    page,
    core,
    complaints,
  }) => {
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

for (const locale of LOCALES) {
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

for (const locale of LOCALES) {
  test(`a locked PIN is unlocked by a code of the platform (${locale})`, async ({ page, core }) => {
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

for (const locale of LOCALES) {
  test(`staff change the paper and clear a jam step by step, and end with a test slip (${locale})`, async ({
    page,
    core,
  }) => {
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

for (const locale of LOCALES) {
  test(`a technician types how a device is set up; what is wrong stands beside its field (${locale})`, async ({
    page,
    core,
  }) => {
    const t = WORDS[locale];
    core.forms = setupForms();
    core.saves = false;
    const before = view();
    if (before.setup === null) throw new Error('no set-up in the view');
    const { setup } = before;
    core.showService(view({ setup: { ...setup, problems: [] } }));
    await open(page, core);
    if (locale === 'en') await page.locator('.button-language').tap();
    await knock(page, 5);
    await page.getByRole('button', { name: t.service.technician }).tap();
    await type(page, '271828');
    await page.getByRole('button', { name: t.service.enter }).tap();
    const edit = async (device: string, name: string): Promise<void> => {
      await page.locator(`[data-device="${device}"]`).getByRole('button', { name }).tap();
      await expect(page.locator(`[data-editor="${device}"]`)).toBeVisible();
    };
    await edit('idCard', t.service.form.edit);
    await look(page, `editor-${locale}`);
    const baud = page.locator('[data-path="$.devices.idCard.transport.baud"] input');
    await baud.tap();
    await page.getByRole('button', { name: t.keyboard.clear, exact: true }).tap();
    await page.getByRole('button', { name: '7', exact: true }).tap();
    await look(page, `editor-digits-${locale}`);
    await page.getByRole('button', { name: t.keyboard.done, exact: true }).tap();
    const path = page.locator('[data-path="$.devices.idCard.transport.path"] input');
    await path.tap();
    await page
      .getByRole('button', { name: 'b', exact: true })
      .or(page.getByRole('button', { name: 'B', exact: true }))
      .tap();
    await page.getByRole('button', { name: '_', exact: true }).tap();
    await look(page, `editor-letters-${locale}`);
    await page.getByRole('button', { name: t.keyboard.done, exact: true }).tap();
    await page.getByRole('button', { name: t.service.form.save, exact: true }).tap();
    await expect
      .poll(() => core.called('service.saveDevice')[0]?.input)
      .toEqual({
        device: 'idCard',
        value: {
          driver: 'sdt',
          transport: { type: 'serial', path: '/dev/ttyUSB0b_', baud: 7 },
        },
      });
    core.showService(before);
    const bad = page.locator('.field-bad[data-path="$.devices.idCard.transport.baud"]');
    await expect(bad.locator('.field-wrong')).toContainText(
      locale === 'zh' ? '速率不在范围里' : 'The speed is out of range',
    );
    await look(page, `editor-wrong-${locale}`);
    core.saves = true;
    await page.getByRole('button', { name: t.service.form.save, exact: true }).tap();
    await expect(page.locator('[data-device="idCard"]')).toBeVisible();

    // another device, from nothing: its protocol is asked for first
    core.showService(view({ setup: { ...setup, problems: [] } }));
    await edit('documentScanner', t.service.form.add);
    await page.getByRole('button', { name: 'eSCL' }).tap();
    await page
      .locator('[data-path="$.devices.documentScanner.url"] input')
      .fill('http://10.0.0.7/eSCL');
    await page.getByRole('button', { name: t.service.form.save, exact: true }).tap();
    await expect
      .poll(() => core.called('service.saveDevice').at(-1)?.input)
      .toEqual({
        device: 'documentScanner',
        value: { driver: 'escl', url: 'http://10.0.0.7/eSCL' },
      });
    // left without saving, nothing is sent
    const sent = core.called('service.saveDevice').length;
    await edit('receiptPrinter', t.service.form.edit);
    await look(page, `editor-printer-${locale}`);
    await page.getByRole('button', { name: t.service.form.cancel }).tap();
    await expect(page.locator('[data-device="idCard"]')).toBeVisible();
    expect(core.called('service.saveDevice')).toHaveLength(sent);
  });
}

test('a printer of no known kind is set up whole: its template, more USB ids, and no logo on receipts', async ({
  page,
  core,
}) => {
  const t = zh.service.form;
  core.forms = setupForms();
  core.saves = false;
  const { setup } = view();
  if (setup === null) throw new Error('no set-up in the view');
  const usb = { type: 'usb', vendorId: '0483', productId: '5743' } as const;
  const show = (problems: typeof setup.problems): void =>
    core.showService(
      view({
        setup: {
          ...setup,
          problems,
          devices: {
            ...setup.devices,
            receiptPrinter: {
              ...{ driver: 'escpos', profile: 'generic80', logo: 'L1' },
              transport: { ...usb, alsoIds: ['0483:5744'] },
            },
          },
        },
      }),
    );
  show([]);
  await enter(page, core);
  await page.locator('[data-device="receiptPrinter"]').getByRole('button', { name: t.edit }).tap();
  const at = (path: string) => page.locator(`[data-path="$.devices.receiptPrinter.${path}"]`);
  const press = (path: string, name: string): Promise<void> =>
    at(path).getByRole('button', { name, exact: true }).first().tap();
  const fill = (path: string, text: string): Promise<void> => at(path).locator('input').fill(text);
  await press('transport.alsoIds', t.addEntry);
  await fill('transport.alsoIds[1]', '0416:5011');
  await look(page, 'editor-list');
  await press('transport.alsoIds', t.removeEntry);
  await expect(at('transport.alsoIds[0]').locator('input')).toHaveValue('0416:5011');
  await expect(at('transport.alsoIds[1]')).toHaveCount(0);
  await expect(at('printLogo').getByRole('button', { name: t.on, exact: true })).toHaveAttribute(
    'aria-pressed',
    'true',
  );
  await press('printLogo', t.off);
  await press('profile', '照打印机说明书写');
  await press('template', t.include);
  await fill('template.widthDots', '576');
  await fill('template.columns', '48');
  await fill('template.cut', '1D 56 00');
  await press('template.status', t.addEntry);
  await fill('template.status[0].ask', '10 04 01');
  await fill('template.status[0].answer', '0xx1xx10');
  await press('template.status[0].checks', t.addEntry);
  await fill('template.status[0].checks[0].byte', '3');
  await fill('template.status[0].checks[0].mask', '20');
  await press('template.status[0].checks[0].means', '没有纸');
  await press('template.done', t.none);
  await page.locator(':focus').blur();
  await look(page, 'editor-template');
  await page.getByRole('button', { name: t.save, exact: true }).tap();
  const value = {
    ...{ driver: 'escpos', profile: 'template', logo: 'L1', printLogo: false },
    transport: { ...usb, alsoIds: ['0416:5011'] },
    template: {
      ...{ widthDots: 576, columns: 48, cut: '1D 56 00', done: null },
      status: [
        {
          ...{ ask: '10 04 01', answer: '0xx1xx10' },
          checks: [{ byte: 3, mask: '20', means: 'paperOut' }],
        },
      ],
    },
  };
  await expect
    .poll(() => core.called('service.saveDevice').at(-1)?.input)
    .toEqual({ device: 'receiptPrinter', value });
  // what the core says of it stands beside the field that is meant
  const wrong = parseConfig('devices', {
    ...DEFAULT_DEVICES,
    devices: { ...DEFAULT_DEVICES.devices, receiptPrinter: value },
  });
  show(wrong.ok ? [] : [...wrong.error]);
  const bad = page.locator('.field-bad');
  await expect(bad).toHaveCount(1);
  await expect(bad).toHaveAttribute(
    'data-path',
    '$.devices.receiptPrinter.template.status[0].checks[0].byte',
  );
  await expect(bad).toContainText('应答只有 1 个字节');
});

test('a scanner that only a code proves is set up and at once asked for one', async ({
  page,
  core,
}) => {
  const { setup, ...rest } = view();
  if (setup === null) throw new Error('no set-up to draw');
  const found = {
    device: 'codeScanner',
    protocol: 'serialCodes',
    connection: '/dev/ttyS1 9600',
    model: null,
    confidence: 'possible',
    evidence: { zh: '什么都不回答', en: 'answers nothing' },
    usable: true,
  } as const;
  core.showService({ ...rest, setup: { ...setup, detection: { state: 'done', found: [found] } } });
  await enter(page, core);
  await page.getByRole('button', { name: zh.service.setup.useAndScan }).tap();
  await expect.poll(() => core.called('service.test').length).toBe(1);
  expect(core.called('service.assign')[0]?.input).toEqual({ index: 0 });
  expect(core.called('service.test')[0]?.input).toEqual({ device: 'codeScanner' });
});
