import { describe, expect, it } from 'vitest';
import { systemClock } from '../transport/system-clock.ts';
import { tcpTransport } from '../transport/tcp.ts';
import { until } from './conformance.ts';
import { EscPosPrinter } from './escpos-printer.ts';
import type { EscPosPrinterOptions } from './printer-options.ts';
import { closingAfterEach, openPrinter, print, seen, tell } from './presenter-test-support.ts';
import type { PrinterProfile } from './profile.ts';
import { PROFILES } from './profile.ts';

const { custom80Presenter } = PROFILES;
/** Longer than any test. */
const NEVER = 600_000;
const closing = closingAfterEach();
const open = (profile: PrinterProfile, more: Partial<EscPosPrinterOptions>) =>
  openPrinter(closing, profile, more);

describe('a receipt that is held out', () => {
  it('still counts as waiting when the line drops and comes back', async () => {
    const { printer: from, simulator: at } = await open(custom80Presenter, { takeMs: 2_500 });
    const ticket = await print(from, '0001');
    await seen(at);
    tell(at, { do: 'dropLine' });
    await ticket.become('retracted');
    expect(ticket.fates).toEqual(['waiting', 'retracted']);
  });

  it('is unknown when it went while nobody could look', async () => {
    const { printer: from, simulator: at } = await open(custom80Presenter, { takeMs: NEVER });
    const ticket = await print(from, '0001');
    await seen(at);
    tell(at, { do: 'dropLine', forMs: 300 });
    tell(at, { do: 'takeTicket' });
    await ticket.become('unknown');
    expect(ticket.fates).toEqual(['waiting', 'unknown']);
  });

  it('is unknown when the terminal stops looking', async () => {
    const { printer: from } = await open(custom80Presenter, { takeMs: NEVER });
    const ticket = await print(from, '0001');
    await from.close();
    expect(ticket.fates).toEqual(['waiting', 'unknown']);
  });

  it('of another time is drawn in as well, without a word to anybody', async () => {
    const { printer: from, simulator: at } = await open(custom80Presenter, { takeMs: NEVER });
    const ticket = await print(from, '0001');
    await seen(at);
    await from.close();
    const port = await at.listen(0);
    const transport = tcpTransport({ host: '127.0.0.1', port });
    const profile = custom80Presenter;
    const next = new EscPosPrinter({
      transport,
      clock: systemClock,
      profile,
      pollMs: 50,
      takeMs: 300,
    });
    closing.add(next);
    await next.open();
    await until(
      () => at.state()['retractBin'] === 1,
      () => 'the bin',
    );
    expect(ticket.fates).toEqual(['waiting', 'unknown']);
  });
});
