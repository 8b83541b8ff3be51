import { ORPCError } from '@orpc/server';
import { createFormValidator } from '../../domain/catalogue/validate.ts';
import type { Answers } from '../../domain/catalogue/form.ts';
import { withAnswer } from '../../domain/catalogue/prefill.ts';
import { en } from '../../renderer/messages/en.ts';
import { zh } from '../../renderer/messages/zh.ts';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Locator, Page } from '@playwright/test';
import type { FakeCore, Script } from './fake-core.ts';
import { expect, next, open, test } from './harness.ts';
import {
  atForm,
  catalogue,
  filled,
  identified,
  service,
  sessionView,
  terminalView,
} from './views.ts';

const SERVICE = 'unemployment-reg';
const validator = createFormValidator(new Ajv2020({ allErrors: true }));

/** What a core does with answers: takes them, computes, and says what is wrong with those it was given. */
const takesAnswers: Script = ({ path, input }, core) => {
  const { session } = core;
  if (path !== 'session.saveAnswers' || session === null) return;
  const given = (input as { answers: Answers }).answers;
  const { form } = service(SERVICE);
  const answers = Object.entries(given).reduce<Answers>(
    (all, [field, value]) => withAnswer(form, all, field, value),
    session.answers,
  );
  const fieldErrors = validator
    .validate(form, answers, { today: '2026-11-24' })
    .filter(({ field }) => given[field] !== undefined);
  core.change({ answers: answers, fieldErrors: [...fieldErrors] });
};

const key = (page: Page, name: string): Locator =>
  page.locator('.keyboard').getByRole('button', { name, exact: true });

async function typeByTouch(page: Page, text: string): Promise<void> {
  for (const character of text) await key(page, character).tap();
}

async function atScreen(page: Page, name: string): Promise<void> {
  await expect(page.locator('.screen')).toHaveAttribute('data-screen', name);
}

/** To the screen with the telephone number. */
async function atMobile(page: Page, core: FakeCore): Promise<void> {
  core.script = takesAnswers;
  const { address } = filled(SERVICE).answers;
  const view = atForm(SERVICE);
  core.show({ ...view, answers: { ...view.answers, address: address! } });
  await open(page, core);
  await next(page).tap();
  await atScreen(page, 'form 1');
  await next(page).tap();
  await atScreen(page, 'form 2');
}

test('a touch on the invitation begins in the language that is shown', async ({ page, core }) => {
  await open(page, core);
  await page.locator('.button-language').tap();
  await page.locator('.invitation').tap();
  await expect.poll(() => core.called('session.begin')).toHaveLength(1);
  expect(core.called('session.begin')[0]?.input).toEqual({ locale: 'en' });
});

test('services are found by touching the initials of their pinyin', async ({ page, core }) => {
  core.show(identified());
  await open(page, core);
  await page.locator('.search-box').tap();
  await typeByTouch(page, 'SYDJ');
  await expect(page.locator('.service-card')).toHaveCount(1);
  await page.locator('.service-card').tap();
  await expect.poll(() => core.called('session.openService').length).toBe(1);
  expect(core.called('session.openService')[0]?.input).toEqual({ serviceId: SERVICE });
});

test('an address is given by touches alone: town, words, digits and pinyin', async ({
  page,
  core,
}) => {
  core.script = takesAnswers;
  core.show(atForm(SERVICE));
  await open(page, core);
  await next(page).tap();
  await atScreen(page, 'form 1');
  await page.locator('label.option', { hasText: '土桥镇' }).tap();
  await page.locator('#address').tap();
  await typeByTouch(page, 'xin');
  await key(page, '新').tap();
  await key(page, '村').tap();
  await key(page, zh.keyboard.digits).tap();
  await typeByTouch(page, '3');
  await key(page, '组').tap();
  await key(page, zh.keyboard.done).tap();
  await next(page).tap();
  await atScreen(page, 'form 2');
  expect(core.called('session.saveAnswers').at(-1)?.input).toEqual({
    answers: { address: { division: '500151101', detail: '新村3组' } },
  });
});

