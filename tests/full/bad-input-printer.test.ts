import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SimulatorCommand } from '../../drivers/simulator-host/simulator.ts';
import { FAULTS, type FaultCode } from '../../domain/device/fault-catalogue.ts';
import { indexedItems } from '../../scripts/citizen/terminal-index.ts';
import { platformItem } from '../../scripts/citizen/platform-view.ts';
import { walkToReview } from '../../scripts/citizen/walk.ts';
import { openHall, type Hall } from '../support/hall.ts';

let hall: Hall;

const printer = (command: SimulatorCommand): Promise<unknown> =>
  hall.simulators.command('receipt-printer-1', command);

beforeAll(async () => {
  hall = await openHall();
  await walkToReview(hall.walk('returnee', 'unemployment-reg'));
});

afterAll(() => hall.close());

/** Healed: nothing is wrong with the printer, and the terminal knows. */
async function heal(): Promise<void> {
  await printer({ do: 'setPaper', paper: 'full' });
  await printer({ do: 'setCover', open: false });
  await printer({ do: 'setJam', jammed: false });
  await printer({ do: 'setCutter', stuck: false });
  await expect
    .poll(async () => (await hall.health())['devices'], { timeout: 60_000 })
    .toMatchObject({ receiptPrinter: { state: 'online', paper: 'full' } });
}

async function printEnds(state: 'failed' | 'unknown'): Promise<void> {
  await hall.page.locator(`.screen[data-print="${state}"]`).waitFor({ timeout: 60_000 });
}

/** Whoever touched «again» at the bottom of the screen sees at the top what came of it. */
async function seesOutcome(): Promise<boolean> {
  const at = await hall.page.locator('.main .notice-title').first().boundingBox();
  return at !== null && at.y > 100 && at.y < 1_000;
}

/** Number and code are on the screen, and another try is offered where nobody has to look for it. */
async function expectReceiptOnScreen(): Promise<void> {
  await expect.poll(seesOutcome, { timeout: 60_000 }).toBe(true);
  const number = indexedItems(hall.terminalDir).at(-1)?.receiptNumber ?? 'none';
  const shown = await hall.page.locator('.ticket-number dd').innerText();
  expect(shown.replaceAll(/\s/gu, '')).toBe(number);
  await hall.page.locator('.ticket-code svg, .ticket-code img, .ticket-code canvas').waitFor();
  const button = await hall.page.getByRole('button', { name: '再打一次' }).boundingBox();
  expect(button?.y).toBeLessThan(900);
}

async function expectFailed(code: FaultCode, picture: string): Promise<void> {
  await printEnds('failed');
  await hall.says('回执没有打印出来');
  await hall.says(FAULTS[code].message.zh);
  await hall.says('您的申请已经存好，不受影响。');
  await hall.says('没有手机，就把下面的号码抄下来；以后也可以请工作人员补打。');
  await expectReceiptOnScreen();
  await hall.shoot(picture);
}

const again = (): Promise<void> => hall.page.getByRole('button', { name: '再打一次' }).tap();

describe('a receipt that does not come out is told truthfully, stands on the screen, and can be printed again', () => {
  it('no paper from the start', async () => {
    await printer({ do: 'setPaper', paper: 'out' });
    await hall.next();
    await expectFailed('printer.paperOut', 'printer-paper-out');
  });

  describe('and then', () => {
    beforeEach(() => heal());

    // each differs in words from the one before it: what is read is not what was left
    it.each([
      ['the cover is open', { do: 'setCover', open: true }, 'printer.coverOpen'],
      ['the paper is jammed', { do: 'setJam', jammed: true }, 'printer.jam'],
    ] as const)('%s', async (what, command, code) => {
      await printer(command);
      await again();
      await hall.says(FAULTS[code].message.zh);
      await expectFailed(code, `printer-${what.replaceAll(' ', '-')}`);
    });

    // before those that leave half a receipt behind: that one would hang in the cutter first
    it('the cutter sticks: the receipt may hang there whole, and it says how to get it off', async () => {
      await printer({ do: 'setCutter', stuck: true });
      await again();
      await printEnds('unknown');
      await hall.says(FAULTS['printer.cutter'].message.zh);
      await hall.says('不能确定回执有没有打印出来，请看一看出纸口');
      await expectReceiptOnScreen();
      await hall.shoot('printer-cutter-stuck');
    });

    it('the paper ends in the middle', async () => {
      await printer({ do: 'setPaper', paper: 'out', afterBytes: 400 });
      await again();
      await hall.says(FAULTS['printer.paperOut'].message.zh);
      expect(await hall.page.locator('.screen').getAttribute('data-print')).toBe('failed');
      await expectReceiptOnScreen();
      await hall.shoot('printer-paper-ends-in-the-middle');
    });

    it('the cover is opened in the middle', async () => {
      await printer({ do: 'setCover', open: true, afterBytes: 400 });
      await again();
      await hall.says(FAULTS['printer.coverOpen'].message.zh);
      expect(await hall.page.locator('.screen').getAttribute('data-print')).toBe('failed');
      await expectReceiptOnScreen();
      await hall.shoot('printer-cover-opened-in-the-middle');
    });

    it('the line breaks in the middle: nobody can know, and it says so', async () => {
      await printer({ do: 'dropLine', afterBytes: 400, forMs: 1_000 });
      await again();
      await printEnds('unknown');
      await hall.says('不能确定回执有没有打印出来，请看一看出纸口');
      await hall.says('没有纸，就按「再打一次」，或者用手机拍下屏幕。');
      await expectReceiptOnScreen();
      await hall.shoot('printer-unknown');
    });

    it('at last it prints, and for all that there is one application', async () => {
      // the line may still be on its way back: who gets no paper touches again
      await expect
        .poll(
          async () => {
            const state = await hall.page.locator('.screen').getAttribute('data-print');
            if (state === 'failed' || state === 'unknown') await again();
            return state;
          },
          { timeout: 60_000, interval: 1_000 },
        )
        .toBe('printed');
      const items = indexedItems(hall.terminalDir);
      expect(items).toHaveLength(1);
      await hall.says('平台已收到');
      const item = await platformItem(hall.stack.platform.ready, hall.newest());
      expect(item).toMatchObject({ copies: 1, conflicts: 0 });
      const paper = await hall.simulators.artifact('receipt-printer-1', 'last.txt');
      expect(new TextDecoder().decode(paper.bytes)).toContain('收件回执');
    });
  });
});
