import { ORPCError } from '@orpc/server';
import type { Page } from '@playwright/test';
import { zh } from '../../renderer/messages/zh.ts';
import type { SessionView } from '../../main/contract/session-view.ts';
import type { FakeCore } from './fake-core.ts';
import { expect, next, open, test } from './harness.ts';
import { applicant, atForm, filled, identified, sessionView, stored } from './views.ts';

const SERVICE = 'unemployment-reg';
const TYPED = '秘密村77号';

/** Somebody fills in an address. */
async function typeAddress(page: Page, core: FakeCore): Promise<void> {
  core.show(atForm(SERVICE));
  await open(page, core);
  await next(page).tap();
  await page.locator('label.option', { hasText: '土桥镇' }).tap();
  await page.locator('#address').fill(TYPED);
}

/** Everything that a page can keep. */
async function kept(page: Page): Promise<unknown> {
  return page.evaluate(async () => ({
    local: Object.entries(localStorage),
    session: Object.entries(sessionStorage),
    databases: await indexedDB.databases(),
    caches: await caches.keys(),
    cookies: document.cookie,
    address: location.href.replace(location.origin, ''),
    history: history.state as unknown,
  }));
}

const NOTHING = {
  local: [],
  session: [],
  databases: [],
  caches: [],
  cookies: '',
  address: '/',
  history: null,
};

test('a cut line shows a calm word, and the page goes on where it was', async ({ page, core }) => {
  await typeAddress(page, core);
  await core.stop();
  await expect(page.getByRole('alertdialog')).toContainText(zh.link.lostTitle);
  await core.start();
  await expect(page.getByRole('alertdialog')).toHaveCount(0, { timeout: 15_000 });
  await expect(page.locator('#address')).toHaveValue(TYPED);
  expect(await kept(page)).toEqual(NOTHING);
});

test('a restarted core is offered the answers again when the same person lays the card down', async ({
  page,
  core,
}) => {
  core.script = ({ path }) => {
    if (path === 'session.restoreAnswers') core.show(atForm(SERVICE, { sessionId: 'session-2' }));
  };
  await typeAddress(page, core);
  await core.stop();
  core.show(null);
  await core.start();
  await expect(page.locator('.screen[data-step="attract"]')).toBeVisible({ timeout: 15_000 });
  expect(await page.content()).not.toContain(TYPED);
  core.show(sessionView({ sessionId: 'session-2', card: { state: 'reading' } }));
  core.show(identified({ sessionId: 'session-2' }));
  await expect.poll(() => core.called('session.restoreAnswers').length).toBe(1);
  expect(core.called('session.restoreAnswers')[0]?.input).toEqual({
    serviceId: SERVICE,
    answers: { address: { division: '500151101', detail: TYPED } },
  });
  // and shows the screen where the citizen was
  await expect(page.locator('.screen')).toHaveAttribute('data-screen', 'form 1');
});

test('a restarted core that had stored what was signed shows its receipt, and is offered nothing', async ({
  page,
  core,
}) => {
  const submissionId = '5'.repeat(32);
  core.show(filled(SERVICE, { step: 'submitting', submissionId }));
  await open(page, core);
  await core.stop();
  core.show(null);
  core.script = ({ path }) => {
    if (path !== 'session.reclaim') return;
    core.show(
      stored(
        SERVICE,
        { maskedName: null },
        { sessionId: 'session-2', applicant: null, submissionId },
      ),
    );
  };
  await core.start();
  await expect(page.locator('.screen[data-step="receipt"]')).toBeVisible({ timeout: 15_000 });
  expect(core.called('session.reclaim')[0]?.input).toEqual({ submissionId, locale: 'zh' });
  core.show(null);
  core.show(identified({ sessionId: 'session-3' }));
  await expect(page.locator('.screen[data-step="find"]')).toBeVisible();
  expect(core.called('session.restoreAnswers')).toHaveLength(0);
});

test('a restarted core that had stored nothing of what was signed is offered the answers', async ({
  page,
  core,
}) => {
  const submissionId = '5'.repeat(32);
  core.show(filled(SERVICE, { step: 'review', submissionId }));
  await open(page, core);
  await core.stop();
  core.show(null);
  core.script = ({ path }) => {
    if (path === 'session.reclaim') throw new ORPCError('NOT_FOUND');
    if (path === 'session.restoreAnswers') core.show(atForm(SERVICE, { sessionId: 'session-2' }));
  };
  await core.start();
  await expect.poll(() => core.called('session.reclaim').length, { timeout: 15_000 }).toBe(1);
  core.show(identified({ sessionId: 'session-2' }));
  await expect.poll(() => core.called('session.restoreAnswers').length).toBe(1);
  expect(core.called('session.restoreAnswers')[0]?.input).toMatchObject({ serviceId: SERVICE });
});