test('a wrong number is said in plain words at its field, and the field has the focus', async ({
  page,
  core,
}) => {
  await atMobile(page, core);
  await page.locator('label.option', { hasText: '初中' }).tap();
  await page.locator('#mobile').tap();
  await typeByTouch(page, '138001');
  await next(page).tap();
  await expect(page.locator('#mobile-field .field-wrong')).toHaveText(zh.fieldError.mobile);
  await expect(page.locator('#mobile')).toBeFocused();
  await typeByTouch(page, '38000');
  await expect(page.locator('#mobile')).toHaveValue('13800138000');
  await expect(page.locator('#mobile-field .field-wrong')).toHaveCount(0);
  await next(page).tap();
  await atScreen(page, 'form 3');
});

test('what must be answered is asked for before going on', async ({ page, core }) => {
  await atMobile(page, core);
  await next(page).tap();
  await expect(page.locator('.field-wrong').first()).toHaveText(zh.fieldError.required);
  await atScreen(page, 'form 2');
  expect(core.called('session.saveAnswers')).toHaveLength(0);
});

test('a physical keyboard types as well', async ({ page, core }) => {
  await atMobile(page, core);
  await page.locator('#mobile').tap();
  await page.keyboard.type('138-0013x8000');
  await expect(page.locator('#mobile')).toHaveValue('13800138000');
  await page.keyboard.press('ArrowLeft');
  await key(page, zh.keyboard.delete).tap();
  await expect(page.locator('#mobile')).toHaveValue('1380013800');
});

test('a value of the card can be questioned, with the right one beside it, and taken back', async ({
  page,
  core,
}) => {
  core.script = ({ path, input }) => {
    if (path !== 'session.dispute' || core.session === null) return;
    const { field, value } = input as { field: string; value?: string };
    core.change({
      disputed: value === undefined ? [] : [field],
      answers: { ...core.session.answers, [field]: value ?? '陈䶮' },
    });
  };
  core.show(atForm(SERVICE));
  await open(page, core);
  await page
    .getByRole('button', { name: new RegExp(`^${zh.form.wrong}`) })
    .first()
    .tap();
  await page.locator('#name').tap();
  await page.locator('#name').fill('陈龙');
  await next(page).tap();
  await atScreen(page, 'form 1');
  expect(core.called('session.dispute').at(-1)?.input).toEqual({ field: 'name', value: '陈龙' });
  await page.getByRole('button', { name: zh.common.back, exact: true }).tap();
  await page.getByRole('button', { name: zh.form.disputeBack }).tap();
  await expect.poll(() => core.called('session.dispute').length).toBe(2);
  expect(core.called('session.dispute').at(-1)?.input).toEqual({ field: 'name' });
});

test('a hidden value is open only while it is held, or for a moment after a touch', async ({
  page,
  core,
}) => {
  core.show(atForm(SERVICE));
  await open(page, core);
  const value = page.locator('#idNo-field .value');
  await expect(value).toHaveText('500*************33');
  await page.locator('#idNo-field .masked button').tap();
  await expect(value).toHaveText('500199199201180033');
  await expect(value).toHaveText('500*************33');
});

test('ink goes to the core as a picture, with its strokes; one can be undone', async ({
  page,
  core,
}) => {
  core.show(filled(SERVICE, { step: 'sign' }));
  await open(page, core);
  await next(page).tap();
  await expect(page.locator('.saying')).toHaveText(zh.saying.inkMissing);
  const box = (await page.locator('canvas.ink').boundingBox())!;
  for (const x of [0.2, 0.4, 0.6]) {
    await page.mouse.move(box.x + box.width * x, box.y + 60);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * (x + 0.1), box.y + 200, { steps: 8 });
    await page.mouse.up();
  }
  await page.getByRole('button', { name: zh.sign.undo }).tap();
  await next(page).tap();
  await expect.poll(() => core.called('session.sign').length).toBe(1);
  const { mode, strokes, pngDataUrl } = core.called('session.sign')[0]?.input as {
    mode: string;
    strokes: number;
    pngDataUrl: string;
  };
  expect({ mode, strokes }).toEqual({ mode: 'signature', strokes: 2 });
  const png = Buffer.from(pngDataUrl.split(',')[1] ?? '', 'base64');
  expect(png.length).toBeLessThan(400_000);
  expect(png.subarray(1, 4).toString()).toBe('PNG');
});

