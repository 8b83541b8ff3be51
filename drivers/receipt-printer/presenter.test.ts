import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { TicketFate } from '../../domain/receipt/ticket.ts';
import type { SimulatorCommand } from '../simulator-host/simulator.ts';
import { receipt, until } from './conformance.ts';
import type { EscPosPrinter, EscPosPrinterOptions } from './escpos-printer.ts';
import { outletStep } from './presenter.ts';
import type { OutletEvent, OutletState } from './presenter.ts';
import { printerOnTcp } from './printer-test-support.ts';
import type { PrinterProfile } from './profile.ts';
import { PROFILES } from './profile.ts';
import type { EscPosSimulator } from './simulator/escpos-simulator.ts';

const { custom80Presenter, custom80Ejecting } = PROFILES;
/** Longer than any test. */
const NEVER = 600_000;
const GENEROUS_MS = 30_000;

let printer: EscPosPrinter | undefined;
let simulator: EscPosSimulator | undefined;
afterEach(async () => {
  await printer?.close();
  await simulator?.close();
});

async function open(
  profile: PrinterProfile,
  more: Partial<EscPosPrinterOptions>,
): Promise<{ readonly printer: EscPosPrinter; readonly simulator: EscPosSimulator }> {
  const both = await printerOnTcp(profile, { pollMs: 50, ...more });
  ({ printer, simulator } = both);
  await both.printer.open();
  await until(
    () => both.printer.status.state === 'online',
    () => 'online',
  );
  return both;
}

/** Prints, and everything that is told of the receipt then. */
async function print(
  from: EscPosPrinter,
  number: string,
): Promise<{ readonly fates: readonly TicketFate[]; become(fate: TicketFate): Promise<void> }> {
  const fates: TicketFate[] = [];
  const onTicket = (fate: TicketFate): void => void fates.push(fate);
  const { outcome } = await from.print(receipt(number), { deadlineMs: GENEROUS_MS, onTicket });
  expect(outcome).toBe('printed');
  return {
    fates,
    become: (fate) =>
      until(
        () => fates.at(-1) === fate,
        () => `${fate}, told was ${fates.join(' ')}`,
      ),
  };
}

function tell(to: EscPosSimulator, command: SimulatorCommand): void {
  expect(to.command(command)).toEqual({ ok: true, value: undefined });
}

function strips(of: EscPosSimulator): unknown {
  const jobs = of.state()['jobs'] as readonly { readonly number: number; readonly fate: string }[];
  return jobs.map(({ number, fate }) => [number, fate]);
}

/** The driver has seen what hangs in the outlet, for it asks again; only then its going says something. */
async function seen(at: EscPosSimulator): Promise<void> {
  await until(
    () => Number(at.state()['outletAsked']) >= 2,
    () => 'two looks',
  );
}

