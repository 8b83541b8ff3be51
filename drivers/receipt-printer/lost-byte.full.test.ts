import { expect, it } from 'vitest';
import { systemClock } from '../transport/system-clock.ts';
import { receipt, until } from './conformance.ts';
import { encodeReceipt } from './escpos-encoder.ts';
import { EscPosPrinter } from './escpos-printer.ts';
import { PROFILES } from './profile.ts';
import { SlowPrinter } from './slow-printer-test-support.ts';
import { CUSTOM_FULL_STATUS } from './status-question.ts';

it.each([
  ['its first: each byte that is left looks like the word that the receipt is done', 0],
  ['its last: the word itself is then taken for it', 5],
] as const)(
  'a status answer of six bytes that lost %s, and the receipt is called printed only by a word of its own',
  async (_what, place) => {
    const slow = new SlowPrinter();
    const printer = new EscPosPrinter({
      transport: slow.transport,
      clock: systemClock,
      profile: { ...PROFILES.generic80, questions: [CUSTOM_FULL_STATUS], tellsName: false },
      pollMs: 50,
      quietMs: 60_000,
    });
    try {
      await printer.open();
      await slow.isCleared();
      await until(
        () => printer.status.state === 'online',
        () => 'online',
      );
      const printing = printer.print(receipt('0001'), { deadlineMs: 60_000 });
      await slow.isAsked(3);
      slow.loses = place;
      await until(
        () => slow.loses === undefined,
        () => 'the answer that loses a byte',
      );
      await new Promise((resolve) => setImmediate(resolve));
      if (place > 0) slow.say(0x00);
      // Neither is believed: it is asked once more whether it is done.
      await slow.isAsked(4);
      slow.say(0x00);
      expect(await printing).toEqual({ outcome: 'printed' });
    } finally {
      await printer.close();
    }
  },
);

it('a printer that can be asked does not tell by itself in the middle of a receipt, where a lost byte would make it done', async () => {
  const bytes = Buffer.concat(
    await encodeReceipt(receipt('0001'), PROFILES.generic80Automatic),
  ).toString('latin1');
  expect(bytes).toContain('\x1da\x00');
  expect(bytes).not.toContain('\x1da\xff');
});
