import type { LocalizedText } from '../text.ts';
import type { DeviceClass } from './status.ts';

/** What people call a device of each class. */
export const DEVICE_NAMES: Readonly<Record<DeviceClass, LocalizedText>> = {
  idCard: { zh: '身份证读卡器', en: 'ID card reader' },
  receiptPrinter: { zh: '回执打印机', en: 'Receipt printer' },
  documentScanner: { zh: '扫描仪', en: 'Scanner' },
  documentCamera: { zh: '高拍仪', en: 'Document camera' },
  codeScanner: { zh: '扫码器', en: 'Code scanner' },
  documentPrinter: { zh: 'A4 打印机', en: 'A4 printer' },
  terminalParts: { zh: '灯、按键和感应器', en: 'Lights, keys and sensors' },
  securityCard: { zh: '社保卡读卡器', en: 'Social security card reader' },
};
