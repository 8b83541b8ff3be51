import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { en } from '../../renderer/messages/en.ts';
import { zh } from '../../renderer/messages/zh.ts';
import { FULL, LOOKED_AT_LOCALES } from './window.ts';
import { expect, next, open, test } from './harness.ts';
import { axeViolations, expectGoodScreen, flaws } from './measure.ts';
import { SCENES } from './scenes.ts';
import { atForm, catalogue, filled, terminalView } from './views.ts';

const WORDS = { zh, en };
const LANG = { zh: 'zh-CN', en: 'en' };
/** Where photographs go, when somebody wants them: each takes a third of a second. */
const SHOTS = process.env['BIANMIN_SCREENSHOTS'];

async function shoot(page: Page, name: string): Promise<void> {
  if (SHOTS === undefined) return;
  await page.screenshot({ path: join(SHOTS, `${name}.png`), animations: 'disabled' });
}

/** Photographs a screen as it stands, and measures it. */
async function look(page: Page, name: string): Promise<void> {
  await shoot(page, name);
  await expectGoodScreen(page, name);
}

test.describe.configure({ timeout: 180_000 });

for (const locale of LOOKED_AT_LOCALES) {
  const t = WORDS[locale];

  test(`every screen (${locale}) can be read and touched by everyone`, async ({
    page,
    core,
    complaints,
  }) => {
    await open(page, core);
    for (const [name, scene] of Object.entries(SCENES)) {
      core.show(null);
      core.setTerminal({ ...terminalView(), ...scene.terminal });
      await expect(page.locator('.screen[data-step="attract"]')).toBeVisible();
      if (scene.session !== null) core.show({ ...scene.session, locale, sessionId: name });
      else if ((await page.locator('html').getAttribute('lang')) !== LANG[locale]) {
        await page.locator('.button-language').tap();
      }
      await expect(page.locator('html')).toHaveAttribute('lang', LANG[locale]);
      const step = scene.session?.step ?? 'attract';
      await expect(page.locator(`.screen[data-step="${step}"]`)).toBeVisible();
      await look(page, `${name}-${locale}`);
      // nothing here ever knows more than that it was handed in
      expect
        .soft(await page.locator('body').innerText(), name)
        .not.toMatch(/已受理|已核验|accepted by/);
    }
    expect(complaints).toEqual([]);
  });

  test(`every page of every form (${locale}) can be read and touched by everyone`, async ({
    page,
    core,
    complaints,
  }) => {
    await open(page, core);
    const screen = page.locator('.screen');
    for (const { id } of catalogue.services) {
      core.calls.length = 0;
      const { answers } = filled(id);
      core.show(atForm(id, { locale, answers, sessionId: id }));
      for (let at = 0; core.called('session.formDone').length === 0; at += 1) {
        await expect(screen).toHaveAttribute('data-screen', `form ${at}`);
        await look(page, `form-${id}-${at + 1}-${locale}`);
        await next(page).tap();
        await expect
          .poll(async () => {
            const here = await screen.getAttribute('data-screen');
            return here !== `form ${at}` || core.called('session.formDone').length > 0;
          })
          .toBe(true);
      }
    }
    expect(complaints).toEqual([]);
  });

  test(`keyboards and windows over the page (${locale}) can be read and touched by everyone`, async ({
    page,
    core,
    complaints,
  }) => {
    test.skip(!FULL, 'with the full tests');
    const lookAt = (name: string): Promise<void> => look(page, `${name}-${locale}`);
    core.show({ ...SCENES['find']!.session!, locale });
    await open(page, core);
    await page.locator('.search-box').tap();
    for (const key of ['s', 'y', 'd', 'j']) {
      await page
        .locator('.keyboard')
        .getByRole('button', { name: key.toUpperCase(), exact: true })
        .tap();
    }
    await lookAt('find-searching');
    await page.getByRole('button', { name: t.common.help, exact: true }).tap();
    await lookAt('help');
    await page.getByRole('button', { name: t.common.close, exact: true }).tap();
    await page.getByRole('button', { name: t.common.end, exact: true }).tap();
    await lookAt('ending');
    await page.getByRole('button', { name: t.ending.stay, exact: true }).tap();

    core.show({ ...filled('pension-enroll'), locale });
    await page.getByRole('button', { name: t.materials.commit, exact: true }).tap();
    await lookAt('commitment');
    await page.getByRole('button', { name: t.materials.commitNo, exact: true }).tap();

    core.show({ ...filled('unemployment-reg', { step: 'sign' }), locale });
    await page.getByRole('button', { name: t.sign.cannotWrite }).tap();
    await page.locator('#witness').tap();
    if (locale === 'zh') {
      for (const key of ['w', 'a', 'n', 'g']) {
        await page.locator('.keyboard').getByRole('button', { name: key, exact: true }).tap();
      }
    }
    await lookAt('witness');
    expect(complaints).toEqual([]);
  });

  test(`fields that are typed into, questioned and wrong (${locale}) can be read and touched by everyone`, async ({
    page,
    core,
    complaints,
  }) => {
    test.skip(!FULL, 'with the full tests');
    core.show(atForm('unemployment-reg', { locale }));
    await open(page, core);
    await page
      .getByRole('button', { name: new RegExp(`^${t.form.wrong}`) })
      .first()
      .tap();
    await page.locator('#name').tap();
    await expect(page.locator('.keyboard')).toBeVisible();
    await look(page, `dispute-${locale}`);
    await page.getByRole('button', { name: t.form.disputeBack }).tap();
    await next(page).tap();
    await expect(page.locator('.screen')).toHaveAttribute('data-screen', 'form 1');
    await next(page).tap();
    await expect(page.locator('.field-wrong').first()).toBeVisible();
    await look(page, `field-errors-${locale}`);
    expect(complaints).toEqual([]);
  });
}

