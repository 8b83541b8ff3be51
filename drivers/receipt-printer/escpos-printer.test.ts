import { describeReceiptPrinter } from './conformance.ts';
import { printerOnTcp } from './printer-test-support.ts';
import { PROFILES } from './profile.ts';

// One that cuts and lets fall; all others in the full run.
describeReceiptPrinter('ESC/POS over TCP, generic80', () => printerOnTcp(PROFILES.generic80));
