import { afterEach, describe, expect, it } from 'vitest';
import { ok } from '../../domain/result.ts';
import { systemClock } from '../transport/system-clock.ts';
import type { ByteLine, Transport } from '../transport/transport.ts';
import { receipt, until } from './conformance.ts';
import { EscPosPrinter } from './escpos-printer.ts';
import { PROFILES } from './profile.ts';

const { generic80 } = PROFILES;
const CUT = Buffer.from([...generic80.cut]).toString('latin1');
const DONE = '\x1dr\x01';

/** A printer with a weakness whenever it cuts. */
class WeakPrinter {
  /** `drops`: it falls off its line; `shows`: it says for one look that its cutter is stuck; `sticks`: until further notice. */
  weakness: 'drops' | 'shows' | 'sticks' | 'none';
  cuts = 0;
  #isStuck = false;
  readonly transport: Transport = {
    address: 'usb:weak',
    connect: () => Promise.resolve(ok(this.#line())),
  };

  constructor(weakness: WeakPrinter['weakness']) {
    this.weakness = weakness;
  }

  #line(): ByteLine {
    let hear: (bytes: Uint8Array) => void = () => undefined;
    let close: (reason: string) => void = () => undefined;
    const say = (...bytes: readonly number[]): void => {
      queueMicrotask(() => {
        hear(Uint8Array.from(bytes));
      });
    };
    return {
      onData: (listener) => {
        hear = listener;
        return () => undefined;
      },
      onClose: (listener) => {
        close = listener;
        return () => undefined;
      },
      write: (bytes) => {
        const text = Buffer.from(bytes).toString('latin1');
        if (text.startsWith('\x10\x04')) {
          say(this.#answer(bytes[2] ?? 0));
          return Promise.resolve(ok(undefined));
        }
        const cuts = text.split(CUT).length - 1;
        this.cuts += cuts;
        if (cuts > 0 && this.weakness === 'drops') {
          close('it fell off its line');
          return Promise.resolve(ok(undefined));
        }
        this.#isStuck ||= cuts > 0 && (this.weakness === 'shows' || this.weakness === 'sticks');
        for (const _ of text.split(DONE).slice(1)) say(0x00);
        return Promise.resolve(ok(undefined));
      },
      close: () => Promise.resolve(),
    };
  }

  #answer(question: number): number {
    if (question !== 3 || !this.#isStuck) return 0x12;
    if (this.weakness === 'shows') this.#isStuck = false;
    return 0x1a;
  }
}

const opened: EscPosPrinter[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

/** Opens it, and waits until it is so, or has cut far too often. */
async function becomes(state: string, weak: WeakPrinter): Promise<EscPosPrinter> {
  const printer = new EscPosPrinter({
    transport: weak.transport,
    clock: systemClock,
    profile: { ...generic80, tellsName: false },
    pollMs: 20,
    quietMs: 20,
  });
  opened.push(printer);
  await printer.open();
  await until(
    () => printer.status.state === state || weak.cuts > 4,
    () => `${state}, it is ${JSON.stringify(printer.status)} after ${weak.cuts} cuts`,
  );
  return printer;
}

describe('blank strips, of a printer that nobody stands at', () => {
  it('that falls off its line whenever it cuts are two, and then one for each receipt, until one went well', async () => {
    const weak = new WeakPrinter('drops');
    const printer = await becomes('online', weak);
    expect(weak.cuts).toBe(2);
    const refused = await printer.print(receipt('0001'), { deadlineMs: 60_000 });
    expect(refused).toMatchObject({ outcome: 'failed', fault: { code: 'device.offline' } });
    weak.weakness = 'none';
    const printed = await printer.print(receipt('0002'), { deadlineMs: 60_000 });
    expect(printed).toEqual({ outcome: 'printed' });
    // two by itself, one before each receipt, and that of the receipt
    expect(weak.cuts).toBe(5);
    weak.weakness = 'drops';
    await printer.print(receipt('0003'), { deadlineMs: 60_000 });
    // of this receipt: it clears up by itself again
    await until(
      () => weak.cuts === 8,
      () => `two more strips, there were ${weak.cuts} cuts`,
    );
  });

  it.each([
    ['for a moment', 'shows', 'online'],
    ['until somebody comes', 'sticks', 'hardwareError'],
  ] as const)(
    'is one where it says that it has cut, though it says that its cutter is stuck as well: %s',
    async (_how_long, weakness, state) => {
      const weak = new WeakPrinter(weakness);
      await becomes(state, weak);
      expect(weak.cuts).toBe(1);
    },
  );
});