for (const [width, height] of [
  [1920, 1080],
  [1024, 768],
] as const) {
  test(`a window of ${width} by ${height} shows the same page, to be scrolled`, async ({
    page,
    core,
  }) => {
    test.skip(!FULL, 'with the full tests');
    await page.setViewportSize({ width, height });
    await open(page, core);
    for (const name of ['attract', 'find', 'guide', 'materials', 'sign', 'review', 'receipt']) {
      const scene = SCENES[name]!;
      core.show(scene.session === null ? null : { ...scene.session, sessionId: name });
      await expect(page.locator(`.screen[data-step="${name}"]`)).toBeVisible();
      await shoot(page, `${name}-${width}`);
      expect.soft(await flaws(page, height < 1000 ? 0.75 : 1), name).toEqual([]);
    }
  });
}

test('what is measured bites: small targets, small words, words cut and out of the screen', async ({
  page,
  core,
}) => {
  core.show(SCENES['find']!.session);
  await open(page, core);
  expect(await flaws(page)).toEqual([]);
  const plant = async (css: string): Promise<string> => {
    await page.evaluate((rules) => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(rules);
      document.adoptedStyleSheets = [sheet];
    }, css);
    return (await flaws(page)).join(' ');
  };
  expect(await plant('.footer-ways .button { min-height: 90px }')).toContain('small target');
  expect(await plant('.service-summary { font-size: 20px }')).toContain('small text');
  expect(await plant('.service-name { margin-left: 900px; white-space: nowrap }')).toContain(
    'out of',
  );
  expect(await plant('.button { max-width: 96px; white-space: nowrap }')).toContain(
    'out of its frame',
  );
});

test('axe bites: a button without a name, words too pale to read', async ({ page, core }) => {
  core.show(SCENES['find']!.session);
  await open(page, core);
  expect(await axeViolations(page)).toEqual([]);
  await page.evaluate(() => {
    document.querySelector('.footer-ways .button')?.replaceChildren();
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('.service-summary { color: #ddd }');
    document.adoptedStyleSheets = [sheet];
  });
  const told = (await axeViolations(page)).join(' ');
  expect(told).toContain('button-name');
  expect(told).toContain('color-contrast');
});