describe('a receipt that is held out', () => {
  it('is told as waiting, then as taken, and the outcome waits for neither', async () => {
    const { printer: from, simulator: at } = await open(custom80Presenter, { takeMs: NEVER });
    const ticket = await print(from, '0001');
    expect(ticket.fates).toEqual(['waiting']);
    expect(at.state()).toMatchObject({ outletHanging: true, retractBin: 0 });
    await seen(at);
    tell(at, { do: 'takeTicket' });
    await ticket.become('taken');
    expect(ticket.fates).toEqual(['waiting', 'taken']);
    expect(strips(at)).toEqual([[1, 'taken']]);
  });

  it('is drawn in when nobody takes it, and told as retracted', async () => {
    const { printer: from, simulator: at } = await open(custom80Presenter, { takeMs: 600 });
    const ticket = await print(from, '0001');
    await ticket.become('retracted');
    expect(ticket.fates).toEqual(['waiting', 'retracted']);
    expect(at.state()).toMatchObject({ outletHanging: false, retractBin: 1 });
    expect(at.command({ do: 'takeTicket' }).ok).toBe(false);
  });

  it('is told as left by a printer that cannot draw it in, and as taken when somebody comes after all', async () => {
    const { printer: from, simulator: at } = await open(custom80Ejecting, { takeMs: 600 });
    const ticket = await print(from, '0001');
    await ticket.become('left');
    tell(at, { do: 'takeTicket' });
    await ticket.become('taken');
    expect(ticket.fates).toEqual(['waiting', 'left', 'taken']);
  });

  it('is drawn in before the next one comes, so that nobody takes a stranger’s', async () => {
    const { printer: from, simulator: at } = await open(custom80Presenter, { takeMs: NEVER });
    const first = await print(from, '0001');
    await seen(at);
    const second = await print(from, '0002');
    expect(first.fates).toEqual(['waiting', 'retracted']);
    expect(strips(at)).toEqual([
      [1, 'retracted'],
      [2, 'hanging'],
    ]);
    await seen(at);
    tell(at, { do: 'takeTicket' });
    await second.become('taken');
    expect(first.fates).toEqual(['waiting', 'retracted']);
  });

  it('is told as left where the next one pushes it out', async () => {
    const { printer: from, simulator: at } = await open(custom80Ejecting, { takeMs: NEVER });
    const first = await print(from, '0001');
    await seen(at);
    await print(from, '0002');
    expect(first.fates).toEqual(['waiting', 'left']);
    expect(strips(at)).toEqual([
      [1, 'pushedOut'],
      [2, 'hanging'],
    ]);
  });

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
    const { EscPosPrinter: Printer } = await import('./escpos-printer.ts');
    const { tcpTransport } = await import('../transport/tcp.ts');
    const { systemClock } = await import('../transport/system-clock.ts');
    const port = await at.listen(0);
    const transport = tcpTransport({ host: '127.0.0.1', port });
    const profile = custom80Presenter;
    printer = new Printer({ transport, clock: systemClock, profile, pollMs: 50, takeMs: 300 });
    await printer.open();
    await until(
      () => at.state()['retractBin'] === 1,
      () => 'the bin',
    );
    expect(ticket.fates).toEqual(['waiting', 'unknown']);
  });
});

describe('the machine of the outlet', () => {
  const events = fc.array(
    fc.constantFrom<OutletEvent>('presented', 'seen', 'gone', 'silent', 'timeUp', 'nextReceipt'),
    { maxLength: 30 },
  );

  it('never says taken or retracted of what was not seen there, nor taken when nobody could look', () => {
    fc.assert(
      fc.property(events, fc.boolean(), (happened, canRetract) => {
        let state: OutletState = { is: 'empty' };
        let saw = false;
        let gap = false;
        // Of a receipt that was there before nobody is told anything.
        let ours = false;
        for (const event of happened) {
          if (event === 'presented') ours = true;
          if (event === 'presented') saw = gap = false;
          if (event === 'seen') [saw, gap] = [true, false];
          if (event === 'silent' && saw) gap = true;
          const step = outletStep(state, event, canRetract);
          if (step.fate === 'taken') expect([saw, event]).toEqual([true, 'gone']);
          if (step.fate === 'retracted') expect([saw, canRetract]).toEqual([true, true]);
          if (ours && (step.fate === 'taken' || step.fate === 'retracted')) expect(gap).toBe(false);
          if (step.retract === true) expect(canRetract).toBe(true);
          state = step.state;
          if (state.is === 'empty') ours = false;
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('ends: every receipt is over after the next one is asked for twice', () => {
    fc.assert(
      fc.property(events, fc.boolean(), (happened, canRetract) => {
        let state: OutletState = { is: 'empty' };
        for (const event of [...happened, 'nextReceipt', 'nextReceipt'] as const) {
          state = outletStep(state, event, canRetract).state;
        }
        expect(state).toEqual({ is: 'empty' });
      }),
    );
  });
});
