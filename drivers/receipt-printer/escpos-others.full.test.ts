import { describeReceiptPrinter } from './conformance.ts';
import { PATIENT, printerOnTcp, WRITTEN_DOWN } from './printer-test-support.ts';
import type { PrinterProfile } from './profile.ts';
import { PROFILES } from './profile.ts';

const all: readonly PrinterProfile[] = [...Object.values(PROFILES), WRITTEN_DOWN];

for (const profile of all) {
  if (/^generic(58|80)/.test(profile.id)) continue;
  describeReceiptPrinter(`ESC/POS over TCP, ${profile.id}`, () => printerOnTcp(profile, PATIENT));
}
