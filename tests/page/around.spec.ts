import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { en } from '../../renderer/messages/en.ts';
import { zh } from '../../renderer/messages/zh.ts';
import type { ReceiptView } from '../../main/contract/session-view.ts';
import type { TerminalView } from '../../main/contract/shapes.ts';
import { FULL, LOOKED_AT_LOCALES, WINDOW } from './window.ts';
import { expect, open, test } from './harness.ts';
import { expectGoodScreen } from './measure.ts';
import { faultView, filled, identified, sessionView, stored, terminalView } from './views.ts';

const WORDS = { zh, en };
const SHOTS = process.env['BIANMIN_SCREENSHOTS'];
const { devices } = terminalView();
const a4 = (documentPrinter: TerminalView['devices']['documentPrinter']) => ({
  devices: { ...devices, documentPrinter },
});

async function shoot(page: Page, name: string): Promise<void> {
  if (SHOTS === undefined) return;
  await page.locator('[data-sheet]').scrollIntoViewIfNeeded();
  await page.screenshot({ path: join(SHOTS, `${name}.png`), animations: 'disabled' });
}

const SHEETS: Readonly<Record<string, NonNullable<ReceiptView['sheet']>>> = {
  none: { state: 'none' },
  printing: { state: 'printing' },
  printed: { state: 'printed' },
  failed: { state: 'failed', fault: faultView('documentPrinter.paperOut') },
  unknown: { state: 'unknown', fault: faultView('device.hostDown') },
};

for (const locale of LOOKED_AT_LOCALES) {
  test(`the summary on A4 (${locale}): every state of it, and the printer away`, async ({
    page,
    core,
    complaints,
  }) => {
    test.skip(!FULL, 'with the full tests');
    const t = WORDS[locale];
    core.setTerminal(a4({ state: 'online' }));
    core.show(stored('unemployment-reg', { sheet: { state: 'none' } }, { locale }));
    await open(page, core);
    for (const [name, sheet] of Object.entries(SHEETS)) {
      core.change({ receipt: { ...core.session!.receipt!, sheet } });
      await expect(page.locator(`[data-sheet="${sheet.state}"]`)).toBeVisible();
      await shoot(page, `sheet-${name}-${locale}`);
      if (name === 'none') {
        await page.getByRole('button', { name: t.sheet.print, exact: true }).tap();
      }
    }
    await expectGoodScreen(page, `sheet-${locale}`);
    await expect(page.locator('[data-sheet]')).not.toContainText(t.sheet.printed);
    core.setTerminal(a4({ state: 'offline', fault: faultView('device.offline') }));
    core.change({ receipt: { ...core.session!.receipt!, sheet: { state: 'none' } } });
    await expect(page.locator('[data-sheet]')).toContainText(t.sheet.away);
    await shoot(page, `sheet-away-${locale}`);
    await expect(page.getByRole('button', { name: t.sheet.print, exact: true })).toHaveCount(0);
    await expect(page.getByRole('button', { name: t.receipt.finish, exact: true })).toBeEnabled();
    expect(core.called('receipt.printSheet')).toHaveLength(1);
    expect(complaints).toEqual([]);
  });
}

test('a citizen without an A4 printer is not offered it', async ({ page, core }) => {
  core.show(stored('unemployment-reg'));
  await open(page, core);
  await expect(page.locator('[data-sheet]')).toHaveCount(0);
});

for (const locale of LOOKED_AT_LOCALES) {
  test(`a scanner that went away is told once: with the scan that failed, then by itself (${locale})`, async ({
    page,
    core,
    complaints,
  }) => {
    const t = WORDS[locale].materials;
    const session = filled('pension-enroll', { locale });
    const materialId = session.materials.find(({ means }) => means === 'paper')!.materialId;
    const screen = page.locator('.screen');
    core.show(session);
    core.change({
      scan: { materialId, state: 'failed', pagesSoFar: 0, fault: faultView('device.offline') },
    });
    await open(page, core);
    await expect(screen).toContainText(t.failed);
    await expect(screen).toContainText(t.scannerGone);
    await expect(screen).not.toContainText(t.scannerAway);
    core.setTerminal({
      devices: {
        ...devices,
        documentScanner: { state: 'offline', fault: faultView('device.offline') },
      },
    });
    await expect(screen).toContainText(t.scannerAway);
    await expect(screen).not.toContainText(t.failed);
    await expect(screen).not.toContainText(t.scannerGone);
    core.setTerminal({ devices });
    await expect(screen).toContainText(t.scannerBack);
    await expect(screen).not.toContainText(t.scannerAway);
    await expect(screen).not.toContainText(t.failed);
    expect(complaints).toEqual([]);
  });
}

