import { expect, it } from 'vitest';
import type { ReceiptDocument } from '../../domain/receipt/document.ts';
import { systemClock } from '../transport/system-clock.ts';
import { tcpTransport } from '../transport/tcp.ts';
import { until } from './conformance.ts';
import { encodeReceipt } from './escpos-encoder.ts';
import { escPosPrinter } from './escpos-printer.ts';
import { PROFILES } from './profile.ts';
import { EscPosSimulator } from './simulator/escpos-simulator.ts';

const profile = PROFILES.generic80;
const NEXT: ReceiptDocument = { blocks: [{ type: 'text', text: '下一位' }] };
const TORN: ReceiptDocument = {
  blocks: [
    { type: 'text', text: '上一位' },
    { type: 'pair', label: '姓名', value: '欧阳𰻝' },
    { type: 'text', text: '𰻝', size: 2 },
    { type: 'qr', data: 'A'.repeat(128) },
  ],
};

/** The place in the bytes of the torn receipt where this begins, and a few bytes on. */
async function within(command: readonly number[]): Promise<number> {
  const bytes = Buffer.concat(await encodeReceipt(TORN, profile));
  const at = bytes.indexOf(Buffer.from(command));
  expect(at).toBeGreaterThan(0);
  return at + 20;
}

const COMMANDS = [
  ['a picture in a line', [0x1b, 0x2a, 33]],
  ['a picture', [0x1d, 0x76, 0x30]],
  ['a QR code', [0x31, 0x50, 0x30]],
] as const;

it.each([
  ...COMMANDS.map((command) => [...command, 'the line tore'] as const),
  ...COMMANDS.map((command) => [...command, 'a device host left that was killed'] as const),
])(
  'does not let %s (%o) that %s swallow the next receipt, nor lets its strip hang on to it',
  async (_, command, why) => {
    const simulator = new EscPosSimulator({ profile });
    const port = await simulator.listen(0);
    const transport = tcpTransport({ host: '127.0.0.1', port });
    // Asks seldom, so that the place where the line tears is the place meant.
    const make = () =>
      escPosPrinter({ transport, clock: systemClock, profile, pollMs: 600_000, quietMs: 200 });
    let printer = make();
    try {
      await printer.open();
      await until(
        () => printer.status.state === 'online',
        () => 'online',
      );
      const lineGreeting = 12;
      const place = await within(command);
      const torn = { do: 'dropLine', afterBytes: lineGreeting + place } as const;
      expect(simulator.command(torn).ok).toBe(true);
      const first = await printer.print(TORN, { deadlineMs: 30_000 });
      expect(first).toMatchObject({ outcome: 'unknown', fault: { code: 'printer.unconfirmed' } });
      if (why !== 'the line tore') {
        // what it knew of the printer went with its process
        await printer.close();
        printer = make();
        await printer.open();
      }
      expect(await printer.print(NEXT, { deadlineMs: 30_000 })).toEqual({ outcome: 'printed' });
      const last = (await simulator.artifact('last.txt'))?.bytes;
      expect(new TextDecoder().decode(last)).toBe('下一位\n');
      const first1 = new TextDecoder().decode((await simulator.artifact('jobs/1.txt'))?.bytes);
      expect(first1).toContain('上一位');
      expect(first1).not.toContain('下一位');
      expect(simulator.state()['jobs']).toMatchObject([{ whole: false }, { whole: true }]);
    } finally {
      await printer.close();
      await simulator.close();
    }
  },
);
