import type { LocalizedText } from '../text.ts';
import type { Fault, FaultCause, FaultRemedy } from './fault.ts';

interface FaultEntry {
  readonly cause: FaultCause;
  readonly remedy: FaultRemedy;
  /** What a citizen is told: what happened and what to do next, in plain words. */
  readonly message: LocalizedText;
}

/** Every fault a device can have: the type of its code, its cause, its remedy and its words. */
export const FAULTS = {
  'device.offline': {
    cause: 'hardware',
    remedy: 'maintenance',
    message: { zh: '设备没有连接上', en: 'The device is not connected' },
  },
  'device.timeout': {
    cause: 'hardware',
    remedy: 'reset',
    message: { zh: '设备没有回应，请再试一次', en: 'The device did not answer. Please try again' },
  },
  'device.busy': {
    cause: 'user',
    remedy: 'clear',
    message: { zh: '设备正忙，请稍等', en: 'The device is busy. Please wait' },
  },
  'device.protocol': {
    cause: 'hardware',
    remedy: 'reset',
    message: {
      zh: '设备的回答不对，请再试一次',
      en: 'The device gave a wrong answer. Please try again',
    },
  },
  'device.cancelled': {
    cause: 'user',
    remedy: 'reset',
    message: { zh: '已取消', en: 'Cancelled' },
  },
  'device.hostDown': {
    cause: 'software',
    remedy: 'reset',
    message: {
      zh: '设备程序正在重新启动，请稍等',
      en: 'The device program is restarting. Please wait',
    },
  },
  'device.missingLibrary': {
    cause: 'configuration',
    remedy: 'maintenance',
    message: { zh: '设备程序缺少组件', en: 'The device program lacks a component' },
  },
  'device.misconfigured': {
    cause: 'configuration',
    remedy: 'maintenance',
    message: { zh: '设备设置不对', en: 'The device is set up wrongly' },
  },
  'device.unsupported': {
    cause: 'configuration',
    remedy: 'call',
    message: { zh: '这台设备做不了这件事', en: 'This device cannot do that' },
  },
  'idCard.unreadable': {
    cause: 'user',
    remedy: 'clear',
    message: {
      zh: '没有读到证件，请拿起来再放一次',
      en: 'The card could not be read. Please lift it and lay it down again',
    },
  },
  'idCard.removedEarly': {
    cause: 'user',
    remedy: 'clear',
    message: {
      zh: '证件拿得太快了，请放好不要动',
      en: 'The card was taken away too soon. Please lay it down and leave it',
    },
  },
  'idCard.unknownKind': {
    cause: 'user',
    remedy: 'call',
    message: {
      zh: '不认识这张卡，请放居民身份证',
      en: 'This card is not known here. Please use a resident ID card',
    },
  },
  'idCard.invalidContent': {
    cause: 'hardware',
    remedy: 'call',
    message: {
      zh: '证件里的内容读出来不对，请再放一次，还不行请找工作人员',
      en: 'The card gave wrong contents. Please try once more, then ask the staff',
    },
  },
  'idCard.samFault': {
    cause: 'hardware',
    remedy: 'maintenance',
    message: {
      zh: '读卡器坏了，请找工作人员',
      en: 'The card reader is broken. Please ask the staff',
    },
  },
  'printer.paperOut': {
    cause: 'supply',
    remedy: 'replenish',
    message: { zh: '打印纸用完了', en: 'The printer is out of paper' },
  },
  'printer.coverOpen': {
    cause: 'user',
    remedy: 'clear',
    message: { zh: '打印机盖子没关好', en: 'The printer cover is open' },
  },
  'printer.jam': {
    cause: 'hardware',
    remedy: 'clear',
    message: { zh: '打印机卡纸了', en: 'Paper is jammed in the printer' },
  },
  'printer.cutter': {
    cause: 'hardware',
    remedy: 'maintenance',
    message: { zh: '打印机切刀出了故障', en: 'The printer cutter failed' },
  },
  'printer.hardware': {
    cause: 'hardware',
    remedy: 'maintenance',
    message: { zh: '打印机出了故障', en: 'The printer failed' },
  },
  'printer.unconfirmed': {
    cause: 'hardware',
    remedy: 'call',
    message: {
      zh: '不能确定是否打印成功，请看一看出纸口',
      en: 'It is not certain that it was printed. Please look at the paper outlet',
    },
  },
  'scanner.noPaper': {
    cause: 'user',
    remedy: 'replenish',
    message: { zh: '没有放纸，请把材料放好', en: 'There is no paper. Please put your papers in' },
  },
  'scanner.jam': {
    cause: 'user',
    remedy: 'clear',
    message: {
      zh: '扫描仪卡纸了，请把纸取出来',
      en: 'Paper is jammed in the scanner. Please take it out',
    },
  },
  'scanner.coverOpen': {
    cause: 'user',
    remedy: 'clear',
    message: { zh: '扫描仪盖子没关好', en: 'The scanner cover is open' },
  },
  'scanner.hardware': {
    cause: 'hardware',
    remedy: 'maintenance',
    message: { zh: '扫描仪出了故障', en: 'The scanner failed' },
  },
} as const satisfies Record<string, FaultEntry>;

/** The name of a fault. */
export type FaultCode = keyof typeof FAULTS;

/** Makes a fault with the cause and remedy its catalogue entry gives. */
export function fault(
  code: FaultCode,
  extra: { readonly vendorCode?: string; readonly detail?: string } = {},
): Fault {
  const entry: FaultEntry = FAULTS[code];
  return { code, cause: entry.cause, remedy: entry.remedy, ...extra };
}
