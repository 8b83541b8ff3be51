import type { LocalizedText } from '../text.ts';

/**
 * What a device does, counted for the technician: never of whom, and never what it was.
 * `printUnknown`: whether it came out nobody knows. `cut`: of receipts, where the printer has a cutter.
 */
export const DEVICE_DEEDS = [
  'printed',
  'printFailed',
  'printUnknown',
  'cut',
  'cardRead',
  'cardFailed',
  'pageScanned',
  'scanFailed',
  'pictureTaken',
  'codeRead',
  'codeFailed',
  'called',
] as const;

/** Something that a device did. */
export type DeviceDeed = (typeof DEVICE_DEEDS)[number];

/** What a technician calls each count. */
export const DEED_NAMES: Readonly<Record<DeviceDeed, LocalizedText>> = {
  printed: { zh: '打印成功', en: 'printed' },
  printFailed: { zh: '打印失败', en: 'not printed' },
  printUnknown: { zh: '打印结果不明', en: 'printed or not, unknown' },
  cut: { zh: '切纸', en: 'cuts' },
  cardRead: { zh: '读卡成功', en: 'cards read' },
  cardFailed: { zh: '读卡失败', en: 'cards not read' },
  pageScanned: { zh: '扫描页数', en: 'pages scanned' },
  scanFailed: { zh: '扫描失败', en: 'scans failed' },
  pictureTaken: { zh: '拍照张数', en: 'pictures taken' },
  codeRead: { zh: '读码成功', en: 'codes read' },
  codeFailed: { zh: '读码失败', en: 'codes not read' },
  called: { zh: '呼叫次数', en: 'calls for staff' },
};
