import { DEVICE_NAMES } from '../../domain/device/class-names.ts';
import { DEED_NAMES, DEVICE_DEEDS } from '../../domain/device/deed.ts';
import { FAULTS, type FaultCode } from '../../domain/device/fault-catalogue.ts';
import { HARDWARE_NAMES, HARDWARE_WORDS } from '../../domain/device/hardware-names.ts';
import type {
  Candidate,
  FoundTransport,
  Proposal,
  Skipped,
} from '../../drivers/detection/contract.ts';
import { chinaMinute } from '../../main/core/china-day.ts';
import { placeText } from '../../main/core/devices/place.ts';
import type { DeviceLine } from '../../main/core/server/admin-socket-shapes.ts';

/** Chinese and English side by side. */
export interface Words {
  readonly zh: string;
  readonly en: string;
}

const CLASSES: Readonly<Record<string, Words>> = {
  ...DEVICE_NAMES,
  unknown: { zh: '不认识的设备', en: 'unknown device' },
};

const STATES: Readonly<Record<string, Words>> = {
  starting: { zh: '正在启动', en: 'starting' },
  online: { zh: '正常', en: 'online' },
  offline: { zh: '没有连接', en: 'offline' },
  powerOff: { zh: '没有通电', en: 'powerOff' },
  noDevice: { zh: '没有设置', en: 'noDevice' },
  hardwareError: { zh: '设备故障', en: 'hardwareError' },
  userError: { zh: '需要处理', en: 'userError' },
  deviceBusy: { zh: '正在工作', en: 'deviceBusy' },
  unknown: { zh: '不清楚', en: 'unknown' },
};

const PAPERS: Readonly<Record<string, Words>> = {
  full: { zh: '有纸', en: 'full' },
  low: { zh: '纸快用完', en: 'low' },
  out: { zh: '缺纸', en: 'out' },
  jammed: { zh: '卡纸', en: 'jammed' },
  unknown: { zh: '不清楚', en: 'unknown' },
};

const CONFIDENCES: Readonly<Record<Proposal['confidence'], Words>> = {
  certain: { zh: '确定', en: 'certain' },
  likely: { zh: '很可能', en: 'likely' },
  possible: { zh: '可能', en: 'possible' },
};

const SKIPPED: Readonly<Record<Skipped['why'] | 'inUse', Words>> = {
  busy: { zh: '被别的程序占用，没有碰它', en: 'busy: another program holds it, nothing was sent' },
  silent: { zh: '没有回答', en: 'silent' },
  away: { zh: '不存在或连不上', en: 'not there, or not reachable' },
  denied: { zh: '没有权限或不支持', en: 'no right to open it, or not supported' },
  missingLibrary: { zh: '缺少组件', en: 'a library is missing' },
  cancelled: { zh: '时间用完，没有查完', en: 'stopped before it was done' },
  inUse: { zh: '终端正在使用，没有碰它', en: 'in use by the terminal, nothing was sent' },
};

/** Why a core or a device does not do what is asked. */
const REFUSALS: Readonly<Record<string, Words>> = {
  unknownDevice: { zh: '没有这台设备', en: 'no such device' },
  notConfigured: {
    zh: '这台终端没有设置这台设备',
    en: 'this device is not set up on this terminal',
  },
  inUse: {
    zh: '有群众正在办事，请等办完再试',
    en: 'somebody is being served; try again afterwards',
  },
  saving: { zh: '正在保存另一处改动，请再试', en: 'another change is being saved; try again' },
  testRunning: { zh: '另一项测试还没有结束', en: 'another test is still running' },
  unknown: {
    zh: '正在运行的终端版本较旧，不懂这个命令，请重启终端',
    en: 'the terminal that runs is older and does not know this; restart it',
  },
  badRequest: { zh: '请求不对', en: 'the request is wrong' },
  failed: { zh: '终端程序出错，请看日志', en: 'the terminal failed; see its log' },
  gone: {
    zh: '终端断开了，可能正在重启',
    en: 'the terminal hung up; it may be restarting',
  },
  locked: {
    zh: '终端正在运行，但管理接口不通：可能正在启动，或者数据目录的路径太长',
    en: 'the terminal runs, but its admin socket does not: it may be starting, or the path is too long',
  },
  denied: {
    zh: '没有权限，请换成运行终端的用户再试（sudo -u 用户名）',
    en: 'no right; try as the user that the terminal runs as (sudo -u USER)',
  },
};