test('a mark needs a witness by name', async ({ page, core }) => {
  core.show(filled(SERVICE, { step: 'sign' }));
  await open(page, core);
  await page.getByRole('button', { name: zh.sign.cannotWrite }).tap();
  await page.locator('canvas.ink').tap();
  await next(page).tap();
  await expect(page.locator('.saying')).toHaveText(zh.saying.witnessMissing);
  await typeByTouch(page, 'li');
  await key(page, '李').tap();
  await next(page).tap();
  await expect.poll(() => core.called('session.sign').length).toBe(1);
  expect(core.called('session.sign')[0]?.input).toMatchObject({
    mode: 'witnessedMark',
    strokes: 1,
    witnessName: '李',
  });
});

test('one does not leave the papers while a necessary one is missing', async ({ page, core }) => {
  core.show(filled('disability-subsidy'));
  await open(page, core);
  await next(page).tap();
  await expect(page.locator('.saying')).toHaveText(zh.saying.missingMaterials);
  expect(core.called('session.materialsDone')).toHaveLength(0);
  await page.locator('.paper').first().getByRole('button', { name: zh.materials.feeder }).tap();
  await expect.poll(() => core.called('materials.scan').length).toBe(1);
  expect(core.called('materials.scan')[0]?.input).toMatchObject({ source: 'feeder' });
});

test('a touch while the warning stands tells the core that somebody is there', async ({
  page,
  core,
}) => {
  core.script = ({ path }) => {
    if (path === 'session.touch') core.change({ idle: { state: 'active', endsAt: null } });
  };
  const endsAt = new Date(Date.now() + 60_000).toISOString();
  core.show(identified({ idle: { state: 'warning', endsAt } }));
  await open(page, core);
  await page.getByRole('button', { name: zh.idle.stay }).tap();
  await expect(page.getByRole('alertdialog')).toHaveCount(0);
});

test('what the core refuses is told in words, and the screen stays', async ({ page, core }) => {
  core.script = ({ path }) => {
    if (path === 'session.openService') throw new ORPCError('NOT_FOUND');
  };
  core.show(identified());
  await open(page, core);
  await page.locator('.service-card').first().tap();
  await expect(page.locator('.saying')).toHaveText(zh.saying.notFound);
  await expect(page.locator('.screen')).toHaveAttribute('data-step', 'find');
});

test('an older view never replaces a newer one', async ({ page, core }) => {
  core.show(identified());
  core.show(filled(SERVICE, { step: 'review' }));
  await open(page, core);
  await expect(page.locator('.screen')).toHaveAttribute('data-step', 'review');
  core.show(sessionView({ sessionId: 'session-2' }));
  await expect(page.locator('.screen')).toHaveAttribute('data-step', 'identify');
});

for (const [locale, words] of [
  ['zh', zh],
  ['en', en],
] as const) {
  const { devices } = terminalView();

  test(`a service is shown and explained while a device is away: ${locale}`, async ({
    page,
    core,
  }) => {
    const title = service(SERVICE).name[locale];
    const here = page.locator('.here-now .cannot');
    // not yet known by a card: the reader would be needed
    core.setTerminal({ devices: { ...devices, idCard: { state: 'offline' } } });
    core.show(sessionView({ step: 'find', locale }));
    await open(page, core);
    await expect(page.locator('.service-card')).toHaveCount(catalogue.services.length);
    core.show(sessionView({ step: 'guide', serviceId: SERVICE, locale }));
    await expect(page.locator('.screen h1')).toHaveText(title);
    await expect(here).toHaveText([words.guide.hereFillNoReader]);
    await expect(next(page)).toHaveCount(0);

    core.setTerminal({ devices: { ...devices, documentScanner: { state: 'offline' } } });
    await expect(here).toHaveText([words.guide.hereScanAway]);
    await expect(page.locator('.screen h1')).toHaveText(title);
    await expect(next(page)).toHaveText(words.guide.applyNeedsCard);
    core.show(sessionView({ step: 'find', locale }));
    await expect(page.locator('.service-card')).toHaveCount(catalogue.services.length);
  });
}
