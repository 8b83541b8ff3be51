import { ORPCError } from '@orpc/server';
import type { Page } from '@playwright/test';
import { maskIdNumber } from '../../domain/identity/mask.ts';
import { zh } from '../../renderer/messages/zh.ts';
import type { SessionView } from '../../main/contract/session-view.ts';
import type { FakeCore } from './fake-core.ts';
import { expect, next, open, test } from './harness.ts';
import { atForm, filled, identified } from './views.ts';
import { FULL } from './window.ts';

const SERVICE = 'disability-subsidy';
const WRONG = { proxyName: '周错卡', proxyIdNo: '500199196907120020' };
const RIGHT = { proxyName: '周对卡', proxyIdNo: '500199197203040018' };

/** Somebody acts for the applicant, and a card was read that filled in who that is. */
function withAgent(card: typeof WRONG, part: Partial<SessionView> = {}): SessionView {
  const view = atForm(SERVICE);
  return {
    ...view,
    answers: { ...filled(SERVICE).answers, isProxy: true, ...card },
    sources: { ...view.sources, proxyName: 'card', proxyIdNo: 'card' },
    notice: 'proxyCardRead',
    ...part,
  };
}

/** To the screen with what the agent's card said. */
async function atAgent(page: Page, core: FakeCore): Promise<void> {
  core.show(withAgent(WRONG));
  await open(page, core);
  const screen = page.locator('.screen');
  await expect(screen).toHaveAttribute('data-screen', 'form 0');
  for (let at = 0; (await page.locator('#proxyIdNo-field').count()) === 0; at += 1) {
    await next(page).tap();
    await expect(screen).toHaveAttribute('data-screen', `form ${at + 1}`);
  }
}

const field = (page: Page) => page.locator('#proxyIdNo-field');

async function question(page: Page): Promise<void> {
  await field(page)
    .getByRole('button', { name: new RegExp(`^${zh.form.wrong}`) })
    .tap();
  await expect(field(page)).toContainText(zh.form.disputeNote);
}

/** The right card stands there as it was read, and the page goes on with it. */
async function goesOnWithTheRightCard(page: Page, core: FakeCore): Promise<void> {
  await expect(field(page).locator('.value')).toHaveText(maskIdNumber(RIGHT.proxyIdNo));
  await expect(field(page)).not.toContainText(zh.form.disputeNote);
  await expect(page.locator('.field-wrong')).toHaveCount(0);
  const before = await page.locator('.screen').getAttribute('data-screen');
  core.calls.length = 0;
  await next(page).tap();
  await expect(page.locator('.screen')).not.toHaveAttribute('data-screen', before ?? '');
  expect(core.called('session.dispute')).toEqual([]);
}

test('the right card in the place of a wrong one stands there, whatever was asked of the wrong one', async ({
  page,
  core,
}) => {
  test.skip(!FULL, 'with the full tests');
  await atAgent(page, core);
  await question(page);
  // nothing was typed yet
  await next(page).tap();
  await expect(page.locator('.field-wrong')).toHaveText(zh.fieldError.required);
  core.show(withAgent(RIGHT));
  await goesOnWithTheRightCard(page, core);
});

test('what was typed against a wrong card is not sent against the right one', async ({
  page,
  core,
}) => {
  test.skip(!FULL, 'with the full tests');
  await atAgent(page, core);
  await question(page);
  await page.locator('#proxyIdNo').fill(RIGHT.proxyIdNo.replace('1972', '1973'));
  core.show(withAgent(RIGHT));
  await goesOnWithTheRightCard(page, core);
});

for (const [what, stated] of [
  ['another number', RIGHT.proxyIdNo.replace('1972', '1973')],
  ['the number of the right card', RIGHT.proxyIdNo],
] as const) {
  test(`what the core took against a wrong card is over with the right one: ${what}`, async ({
    page,
    core,
  }) => {
    test.skip(!FULL, 'with the full tests');
    core.script = ({ path, input }) => {
      if (path !== 'session.dispute') return;
      const { field, value } = input as { field: string; value: string };
      core.change({
        disputed: [field],
        answers: { ...core.session!.answers, [field]: value },
        fieldErrors: [{ field, code: 'checksum' }],
      });
    };
    await atAgent(page, core);
    await question(page);
    await page.locator('#proxyIdNo').fill(stated);
    await next(page).tap();
    await expect.poll(() => core.called('session.dispute').length).toBe(1);
    await expect(page.locator('.field-wrong')).toHaveCount(1);
    // still the citizen's word, until the card is another one
    await expect(field(page)).toContainText(zh.form.disputeNote);
    await expect(page.locator('#proxyIdNo')).toHaveValue(stated);
    core.show(withAgent(RIGHT));
    await goesOnWithTheRightCard(page, core);
  });
}

test('a restarted core that has not read the card of the agent takes what was said against it as an answer', async ({
  page,
  core,
}) => {
  test.skip(!FULL, 'with the full tests');
  await atAgent(page, core);
  await question(page);
  await page.locator('#proxyIdNo').fill(RIGHT.proxyIdNo);
  await core.stop();
  core.show(identified({ sessionId: 'session-2' }));
  core.script = ({ path }) => {
    if (path === 'session.dispute') throw new ORPCError('NOT_FOUND');
    if (path !== 'session.restoreAnswers') return;
    core.show({ ...atForm(SERVICE), sessionId: 'session-2', notice: 'coreRestarted' });
  };
  await core.start();
  await expect.poll(() => core.called('session.saveAnswers').length).toBe(1);
  expect(core.called('session.saveAnswers')[0]?.input).toEqual({
    answers: { proxyIdNo: RIGHT.proxyIdNo },
  });
  expect(core.called('session.dispute').map(({ input }) => input)).toEqual([
    { field: 'proxyIdNo', value: RIGHT.proxyIdNo },
  ]);
  await expect(page.locator('.screen')).toContainText(zh.notice.coreRestarted);
  await expect(page.locator('.saying')).toHaveText('');
});
