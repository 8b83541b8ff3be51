import { chinaMinute } from '../../china-day.ts';
import { failed, type Trial } from './contract.ts';
import { settled, unusable } from './settled.ts';
import { testSheet } from './test-sheet.ts';

const DEADLINE_MS = 120_000;

/** Prints one sheet that says what it is; a person says whether it came out. */
export const tryDocumentPrinter: Trial = async ({ clock, devices, terminalId }, signal, tell) => {
  const printer = devices.documentPrinter;
  const away = unusable(await settled(printer, clock, signal));
  if (away !== undefined) return failed(away);
  tell({ type: 'printing' });
  const bytes = await testSheet(terminalId(), chinaMinute(clock.wall()));
  const printed = await printer.print(
    { bytes, mediaType: 'application/pdf', copies: 1, sides: 'one-sided' },
    { deadlineMs: DEADLINE_MS, signal },
  );
  if (printed.outcome === 'failed') return failed(printed.fault);
  return { result: 'ask', ...(printed.outcome === 'unknown' ? { fault: printed.fault } : {}) };
};
