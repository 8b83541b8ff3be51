import { DEFAULT_DEVICES, parseConfig, setupForms } from '../../kiosk-config/index.ts';
import { en } from '../../renderer/messages/en.ts';
import { zh } from '../../renderer/messages/zh.ts';
import { FULL, LOOKED_AT_LOCALES } from './window.ts';
import { expect, open, test } from './harness.ts';
import { enter, knock, look, type } from './service-hands.ts';
import { serviceView as view } from './service-views.ts';

const WORDS = { zh, en };

for (const locale of LOOKED_AT_LOCALES) {
  test(`a technician types how a device is set up; what is wrong stands beside its field (${locale})`, async ({
    page,
    core,
  }) => {
    test.skip(!FULL, 'with the full tests');
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
  test.skip(!FULL, 'with the full tests');
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
  test.skip(!FULL, 'with the full tests');
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