test.describe('the keys of the keypad', () => {
  test('begin, move through the page, press what has the focus, and go back', async ({
    page,
    core,
  }) => {
    core.script = ({ path }) => {
      if (path === 'session.begin') core.show(sessionView());
      if (path === 'session.browse') core.show(identified());
      if (path === 'session.openService') {
        core.show(identified({ step: 'guide', serviceId: 'unemployment-reg' }));
      }
      if (path === 'session.back') core.show(identified());
    };
    await open(page, core);
    const focused = page.locator(':focus');
    core.press('down');
    await expect(focused).toBeVisible();
    for (let i = 0; i < 6; i += 1) {
      if (await page.locator('.invitation-touch:focus').count()) break;
      const before = await focused.evaluate((element) => element.outerHTML);
      core.press('down');
      await expect.poll(() => focused.evaluate((element) => element.outerHTML)).not.toBe(before);
    }
    core.press('select');
    await expect(page.locator('.screen[data-step="identify"]')).toBeVisible();
    expect(core.called('session.begin')).toHaveLength(1);
    core.show(identified());
    await expect(page.locator('.screen[data-step="find"]')).toBeVisible();
    // help is a window of its own: the focus stays in it until it is closed
    core.press('help');
    const dialog = page.getByRole('dialog');
    await expect(dialog).toBeVisible();
    for (let i = 0; i < 4; i += 1) core.press('down');
    await expect(dialog.locator(':focus')).toHaveCount(1);
    core.press('back');
    await expect(dialog).toHaveCount(0);
    core.show(identified({ step: 'guide', serviceId: 'unemployment-reg' }));
    await expect(page.locator('#way-back')).toHaveAttribute('type', 'button');
    await expect(page.locator('#way-back')).not.toHaveAttribute('aria-disabled', 'true');
    core.press('back');
    await expect.poll(() => core.called('session.back').length).toBe(1);
  });
});

for (const [name, size] of Object.entries({
  upright: WINDOW.viewport,
  lying: { width: 1920, height: 1080 },
})) {
  test(`while the disk takes nothing only guides are offered, and why is said (${name})`, async ({
    page,
    core,
  }) => {
    await page.setViewportSize(size);
    core.setTerminal({ taking: 'diskFails' });
    await open(page, core);
    for (const locale of ['zh', 'en'] as const) {
      const t = WORDS[locale];
      const title = page.getByRole('heading', { name: t.attract.title.guidesOnly });
      await expect(title).toBeVisible();
      await expect(page.locator('.attract')).toContainText(t.taking.diskFails);
      // in one line down the middle of the screen
      for (const part of [title, page.locator('.invitation-touch')]) {
        const { x = 0, width = 0 } = (await part.boundingBox()) ?? {};
        expect(Math.abs(x + width / 2 - size.width / 2)).toBeLessThan(2);
      }
      await expectGoodScreen(page, `a disk that fails, ${name}, ${locale}`);
      if (SHOTS !== undefined) {
        await page.screenshot({ path: join(SHOTS, `disk-fails-${name}-${locale}.png`) });
      }
      if (locale === 'zh') await page.getByRole('button', { name: 'English' }).tap();
    }
  });
}

test('while the battery runs dry nobody is invited, and told where to go', async ({
  page,
  core,
}) => {
  core.setTerminal({ taking: 'batteryLow' });
  await open(page, core);
  await expect(page.locator('.attract')).toContainText(zh.attract.title.closed);
  await expect(page.locator('.attract')).toContainText(zh.taking.batteryLow);
  await expect(page.locator('.invitation-touch')).toHaveCount(0);
});
