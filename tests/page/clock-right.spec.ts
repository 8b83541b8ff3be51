import { en } from '../../renderer/messages/en.ts';
import { zh } from '../../renderer/messages/zh.ts';
import { FULL, LOOKED_AT_LOCALES } from './window.ts';
import { expect, open, test } from './harness.ts';
import { knock, look, type } from './service-hands.ts';
import { serviceView as view } from './service-views.ts';

const WORDS = { zh, en };
for (const locale of LOOKED_AT_LOCALES) {
  test(`a technician sees year, day and minute before saying that the clock is right (${locale})`, async ({
    page,
    core,
  }) => {
    test.skip(!FULL, 'with the full tests');
    const t = WORDS[locale];
    const now = '2026-11-24T02:08:10.000Z';
    core.showService(view({ problems: ['clockWrong'], clock: { now } }));
    await open(page, core);
    if (locale === 'en') await page.locator('.button-language').tap();
    await knock(page, 5);
    await page.getByRole('button', { name: t.service.technician }).tap();
    await type(page, '271828');
    await page.getByRole('button', { name: t.service.enter }).tap();
    const part = page.locator('.notice', { hasText: t.service.clock.title });
    await expect(part.locator('.number')).toContainText('2026');
    // at the hall
    await expect(part.locator('.number')).toContainText(/10:\d\d/);
    await look(page, `service-clock-${locale}`);
    const right = page.getByRole('button', { name: t.service.clock.right, exact: true });
    await right.tap();
    await look(page, `service-clock-ask-${locale}`);
    await page.getByRole('button', { name: t.service.clock.no }).tap();
    expect(core.called('service.confirmClock')).toHaveLength(0);
    await right.tap();
    core.script = ({ path }) => {
      if (path === 'service.confirmClock') core.showService(view({ problems: [] }));
    };
    await page.getByRole('button', { name: t.service.clock.yes }).tap();
    await expect(part).toHaveCount(0);
    const said = core.called('service.confirmClock')[0]?.input as { readonly now: string };
    // the time that was shown, which went on meanwhile
    expect(Date.parse(said.now)).toBeGreaterThanOrEqual(Date.parse(now));
  });
}
