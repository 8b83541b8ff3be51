import { describeReceiptPrinter } from './conformance.ts';
import { PATIENT, printerOnTcp } from './printer-test-support.ts';
import { PROFILES } from './profile.ts';

// the plain one is among the quick tests; those of 58 mm and those with an outlet have files of their own, for
// printers are waited for, and files wait beside each other
for (const profile of Object.values(PROFILES)) {
  if (!profile.id.startsWith('generic80') || profile === PROFILES.generic80) continue;
  describeReceiptPrinter(`ESC/POS over TCP, ${profile.id}`, () => printerOnTcp(profile, PATIENT));
}
