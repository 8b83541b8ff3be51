import { DEMO_PINS } from '../../kiosk-config/index.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openHall, type Hall } from '../support/hall.ts';
import { openBrowser } from '../platform-kit/browser.ts';

let hall: Hall;
beforeAll(async () => {
  hall = await openHall();
});
afterAll(() => hall.close());

const button = (name: string) => hall.page.getByRole('button', { name, exact: true });

async function type(digits: string): Promise<void> {
  for (const digit of digits) await button(digit).tap();
}

async function knock(): Promise<void> {
  await hall.page.locator('.screen[data-step="attract"]').waitFor();
  // in three seconds: all at once, for a busy machine would be late with the last
  await hall.page.locator('.header-seal').evaluate((seal) => {
    for (let i = 0; i < 5; i += 1) {
      seal.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true }));
    }
  });
  await button('设备技术员').tap();
}

/** What an operator of the platform does on the telephone. */
async function codeFor(terminalId: string, challenge: string): Promise<string> {
  const { url, users } = hall.stack.platform.ready;
  const operator = users.find(({ name }) => name === 'operator');
  const browser = openBrowser(url);
  await browser.login('operator', operator?.password ?? '');
  const fields = { terminalId, challenge };
  const page = await browser.post('/console/terminals', '/console/terminals/unlock', fields);
  expect(page.status).toBe(200);
  const code = /class="big number">([\d ]+)</.exec(await page.text())?.[1] ?? '';
  return code.replaceAll(' ', '');
}

describe('a passer-by who types five wrong PINs', () => {
  it('does not keep the technician out, also over a restart and without the platform', async () => {
    const { page, stack } = hall;
    await knock();
    for (let left = 4; left >= 0; left -= 1) {
      await type('111112');
      await button('进入').tap();
      if (left > 0) await hall.says(`还可以试 ${String(left)} 次`);
    }
    await hall.says('口令锁住了');
    // the right PIN does not help now
    await button('返回输入口令').tap();
    await type(DEMO_PINS.technician);
    await button('进入').tap();
    await hall.says('口令锁住了');
    const facts = await page.locator('.unlock-facts dd').allTextContents();
    const [terminalId = '', challenge = ''] = facts;
    const code = await codeFor(terminalId, challenge);

    // it lies on the disk, and needs no line
    hall.platform.set('silent');
    await stack.terminal.kill();
    await stack.restart('terminal');
    await page.goto(stack.terminal.ready.url);
    await knock();
    await type(DEMO_PINS.technician);
    await button('进入').tap();
    await hall.says('口令锁住了');
    expect(await page.locator('.unlock-facts dd').allTextContents()).toEqual(facts);
    await hall.shoot('pin-locked');
    await type(code === '00000000' ? '00000001' : '00000000');
    await button('解锁').tap();
    await hall.says('解锁码不对');
    await type(code);
    await button('解锁').tap();
    // a wrong one costs ten seconds, and nothing else
    await hall.says('秒再试');
    await expect
      .poll(
        async () => {
          if (await button('解锁').isVisible()) await button('解锁').tap();
          return page.getByText('解开了，请输入口令').isVisible();
        },
        { timeout: 60_000, interval: 500 },
      )
      .toBe(true);
    await type(DEMO_PINS.technician);
    await button('进入').tap();
    await page.locator('[data-step="service"][data-role="technician"]').waitFor();
    await button('离开，交还给群众').tap();

    // the next lock has another challenge, for which the old code is nothing
    await knock();
    for (let i = 0; i < 5; i += 1) {
      await type('111112');
      await button('进入').tap();
      if (i < 4) await hall.says(`还可以试 ${String(4 - i)} 次`);
    }
    await hall.says('口令锁住了');
    expect(await page.locator('.unlock-facts dd').allTextContents()).not.toEqual(facts);
    await type(code);
    await button('解锁').tap();
    await hall.says('解锁码不对');
  });
});
