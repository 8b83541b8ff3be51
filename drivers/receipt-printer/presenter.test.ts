import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EscPosPrinterOptions } from './printer-options.ts';
import { outletStep } from './presenter.ts';
import type { OutletEvent, OutletState } from './presenter.ts';
import {
  closingAfterEach,
  openPrinter,
  print,
  seen,
  strips,
  tell,
} from './presenter-test-support.ts';
import type { PrinterProfile } from './profile.ts';
import { PROFILES } from './profile.ts';

const { custom80Presenter, custom80Ejecting } = PROFILES;
/** Longer than any test. */
const NEVER = 600_000;
const closing = closingAfterEach();
const open = (profile: PrinterProfile, more: Partial<EscPosPrinterOptions>) =>
  openPrinter(closing, profile, more);

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
    tell(at, { do: 'takeTicket' });
    expect(strips(at)).toEqual([[1, 'retracted']]);
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
