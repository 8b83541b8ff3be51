import { afterEach, describe, expect, it } from 'vitest';
import { sleep } from '../transport/system-clock.ts';
import { receipt, until } from './conformance.ts';
import { EscPosPrinter } from './escpos-printer.ts';
import { PROFILES } from './profile.ts';
import { SlowPrinter, TurnClock } from './slow-printer-test-support.ts';

const { generic80 } = PROFILES;
const CUT = Buffer.from([...generic80.cut]).toString('latin1');
const ZEROS = '\0'.repeat(1_024);
/** Eight hours of a `TurnClock`: no test waits for it. */
const GENEROUS = { deadlineMs: 30_000_000 };
const UNCONFIRMED = { outcome: 'unknown', fault: { code: 'printer.unconfirmed' } };

const opened: EscPosPrinter[] = [];
const clock = new TurnClock();
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

function times(what: string, text: string): number {
  return text.split(what).length - 1;
}

async function open(slow: SlowPrinter): Promise<EscPosPrinter> {
  const printer = new EscPosPrinter({
    transport: slow.transport,
    clock,
    profile: { ...generic80, tellsName: false },
  });
  opened.push(printer);
  await printer.open();
  await until(
    () => printer.status.state === (slow.silent ? 'unknown' : 'online'),
    () => `a first look, it is ${JSON.stringify(printer.status)}`,
  );
  return printer;
}

/** Its deadline comes long after it was asked once more; gives how often it was asked until then. */
async function waitInVain(slow: SlowPrinter, printer: EscPosPrinter): Promise<number> {
  const late = new AbortController();
  const before = slow.asked;
  const first = printer.print(receipt('0001'), { ...GENEROUS, signal: late.signal });
  await slow.isAsked(before + 3);
  await sleep(clock, 20_000);
  late.abort();
  expect(await first).toMatchObject(UNCONFIRMED);
  return before + 3;
}

describe('a printer that is asked whether it is done and never says so', () => {
  it.each([
    ['though it tells how it is', false],
    ['and answers nothing else', true],
  ] as const)(
    'is waited for at its first receipt only, and no blank strip comes with the next: %s',
    async (_what, silent) => {
      const slow = new SlowPrinter();
      slow.silent = silent;
      const printer = await open(slow);
      const asked = await waitInVain(slow, printer);
      for (const number of ['0002', '0003']) {
        expect(await printer.print(receipt(number), GENEROUS)).toMatchObject(UNCONFIRMED);
      }
      // that of the start, and three receipts
      expect(times(CUT, slow.sent)).toBe(4);
      expect(times(ZEROS, slow.sent)).toBeLessThanOrEqual(2);
      expect(slow.sent.lastIndexOf(ZEROS)).toBeLessThan(slow.sent.indexOf('0001'));
      // it is still asked, in case that it says so after all
      expect(slow.asked).toBe(asked + 2);
    },
  );

  it('is believed once it does, and no word of an earlier receipt is taken for one about a later', async () => {
    const slow = new SlowPrinter();
    const printer = await open(slow);
    const asked = await waitInVain(slow, printer);
    expect(await printer.print(receipt('0002'), GENEROUS)).toMatchObject(UNCONFIRMED);
    await slow.isAsked(asked + 1);
    slow.say(0x00);
    const wasSent: boolean[] = [];
    slow.whenAsked = () => {
      wasSent.push(slow.sent.includes('0003'));
      slow.say(0x00);
    };
    expect(await printer.print(receipt('0003'), GENEROUS)).toEqual({ outcome: 'printed' });
    // before it, whether there is more of old
    expect(wasSent).toEqual([false, true]);
  });

  it('is waited for at each receipt when it has ever said so', async () => {
    const slow = new SlowPrinter();
    const printer = new EscPosPrinter({
      transport: slow.transport,
      clock,
      profile: { ...generic80, tellsName: false },
    });
    opened.push(printer);
    slow.whenAsked = (number) => {
      if (number === 1) slow.say(0x00);
    };
    await printer.open();
    await until(
      () => printer.status.state === 'online' && slow.asked >= 2,
      () => `online, it is ${JSON.stringify(printer.status)}`,
    );
    await waitInVain(slow, printer);
    const calledOff = new AbortController();
    let ended = false;
    const before = slow.asked;
    const second = printer.print(receipt('0002'), { ...GENEROUS, signal: calledOff.signal });
    const watched = second.finally(() => {
      ended = true;
    });
    await slow.isAsked(before + 3);
    await sleep(clock, 20_000);
    expect(ended).toBe(false);
    calledOff.abort();
    expect(await watched).toMatchObject(UNCONFIRMED);
  });
});
