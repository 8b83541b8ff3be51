import { zh } from '../../renderer/messages/zh.ts';
import { expect, open, test } from './harness.ts';
import { expectGoodScreen } from './measure.ts';
import { identified } from './views.ts';

test.describe('somebody needs help', () => {
  test('and calls the staff, which stands there until they have come', async ({ page, core }) => {
    core.script = ({ path }) => {
      if (path === 'help.call') core.setTerminal({ helpCalledSince: '2026-11-30T02:08:00.000Z' });
    };
    core.show(identified());
    await open(page, core);
    await page.getByRole('button', { name: zh.common.help, exact: true }).tap();
    await page.getByRole('button', { name: zh.help.call, exact: true }).tap();
    const dialog = page.getByRole('dialog');
    await expect(dialog).toContainText('10:08 已经叫了工作人员');
    await expect(page.getByRole('button', { name: zh.help.call, exact: true })).toHaveCount(0);
    await expectGoodScreen(page, 'help-called');
    if (process.env['BIANMIN_SCREENSHOTS']) {
      await page.screenshot({ path: `${process.env['BIANMIN_SCREENSHOTS']}/help-called.png` });
    }
    core.setTerminal({ helpCalledSince: null });
    await expect(page.getByRole('button', { name: zh.help.call, exact: true })).toBeVisible();
    expect(core.called('help.call')).toHaveLength(1);
  });
});