/** Both languages on one line. */
export function both({ zh, en }: Words): string {
  return `${zh} ${en}`;
}

function word(table: Readonly<Record<string, Words>>, key: string): Words {
  return table[key] ?? { zh: key, en: key };
}

/** Name of a device class. */
export const className = (key: string): Words => word(CLASSES, key);
/** A device's state. */
export const stateName = (key: string): Words => word(STATES, key);
/** A printer's or feeder's paper. */
export const paperName = (key: string): Words => word(PAPERS, key);
/** How sure a probe is. */
export const confidenceName = (key: Proposal['confidence']): Words => CONFIDENCES[key];
/** Why a candidate gave nothing. */
export const skippedName = (key: Skipped['why'] | 'inUse'): Words => SKIPPED[key];
/** Why something is not done. */
export const refusalName = (key: string): Words => word(REFUSALS, key);

/** Where a device is connected, short. */
export function placeName(place: Candidate | FoundTransport): string {
  switch (place.type) {
    case 'serial':
      return 'baud' in place ? `${place.path} @ ${String(place.baud)}` : place.path;
    case 'tcp':
      return `${place.host.includes(':') ? `[${place.host}]` : place.host}:${String(place.port)}`;
    default:
      return placeText(place);
  }
}

/** One line about one device. */
export function deviceText(line: DeviceLine): string {
  const paper = line.paper === undefined ? '' : `  纸 paper: ${both(paperName(line.paper))}`;
  const place = line.transport === undefined ? '' : `  ${placeName(line.transport)}`;
  const fault = line.fault === undefined ? '' : `\n      ${faultText(line.fault)}`;
  const state = both(stateName(line.state));
  return `${line.id}  ${both(className(line.class))}  ${state}${paper}${place}${fault}`;
}

/** What a device is, what it did and what was last wrong with it, line by line. */
export function moreOf({ hardware, record }: DeviceLine): readonly string[] {
  const is = HARDWARE_WORDS.flatMap((key) => {
    const said = hardware[key];
    return said === undefined ? [] : [`${both(HARDWARE_NAMES[key])} ${said}`];
  });
  const did = DEVICE_DEEDS.flatMap((deed) => {
    const count = record?.counts[deed];
    return count === undefined ? [] : [`${both(DEED_NAMES[deed])} ${String(count)}`];
  });
  const fault = record?.lastFault;
  return [
    ...(is.length === 0 ? [] : [is.join('  ')]),
    ...(record === undefined || did.length === 0
      ? []
      : [`从 since ${atHall(record.since)}: ${did.join('  ')}`]),
    ...(fault === undefined
      ? []
      : [`上次故障 last fault ${atHall(fault.at)}: ${faultText(fault)} ${remedyText(fault.code)}`]),
  ];
}

/** What a technician does about a fault, shortly: the first step of the manual. */
function remedyText(code: string): string {
  const step = Object.hasOwn(FAULTS, code)
    ? FAULTS[code as FaultCode].steps.technician[0]
    : undefined;
  return step === undefined ? '' : both(step);
}

/** A time of a file as the clock on the wall of the hall shows it. */
function atHall(at: string): string {
  return chinaMinute(Date.parse(at));
}

/** A fault, for people who repair. */
export function faultText(fault: NonNullable<DeviceLine['fault']>): string {
  const codes = [fault.vendorCode, fault.detail].filter((one) => one !== undefined).join(' · ');
  return `${fault.message.zh} ${fault.message.en} [${fault.code}${codes === '' ? '' : `: ${codes}`}]`;
}
