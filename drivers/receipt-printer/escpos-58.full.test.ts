import { describeReceiptPrinter } from './conformance.ts';
import { PATIENT, printerOnTcp } from './printer-test-support.ts';
import { PROFILES } from './profile.ts';

for (const profile of Object.values(PROFILES)) {
  if (!profile.id.startsWith('generic58')) continue;
  describeReceiptPrinter(`ESC/POS over TCP, ${profile.id}`, () => printerOnTcp(profile, PATIENT));
}
