import { DEVICE_CLASSES, type DeviceClass } from '../../../domain/device/status.ts';
import type { LocalizedText } from '../../../domain/text.ts';
import type { Candidate, UsbDeviceName } from '../../../drivers/detection/contract.ts';
import type { DevicesConfig } from '../../../kiosk-config/index.ts';
import type { AnyDeviceConfig } from './place.ts';

type AllDevices = DevicesConfig['devices'];
type Plugged = Extract<Candidate, { readonly type: 'usb' | 'hid' }>;

/** Something of another terminal's set-up that belonged to that one machine, and what was done about it. */
export interface CarryNote {
  readonly device: DeviceClass;
  readonly text: LocalizedText;
}

/** A set-up made to fit this machine. */
export interface CarriedOver {
  readonly devices: AllDevices;
  readonly notes: readonly CarryNote[];
}

/** What became of the name of one USB device: its new name, and a note. */
interface Matched {
  readonly name: Pick<UsbDeviceName, 'serialNumber' | 'port'>;
  readonly path?: string;
  readonly text: LocalizedText;
}

/**
 * Makes the devices of another terminal fit this one. What tells one USB device from its twins (serial number,
 * socket) is taken from the one that is plugged in here, where there is exactly one, and left out where not;
 * a logo lies in the other printer's memory. Nothing of it is silent: each has a note. The rest stays.
 */
export function carryOver(carried: AllDevices, machine: readonly Candidate[]): CarriedOver {
  const notes: CarryNote[] = [];
  let devices = carried;
  for (const device of DEVICE_CLASSES) {
    const note = (text: LocalizedText): void => void notes.push({ device, text });
    devices = { ...devices, [device]: fitting(carried[device], machine, note) };
  }
  const { receiptPrinter } = devices;
  if (receiptPrinter?.logo !== undefined) {
    const { logo: _logo, ...printer } = receiptPrinter;
    devices = { ...devices, receiptPrinter: printer };
    notes.push({
      device: 'receiptPrinter',
      text: {
        zh: '标志存在原来那台打印机里，没有带过来：请用 npm run devices -- logo 再存一次',
        en: 'the logo lies in the other printer’s memory and was not carried over: store it anew with npm run devices -- logo',
      },
    });
  }
  return { devices, notes };
}

function fitting(
  config: AnyDeviceConfig,
  machine: readonly Candidate[],
  note: (text: LocalizedText) => void,
): AnyDeviceConfig {
  if (config === null) return null;
  if ('transport' in config) {
    const transport = fittingTransport(config.transport, machine, note);
    return { ...config, transport } as AnyDeviceConfig;
  }
  if ('url' in config) {
    note(ADDRESS(config.url));
    return config;
  }
  switch (config.driver) {
    case 'hidPos': {
      const { vendorId, productId, serialNumber, ...rest } = config;
      if (serialNumber === undefined || vendorId === undefined || productId === undefined) {
        return config;
      }
      const { name, text } = matched('hid', { vendorId, productId, serialNumber }, machine);
      note(text);
      const which = name.serialNumber === undefined ? {} : { serialNumber: name.serialNumber };
      return { ...rest, vendorId, productId, ...which };
    }
    case 'pcsc':
      if (config.reader !== undefined && !hasReader(machine, config.reader)) {
        note(MISSING(config.reader));
      }
      return config;
    case 'sane':
      note({
        zh: `SANE 的名字照搬（${config.device}）：请用 scanimage -L 核对`,
        en: `SANE’s name was carried over as it is (${config.device}): check it with scanimage -L`,
      });
      return config;
    default:
      return config;
  }
}

type AnyTransport = Extract<NonNullable<AnyDeviceConfig>, { transport: unknown }>['transport'];

function fittingTransport(
  transport: AnyTransport,
  machine: readonly Candidate[],
  note: (text: LocalizedText) => void,
): AnyTransport {
  switch (transport.type) {
    case 'tcp':
      note(ADDRESS(`${transport.host}:${String(transport.port)}`));
      return transport;
    case 'usbPrinter':
      if (!machine.some((one) => one.type === 'usbPrinter' && one.path === transport.path)) {
        note(MISSING(transport.path));
      }
      return transport;
    case 'serial': {
      const { usb, ...rest } = transport;
      if (usb !== undefined) {
        const { name, path = rest.path, text } = matched('serial', usb, machine);
        note(text);
        const { vendorId, productId } = usb;
        return { ...rest, path, usb: { vendorId, productId, ...name } };
      }
      const isThere = machine.some((one) => one.type === 'serial' && one.path === rest.path);
      if (!isThere) note(MISSING(rest.path));
      return transport;
    }
    case 'usb':
    case 'hid': {
      const { serialNumber, port, ...rest } = transport;
      if (serialNumber === undefined && port === undefined) return transport;
      const { name, text } = matched(transport.type, transport, machine);
      note(text);
      return { ...rest, ...name };
    }
  }
}

/** Looks for the one device here that is of the same kind. */
function matched(
  type: 'usb' | 'hid' | 'serial',
  name: UsbDeviceName,
  machine: readonly Candidate[],
): Matched {
  const ids = idsOf(name);
  const here = machine.flatMap((one): (UsbDeviceName & { readonly path?: string })[] => {
    if (type === 'serial') {
      return one.type === 'serial' && one.usb && idsOf(one.usb) === ids
        ? [{ ...one.usb, path: one.path }]
        : [];
    }
    return isPlugged(one) && one.type === type && idsOf(one) === ids ? [one] : [];
  });
  const [only, ...others] = here;
  if (only === undefined) {
    return {
      name: {},
      text: {
        zh: `这里没有插 ${ids}：不带序列号和插口，插上就用它`,
        en: `no ${ids} is plugged in here: without serial number and socket, the one that is plugged in will be used`,
      },
    };
  }
  if (others.length > 0) {
    return {
      name: {},
      text: {
        zh: `这里插了 ${String(here.length)} 台 ${ids}：请在设备维护页面上查找，选定一台`,
        en: `${String(here.length)} of ${ids} are plugged in here: look for devices on the maintenance page and choose one`,
      },
    };
  }
  const { serialNumber, port, path } = only;
  const which =
    serialNumber === undefined ? (port === undefined ? {} : { port }) : { serialNumber };
  const where = path ?? serialNumber ?? port ?? ids;
  return {
    name: which,
    ...(path === undefined ? {} : { path }),
    text: {
      zh: `改用这里插着的那一台 ${ids}（${where}）`,
      en: `the ${ids} that is plugged in here is used (${where})`,
    },
  };
}

function isPlugged(candidate: Candidate): candidate is Plugged {
  return candidate.type === 'usb' || candidate.type === 'hid';
}

function idsOf({ vendorId, productId }: UsbDeviceName): string {
  return `${vendorId}:${productId}`.toLowerCase();
}

function hasReader(machine: readonly Candidate[], name: string): boolean {
  return machine.some((one) => one.type === 'pcsc' && one.reader.startsWith(name));
}

const ADDRESS = (where: string): LocalizedText => ({
  zh: `地址照搬（${where}）：请核对是不是这个大厅的设备`,
  en: `the address was carried over as it is (${where}): check that it is this hall’s device`,
});

const MISSING = (where: string): LocalizedText => ({
  zh: `${where} 在这里没有：请插上，或在设备维护页面上改`,
  en: `there is no ${where} here: plug it in, or change it on the maintenance page`,
});
