// Test support: a printer that holds receipts out, and what it tells of them. Not part of the product.
import { afterEach, expect } from 'vitest';
import type { TicketFate } from '../../domain/receipt/ticket.ts';
import type { SimulatorCommand } from '../simulator-host/simulator.ts';
import { receipt, until } from './conformance.ts';
import type { EscPosPrinter } from './escpos-printer.ts';
import type { EscPosPrinterOptions } from './printer-options.ts';
import { printerOnTcp } from './printer-test-support.ts';
import type { PrinterProfile } from './profile.ts';
import type { EscPosSimulator } from './simulator/escpos-simulator.ts';

const GENEROUS_MS = 30_000;

/** Closes, after each test, whatever was given to it. */
export function closingAfterEach(): { add(one: { close(): Promise<void> }): void } {
  const open: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });
  return { add: (one) => open.push(one) };
}

/** A printer that is online. */
export async function openPrinter(
  closing: ReturnType<typeof closingAfterEach>,
  profile: PrinterProfile,
  more: Partial<EscPosPrinterOptions>,
): Promise<{ readonly printer: EscPosPrinter; readonly simulator: EscPosSimulator }> {
  // an answer that a busy machine holds up is no silence of the printer's
  const both = await printerOnTcp(profile, { pollMs: 50, patienceMs: 10_000, ...more });
  closing.add(both.printer);
  closing.add(both.simulator);
  await both.printer.open();
  await until(
    () => both.printer.status.state === 'online',
    () => 'online',
  );
  return both;
}

/** Prints, and everything that is told of the receipt then. */
export async function print(
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

/** What a person does at the printer. */
export function tell(to: EscPosSimulator, command: SimulatorCommand): void {
  expect(to.command(command)).toEqual({ ok: true, value: undefined });
}

/** Number and fate of every strip. */
export function strips(of: EscPosSimulator): unknown {
  const jobs = of.state()['jobs'] as readonly { readonly number: number; readonly fate: string }[];
  return jobs.map(({ number, fate }) => [number, fate]);
}

/** The driver has seen what hangs in the outlet, for it asks again; only then its going says something. */
export async function seen(at: EscPosSimulator): Promise<void> {
  await until(
    () => Number(at.state()['outletAsked']) >= 2,
    () => 'two looks',
  );
}
