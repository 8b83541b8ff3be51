import type { DeviceClass } from '../../../../domain/device/status.ts';
import type { Trial } from './contract.ts';
import { tryDocumentCamera } from './document-camera.ts';
import { tryCodeScanner } from './code-scanner.ts';
import { tryDocumentPrinter } from './document-printer.ts';
import { tryDocumentScanner } from './document-scanner.ts';
import { tryIdCard } from './id-card.ts';
import { tryReceiptPrinter } from './receipt-printer.ts';
import { tryTerminalParts } from './terminal-parts.ts';
import { trySecurityCard } from './security-card.ts';

/** The trial of each class, for the service page and the technician's command alike. */
export const TRIALS: Readonly<Record<DeviceClass, Trial>> = {
  idCard: tryIdCard,
  receiptPrinter: tryReceiptPrinter,
  documentScanner: tryDocumentScanner,
  documentCamera: tryDocumentCamera,
  codeScanner: tryCodeScanner,
  documentPrinter: tryDocumentPrinter,
  terminalParts: tryTerminalParts,
  securityCard: trySecurityCard,
};
