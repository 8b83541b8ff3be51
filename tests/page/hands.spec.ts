import type { Locator, Page } from '@playwright/test';
import { zh } from '../../renderer/messages/zh.ts';
import { expect, next, open, test } from './harness.ts';
import { ANSWERS, atForm, filled, identified, materialViews } from './views.ts';

const SERVICE = 'unemployment-reg';

const atScreen = (page: Page, name: string): Promise<void> =>
  expect(page.locator('.screen')).toHaveAttribute('data-screen', name);

test.describe('who touches everything twice', () => {
  const twice = async (page: Page, what: Locator): Promise<void> => {
    const box = await what.boundingBox();
    if (box === null) throw new Error('nothing there to touch');
    const at = [box.x + box.width / 2, box.y + box.height / 2] as const;
    // both in one moment, however long the machine takes for them
    await page.clock.pauseAt(await page.evaluate(() => Date.now() + 1_000));
    await page.touchscreen.tap(...at);
    await page.touchscreen.tap(...at);
    await page.clock.resume();
  };
  test.beforeEach(({ page }) => page.clock.install());

  test('sees every screen of the form', async ({ page, core }) => {
    core.script = ({ path }) => {
      if (path === 'session.apply') core.show(atForm(SERVICE));
    };
    core.show(identified({ step: 'guide', serviceId: SERVICE }));
    await open(page, core);
    await expect(next(page)).toBeEnabled();
    await twice(page, next(page));
    await atScreen(page, 'form 0');
    await expect(next(page)).toBeEnabled();
    await atScreen(page, 'form 0');
  });

  test('does not end the visit by going back', async ({ page, core }) => {
    core.show(identified({ step: 'guide', serviceId: SERVICE }));
    await open(page, core);
    const back = page.getByRole('button', { name: zh.common.back, exact: true });
    await expect(back).toBeEnabled();
    await twice(page, back);
    // the core goes only now: whatever the machine's speed, both touches met the guide
    await expect.poll(() => core.called('session.back').length).toBeGreaterThan(0);
    core.show(identified());
    await expect(page.locator('.screen[data-step="find"]')).toBeVisible();
    await back.tap();
    await expect(page.getByRole('alertdialog')).toContainText(zh.ending.title);
    await page.getByRole('button', { name: zh.ending.stay, exact: true }).tap();
    // however many touches arrive before the next screen does: the core goes back from the guide once
    const calls = core.called('session.back');
    expect(calls.length).toBeGreaterThan(0);
    expect(calls.map(({ input }) => input)).toEqual(calls.map(() => ({ from: 'guide' })));
    expect(core.called('session.end')).toHaveLength(0);
  });

  test('gets the other language', async ({ page, core }) => {
    await open(page, core);
    await twice(page, page.locator('.button-language'));
    await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  });
});

test.describe('somebody acts for the applicant', () => {
  const PROXY = 'disability-subsidy';
  const withProxy = (part: Parameters<typeof filled>[1] = {}) => {
    const form = atForm(PROXY);
    const answers = { ...form.answers, ...ANSWERS[PROXY], isProxy: true };
    return filled(PROXY, { answers, materials: materialViews(PROXY, answers), ...part });
  };

  test('the second card is asked for where it fills the form; what was typed before gives way to it', async ({
    page,
    core,
  }) => {
    core.show(withProxy({ step: 'form' }));
    await open(page, core);
    for (let i = 0; (await page.locator('#proxyName').count()) === 0 && i < 9; i++) {
      await next(page).tap();
      await atScreen(page, `form ${i + 1}`);
    }
    await expect(page.locator('.notice')).toContainText(zh.form.proxyCard);
    await page.locator('#proxyName').fill('写错了');
    const shown = core.session!;
    core.change({
      answers: { ...shown.answers, proxyName: '龚小兰', proxyIdNo: '500199196907120020' },
      sources: { ...shown.sources, proxyName: 'card', proxyIdNo: 'card' },
    });
    await expect(page.locator('#proxyName-field')).toContainText('龚小兰');
    await expect(page.locator('.main')).not.toContainText(zh.form.proxyCard);
  });

  test('a card that was not laid down is not called read', async ({ page, core }) => {
    const views = withProxy().materials.map((view) =>
      view.materialId === 'proxyIdcard' ? { ...view, given: 'notYet' as const } : view,
    );
    core.show(withProxy({ materials: views }));
    await open(page, core);
    await expect(page.locator('.card-missing')).toContainText(zh.materials.cardMissing);
  });
});

test('why a step did not go on is seen, wherever the page was scrolled to', async ({
  page,
  core,
}) => {
  core.script = ({ path }) => {
    if (path === 'session.sign') core.change({ notice: 'signatureUnclear' });
  };
  core.show(filled(SERVICE, { step: 'sign' }));
  await page.setViewportSize({ width: 1024, height: 768 });
  await open(page, core);
  await page.getByRole('button', { name: zh.sign.cannotWrite }).tap();
  await page.locator('canvas.ink').tap();
  await page.locator('#witness').fill('张见证');
  for (const times of [1, 2]) {
    await page.locator('.main').evaluate((main) => main.scrollTo(0, main.scrollHeight));
    await next(page).tap();
    await expect.poll(() => core.called('session.sign').length).toBe(times);
    await expect(page.locator('.main .notice-warn').first()).toBeInViewport({ ratio: 1 });
  }
});

test('one working day is said in the singular', async ({ page, core }) => {
  core.show(identified({ step: 'guide', serviceId: 'pension-enroll', locale: 'en' }));
  await open(page, core);
  await expect(page.locator('.facts')).toContainText('1 working day');
  await expect(page.locator('.facts')).not.toContainText('1 working days');
  // and an apostrophe is no wider than a letter
  const width = await page.evaluate(() => {
    const probe = document.createElement('span');
    probe.textContent = '\u2019';
    document.body.append(probe);
    const { width: wide } = probe.getBoundingClientRect();
    const size = parseFloat(getComputedStyle(probe).fontSize);
    probe.remove();
    return wide / size;
  });
  expect(width).toBeLessThan(0.6);
});