for (const [refusal, refuse] of [
  ['another session had begun', () => new ORPCError('WRONG_STEP', { data: { step: 'identify' } })],
  ['something else went wrong', () => new Error('of no matter to the page')],
] as const) {
  test(`a core that cannot say whether it had stored what was signed is asked again with the card: ${refusal}`, async ({
    page,
    core,
  }) => {
    const submissionId = '5'.repeat(32);
    core.show(filled(SERVICE, { step: 'submitting', submissionId }));
    await open(page, core);
    await core.stop();
    core.show(null);
    core.script = ({ path }) => {
      if (path === 'session.reclaim') throw refuse();
      if (path !== 'session.restoreAnswers') return;
      core.show(stored(SERVICE, {}, { sessionId: 'session-2', serviceId: null, submissionId }));
    };
    await core.start();
    await expect.poll(() => core.called('session.reclaim').length, { timeout: 15_000 }).toBe(1);
    core.show(sessionView({ sessionId: 'session-2', card: { state: 'reading' } }));
    await expect(page.locator('.screen[data-step="identify"]')).toBeVisible();
    core.show(identified({ sessionId: 'session-2' }));
    await expect(page.locator('.screen[data-step="receipt"]')).toBeVisible();
    expect(core.called('session.restoreAnswers')).toHaveLength(1);
    expect(core.called('session.restoreAnswers')[0]?.input).toMatchObject({
      serviceId: SERVICE,
      submissionId,
    });
  });
}

test('a card that lies there before the line is whole brings back the receipt, and later what was typed', async ({
  page,
  core,
}) => {
  const submissionId = '5'.repeat(32);
  // as the core shows it: what is stored has no service and no answers any more
  const receipt = (sessionId: string): SessionView =>
    stored(SERVICE, {}, { sessionId, serviceId: null, answers: {}, sources: {}, submissionId });
  core.script = ({ path }) => {
    if (path === 'session.restoreAnswers') core.show(receipt('session-2'));
  };
  core.show(receipt('session-1'));
  await open(page, core);
  await core.stop();
  core.show(identified({ sessionId: 'session-2' }));
  await core.start();
  await expect.poll(() => core.called('session.restoreAnswers').length).toBe(1);
  await expect(page.locator('.screen[data-step="receipt"]')).toBeVisible();
  const offers = core.called('session.restoreAnswers');
  expect(offers.map(({ input }) => input)).toEqual([{ serviceId: '', answers: {}, submissionId }]);

  core.script = ({ path }) => {
    if (path === 'session.restoreAnswers') core.show(atForm(SERVICE, { sessionId: 'session-4' }));
  };
  core.show(atForm(SERVICE, { sessionId: 'session-3' }));
  await next(page).tap();
  await page.locator('#address').fill(TYPED);
  await core.stop();
  core.show(identified({ sessionId: 'session-4' }));
  await core.start();
  await expect.poll(() => core.called('session.restoreAnswers').length).toBe(2);
  await expect(page.locator('.screen')).toHaveAttribute('data-screen', 'form 1');
  expect(core.called('session.restoreAnswers').at(-1)?.input).toMatchObject({
    serviceId: SERVICE,
    answers: { address: { detail: TYPED } },
  });
});

test('a core that fails to take back what was signed is asked again, for it may be stored', async ({
  page,
  core,
}) => {
  const submissionId = '5'.repeat(32);
  core.show(filled(SERVICE, { step: 'submitting', submissionId }));
  await open(page, core);
  await core.stop();
  core.show(identified({ sessionId: 'session-2' }));
  core.script = ({ path }) => {
    if (path === 'session.restoreAnswers') throw new Error('of no matter to the page');
  };
  await core.start();
  await expect(page.locator('.screen')).toContainText(zh.saying.tryAgain);
  core.script = ({ path }) => {
    if (path !== 'session.restoreAnswers') return;
    core.show(stored(SERVICE, {}, { sessionId: 'session-2', serviceId: null, submissionId }));
  };
  core.change({ step: 'guide', serviceId: SERVICE });
  await expect(page.locator('.screen[data-step="receipt"]')).toBeVisible();
  const offers = core.called('session.restoreAnswers');
  expect(offers).toHaveLength(2);
  expect(offers[1]?.input).toMatchObject({ serviceId: SERVICE, submissionId });
});

