import { detectionTests } from './detection.ts';
import type { LabTest } from './lab.ts';
import { posScannerTests } from './pos-scanner.ts';
import { receiptPrinterTests } from './receipt-printers.ts';
import { sdtSerialTests } from './sdt-serial.ts';
import { sdtUsbTests } from './sdt-usb.ts';
import { serialScannerTests } from './serial-scanner.ts';

/** All that is tried in the machine, in this order. */
export const LAB_TESTS: readonly LabTest[] = [
  ...serialScannerTests,
  ...posScannerTests,
  ...sdtSerialTests,
  ...sdtUsbTests,
  ...receiptPrinterTests,
  ...detectionTests,
];
