import { afterEach, describe, expect, it } from 'vitest';
import type { FaultCode } from '../../domain/device/fault-catalogue.ts';
import type { SimulatorCommand } from '../simulator-host/simulator.ts';
import { receipt, until } from './conformance.ts';
import type { EscPosPrinter } from './escpos-printer.ts';
import { printerOnTcp } from './printer-test-support.ts';
import type { PrinterProfile } from './profile.ts';
import { PROFILES } from './profile.ts';
import type { EscPosSimulator } from './simulator/escpos-simulator.ts';

/** Answers no question, and tells by itself what changes. */
const TELLING: PrinterProfile = { ...PROFILES.generic80Automatic, questions: [] };

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

async function open(): Promise<{
  readonly printer: EscPosPrinter;
  readonly simulator: EscPosSimulator;
}> {
  // a busy machine that holds its word up is no silence of the printer's
  const both = await printerOnTcp(TELLING, { patienceMs: 5_000 }, { answers: 'noRealTime' });
  opened.push(both.printer, both.simulator);
  await both.printer.open();
  await becomes(both.printer, 'online');
  return both;
}

async function becomes(printer: EscPosPrinter, state: string, code?: FaultCode): Promise<void> {
  await until(
    () => printer.status.state === state && printer.status.fault?.code === code,
    () => `${state} ${code ?? ''}, it is ${JSON.stringify(printer.status)}`,
  );
}

function tell(to: EscPosSimulator, command: SimulatorCommand): void {
  expect(to.command(command)).toEqual({ ok: true, value: undefined });
}

describe('a printer that only tells by itself, over a power cut of its own on a line that stays', () => {
  it('is unknown while it is off, and then as it is', async () => {
    const { printer, simulator } = await open();
    tell(simulator, { do: 'setMute', mute: true });
    await becomes(printer, 'unknown');
    tell(simulator, { do: 'setPaper', paper: 'low' });
    tell(simulator, { do: 'setMute', mute: false });
    await becomes(printer, 'online', 'printer.paperLow');
    expect(await printer.print(receipt('0001'), { deadlineMs: 60_000 })).toEqual({
      outcome: 'printed',
    });
  });

  it('is well again after it was switched off for its new paper', async () => {
    const { printer, simulator } = await open();
    tell(simulator, { do: 'setPaper', paper: 'out' });
    await becomes(printer, 'userError', 'printer.paperOut');
    tell(simulator, { do: 'setMute', mute: true });
    tell(simulator, { do: 'setPaper', paper: 'full' });
    tell(simulator, { do: 'setMute', mute: false });
    await becomes(printer, 'online');
  });
});
