import { describeReceiptPrinter } from './conformance.ts';
import { printerOnTcp } from './printer-test-support.ts';
import { PROFILES } from './profile.ts';

// One that cuts and lets fall, one that holds out and takes back; all others in the full run.
for (const profile of [PROFILES.generic80, PROFILES.custom80Presenter]) {
  describeReceiptPrinter(`ESC/POS over TCP, ${profile.id}`, () => printerOnTcp(profile));
}
