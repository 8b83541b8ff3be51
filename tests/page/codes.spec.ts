import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { en } from '../../renderer/messages/en.ts';
import { zh } from '../../renderer/messages/zh.ts';
import type { CodeView } from '../../main/contract/code-view.ts';
import { FULL, LOOKED_AT_LOCALES } from './window.ts';
import { expect, open, test } from './harness.ts';
import { expectGoodScreen } from './measure.ts';
import { identified, terminalView } from './views.ts';

const WORDS = { zh, en };
const SHOTS = process.env['BIANMIN_SCREENSHOTS'];
const { devices } = terminalView();
const withScanner = { devices: { ...devices, codeScanner: { state: 'online' } } } as const;

const receipt = (part: Partial<Extract<CodeView, { is: 'receipt' }>> = {}): CodeView => ({
  is: 'receipt',
  signature: 'valid',
  item: 'arrived',
  caseState: 'prereview',
  checkedOffline: false,
  ...part,
});

const CODES: Readonly<Record<string, CodeView>> = {
  checking: { is: 'checking' },
  arrived: receipt(),
  waiting: receipt({ item: 'notYetArrived', caseState: null }),
  offline: receipt({ item: 'unknown', caseState: null, checkedOffline: true }),
  held: receipt({ item: 'held', caseState: null }),
  differs: receipt({ item: 'differs', caseState: null }),
  revoked: receipt({ signature: 'revokedKey' }),
  invalid: receipt({ signature: 'invalid', item: 'unknown', caseState: null }),
  unknownKey: receipt({ signature: 'unknownKey', item: 'unknown', caseState: null }),
  unknown: { is: 'unknown' },
  unreadable: { is: 'unreadable' },
};

const MEASURED = ['revoked', 'differs', 'unreadable'];

/** As a scanner does it: keys at a pace that no person has. */
const strike = (page: Page, text: string): Promise<void> =>
  page.evaluate((keys) => {
    for (const key of [...Array.from(keys), 'Enter']) {
      window.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    }
  }, text);

for (const locale of LOOKED_AT_LOCALES) {
  test(`what a scanned code is (${locale}) can be read and closed by everyone`, async ({
    page,
    core,
    complaints,
  }) => {
    test.skip(!FULL, 'with the full tests');
    const t = WORDS[locale];
    core.setTerminal(withScanner);
    core.show(identified({ locale }));
    await open(page, core);
    await expect(page.locator('.code-offer')).toHaveText(t.code.offer);
    for (const [name, view] of Object.entries(CODES)) {
      core.showCode(view);
      await expect(page.locator(`[data-code="${view.is}"]`)).toBeVisible();
      if (SHOTS) await page.screenshot({ path: join(SHOTS, `code-${name}-${locale}.png`) });
      // the longest of each kind: a measured screen takes its time
      if (MEASURED.includes(name)) await expectGoodScreen(page, `code-${name}-${locale}`);
      // having it is not accepting it
      await expect(page.getByRole('dialog')).not.toContainText(/已受理/);
      if (view.is !== 'checking') {
        await page.getByRole('button', { name: t.common.close, exact: true }).tap();
      }
      core.showCode(null);
      await expect(page.getByRole('dialog')).toHaveCount(0);
    }
    expect(core.called('codes.close')).toHaveLength(Object.keys(CODES).length - 1);
    expect(complaints).toEqual([]);
  });
}

test.describe('who has no scanner here', () => {
  test('is not offered one, on either screen', async ({ page, core }) => {
    await open(page, core);
    await expect(page.locator('.code-offer')).toHaveCount(0);
    core.setTerminal(withScanner);
    await expect(page.locator('.code-offer')).toBeVisible();
    if (SHOTS) await page.screenshot({ path: join(SHOTS, 'attract-code.png') });
    await expectGoodScreen(page, 'attract-code');
    core.setTerminal({ devices: { ...devices, codeScanner: { state: 'offline' } } });
    await expect(page.locator('.code-offer')).toHaveCount(0);
  });
});

test.describe('a scanner that pretends to be a keyboard', () => {
  test('is heard where it is meant to be, and only where no field has the focus', async ({
    page,
    core,
  }) => {
    await open(page, core);
    await strike(page, 'https://example/r/abc');
    core.setTerminal({ keyboardScanner: true });
    await expect(page.locator('.code-offer')).toBeVisible();
    await strike(page, 'https://example/r/def');
    await expect
      .poll(() => core.called('codes.typed').map(({ input }) => input))
      .toEqual([{ text: 'https://example/r/def' }]);
    core.show(identified());
    await expect(page.locator('.screen[data-step="find"]')).toBeVisible();
    const field = page.locator('.search input');
    await field.tap();
    await field.evaluate((input) => {
      for (const key of [...Array.from('1234567'), 'Enter']) {
        input.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
      }
    });
    await strike(page, 'ghijkl');
    await expect
      .poll(() => core.called('codes.typed').map(({ input }) => input))
      .toEqual([{ text: 'https://example/r/def' }, { text: 'ghijkl' }]);
  });

  test('that strikes a key first is heard in a field too, and leaves it as it is', async ({
    page,
    core,
  }) => {
    core.setTerminal({ keyboardScanner: true, keyboardPrefix: 'F9' });
    core.show(identified());
    await open(page, core);
    const field = page.locator('.search input');
    await field.tap();
    await page.keyboard.type('ab');
    // one key after the other without a pause, through the browser's own way
    const keys = ['F9', ...Array.from('https://example/r/abc'), 'Enter'];
    await page.evaluate((struck) => {
      const at = document.activeElement ?? document.body;
      for (const key of struck) {
        const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true });
        if (at.dispatchEvent(event) && key.length === 1 && at instanceof HTMLInputElement) {
          at.setRangeText(key, at.value.length, at.value.length, 'end');
        }
      }
    }, keys);
    await expect
      .poll(() => core.called('codes.typed').map(({ input }) => input))
      .toEqual([{ text: 'https://example/r/abc' }]);
    await expect(field).toHaveValue('ab');
    await expect(field).toBeFocused();
  });
});

test.describe('a scanner that waits to be told', () => {
  test('is told by a button, and told off when nobody shows a code', async ({ page, core }) => {
    core.setTerminal({ ...withScanner, waitingScanner: true });
    await open(page, core);
    await page.getByRole('button', { name: zh.code.look }).tap();
    await expect.poll(() => core.called('codes.look')).toHaveLength(1);
    core.showCode({ is: 'waiting' });
    await expect(page.getByRole('dialog')).toContainText(zh.code.waiting);
    await expectGoodScreen(page, 'code-waiting');
    await page.getByRole('button', { name: zh.code.stop }).tap();
    await expect.poll(() => core.called('codes.close')).toHaveLength(1);
    core.showCode({ is: 'notSeen' });
    await expect(page.getByRole('dialog')).toContainText(zh.code.notSeen);
  });
});
