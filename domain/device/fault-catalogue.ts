import type { LocalizedText } from '../text.ts';
import { CODE_SCANNER_FAULTS } from './fault-code-scanner.ts';
import { DEVICE_FAULTS } from './fault-device.ts';
import { DOCUMENT_CAMERA_FAULTS } from './fault-document-camera.ts';
import { DOCUMENT_PRINTER_JOB_FAULTS } from './fault-document-printer-job.ts';
import { DOCUMENT_PRINTER_FAULTS } from './fault-document-printer.ts';
import { DOCUMENT_SCANNER_FAULTS } from './fault-document-scanner.ts';
import type { FaultEntries, FaultEntry } from './fault-entry.ts';
import { ID_CARD_FAULTS } from './fault-id-card.ts';
import { RECEIPT_PRINTER_FAULTS } from './fault-receipt-printer.ts';
import { SECURITY_CARD_FAULTS } from './fault-security-card.ts';
import { TERMINAL_PARTS_FAULTS } from './fault-terminal-parts.ts';
import type { Fault } from './fault.ts';

/** Every fault a device can have: the type of its code, its cause, its remedy and its words. */
export const FAULTS = {
  ...DEVICE_FAULTS,
  ...ID_CARD_FAULTS,
  ...RECEIPT_PRINTER_FAULTS,
  ...DOCUMENT_SCANNER_FAULTS,
  ...DOCUMENT_CAMERA_FAULTS,
  ...CODE_SCANNER_FAULTS,
  ...DOCUMENT_PRINTER_FAULTS,
  ...DOCUMENT_PRINTER_JOB_FAULTS,
  ...SECURITY_CARD_FAULTS,
  ...TERMINAL_PARTS_FAULTS,
} as const satisfies FaultEntries;

/** The name of a fault. */
export type FaultCode = keyof typeof FAULTS;

/** What the codes of a class of devices begin with, before the point. */
export type FaultClass = FaultCode extends `${infer Class}.${string}` ? Class : never;

/** Names of the classes, in the order of the manual. */
export const FAULT_CLASSES = {
  device: { zh: '所有设备', en: 'Any device' },
  idCard: { zh: '身份证读卡器', en: 'ID-card reader' },
  printer: { zh: '回执打印机', en: 'Receipt printer' },
  scanner: { zh: '扫描仪', en: 'Document scanner' },
  camera: { zh: '高拍仪', en: 'Document camera' },
  codeScanner: { zh: '扫码器', en: 'Code scanner' },
  documentPrinter: { zh: 'A4 打印机', en: 'Document printer' },
  securityCard: { zh: '社保卡读卡器', en: 'Social security card reader' },
  terminalParts: { zh: '机柜和电源', en: 'Cabinet and power' },
} as const satisfies Record<FaultClass, LocalizedText>;

/** Makes a fault with the cause and remedy its catalogue entry gives. */
export function fault(
  code: FaultCode,
  extra: { readonly vendorCode?: string; readonly detail?: string } = {},
): Fault {
  const entry: FaultEntry = FAULTS[code];
  return { code, cause: entry.cause, remedy: entry.remedy, ...extra };
}
