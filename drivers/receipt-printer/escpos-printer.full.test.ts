import { describeReceiptPrinter } from './conformance.ts';
import { printerOnTcp, WRITTEN_DOWN } from './printer-test-support.ts';
import type { PrinterProfile } from './profile.ts';
import { PROFILES } from './profile.ts';

const INQUICK: readonly string[] = ['generic80', 'custom80Presenter'];
const all: readonly PrinterProfile[] = [...Object.values(PROFILES), WRITTEN_DOWN];

for (const profile of all.filter(({ id }) => !INQUICK.includes(id))) {
  describeReceiptPrinter(`ESC/POS over TCP, ${profile.id}`, () => printerOnTcp(profile));
}
