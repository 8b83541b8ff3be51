import { chinaMinute } from '../../china-day.ts';
import { failed, type Trial } from './contract.ts';
import { settled } from './settled.ts';
import { testSlip } from './test-slip.ts';

const DEADLINE_MS = 30_000;

/** Prints a slip that says what it is; a person says whether it came out. */
export const tryReceiptPrinter: Trial = async ({ clock, devices, terminalId }, signal, tell) => {
  const printer = devices.receiptPrinter;
  // a printer that never answers stays unknown and prints all the same
  await settled(printer, clock, signal);
  tell({ type: 'printing' });
  const slip = testSlip(terminalId(), chinaMinute(clock.wall()));
  const printed = await printer.print(slip, { deadlineMs: DEADLINE_MS, signal });
  if (printed.outcome === 'failed') return failed(printed.fault);
  return { result: 'ask', ...(printed.outcome === 'unknown' ? { fault: printed.fault } : {}) };
};