test('another person after a restart never sees or sends the answers', async ({ page, core }) => {
  await typeAddress(page, core);
  await core.stop();
  core.show(null);
  await core.start();
  await expect(page.locator('.screen[data-step="attract"]')).toBeVisible({ timeout: 15_000 });
  const other = { ...applicant, displayName: '张三丰', maskedIdNumber: '500*************11' };
  core.show(identified({ sessionId: 'session-2', applicant: other }));
  await expect(page.locator('.screen[data-step="find"]')).toBeVisible();
  core.show(identified({ sessionId: 'session-3' }));
  await expect(page.locator('.title')).toContainText(applicant.displayName);
  core.show(atForm(SERVICE, { sessionId: 'session-3' }));
  await next(page).tap();
  await expect(page.locator('#address')).toHaveCount(1);
  await expect(page.locator('#address')).toHaveValue('');
  expect(core.called('session.restoreAnswers')).toHaveLength(0);
});

test('after a restart the answers do not outlive a session without a card', async ({
  page,
  core,
}) => {
  await typeAddress(page, core);
  await core.stop();
  core.show(null);
  await core.start();
  await expect(page.locator('.screen[data-step="attract"]')).toBeVisible({ timeout: 15_000 });
  core.show(sessionView({ sessionId: 'session-2' }));
  await expect(page.locator('.screen[data-step="identify"]')).toBeVisible();
  core.show(null);
  await expect(page.locator('.screen[data-step="attract"]')).toBeVisible();
  core.show(identified({ sessionId: 'session-3' }));
  await expect(page.locator('.screen[data-step="find"]')).toBeVisible();
  core.show(atForm(SERVICE, { sessionId: 'session-3' }));
  await expect(page.locator('.screen[data-step="form"]')).toBeVisible();
  expect(core.called('session.restoreAnswers')).toHaveLength(0);
});

test('when a session ends nothing of it is left in the page', async ({ page, core }) => {
  await typeAddress(page, core);
  core.show(null);
  await expect(page.locator('.screen[data-step="attract"]')).toBeVisible();
  expect(await page.content()).not.toContain(TYPED);
  expect(await page.content()).not.toContain(applicant.displayName);
  expect(await page.evaluate(() => document.activeElement === document.body)).toBe(true);
  // the same service for the next person begins at its first screen, empty
  core.show(atForm(SERVICE, { sessionId: 'session-2' }));
  await expect(page.locator('.screen')).toHaveAttribute('data-screen', 'form 0');
  await next(page).tap();
  await expect(page.locator('#address')).toHaveValue('');
  expect(await kept(page)).toEqual(NOTHING);
});

test('when one session follows another at once, nothing goes over: query, ink, language', async ({
  page,
  core,
}) => {
  core.show(identified({ locale: 'en' }));
  await open(page, core);
  await page.locator('.search-box').tap();
  await page.locator('.search-box input').fill('geheim');
  core.show(identified({ sessionId: 'session-2' }));
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
  await expect(page.locator('.search-box input')).toHaveValue('');
  await expect(page.locator('.keyboard')).toHaveCount(0);

  core.show(filled(SERVICE, { step: 'sign', sessionId: 'session-2' }));
  await page.locator('canvas.ink').tap();
  await expect(page.locator('.main')).toContainText('1');
  core.show(filled(SERVICE, { step: 'sign', sessionId: 'session-3' }));
  await expect(page.locator('.main')).toContainText(zh.sign.empty);
  const dark = await page.locator('canvas.ink').evaluate((canvas: HTMLCanvasElement) => {
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    return data.some((value, i) => i % 4 === 0 && value < 128);
  });
  expect(dark).toBe(false);
});

test('the photo of the card stands beside the name, a silhouette where there is none, and it goes with the person', async ({
  page,
  core,
}) => {
  core.show(identified());
  await open(page, core);
  const who = page.locator('.title-aside');
  await expect(who).toContainText(applicant.displayName);
  await expect(who.locator('svg.portrait')).toBeVisible();
  core.change({ applicant: { ...applicant, photo: 'a-photo-of-a-card' } });
  const photo = who.locator('img.portrait');
  await expect(photo).toBeVisible();
  await expect.poll(() => photo.evaluate((img: HTMLImageElement) => img.naturalWidth)).not.toBe(0);
  core.show(null);
  await expect(page.locator('[data-step="attract"]')).toBeVisible();
  expect(await page.content()).not.toContain('a-photo-of-a-card');
  expect(await kept(page)).toEqual(NOTHING);
});
