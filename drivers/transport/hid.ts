import { fault } from '../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../domain/device/fault.ts';
import type { Result } from '../../domain/result.ts';
import { err, ok } from '../../domain/result.ts';
import { HidReportLine } from './hid-line.ts';
import type { HidHandle, HidLine } from './hid-line.ts';
import { openInTime } from './open-in-time.ts';
import { describeError } from './stream-line.ts';
import type { Transport } from './transport.ts';
import { isOneOf, type UsbId } from './usb-id.ts';
import { hidPortOf } from './usb-port.ts';

/** From here on a usage page means what its maker says. */
const FIRST_VENDOR_PAGE = 0xff00;

/** What the system tells of an HID device that is plugged in. */
export interface HidDeviceInfo {
  readonly vendorId: number;
  readonly productId: number;
  readonly path?: string | undefined;
  readonly serialNumber?: string | undefined;
  /** As the device names itself. */
  readonly product?: string | undefined;
  readonly usagePage?: number | undefined;
  readonly usage?: number | undefined;
}

/** What is used of node-hid. */
export interface HidLibrary {
  devicesAsync(): Promise<readonly HidDeviceInfo[]>;
  readonly HIDAsync: { open(path: string): Promise<HidHandle> };
}

/** Which HID device: the one that fits all that is given. */
export interface HidAddress {
  /**
   * What it is for, for example 0x8c, 0x02: bar code scanner. `vendor`: something of its maker's own, as all
   * devices are that only a driver of the maker's knows.
   */
  readonly usagePage?: number | 'vendor';
  readonly usage?: number;
  /** USB ids; needed where two devices are for the same. */
  readonly vendorId?: number;
  readonly productId?: number;
  /** Further ids under which the same kind of device is sold. */
  readonly alsoIds?: readonly UsbId[];
  /** Tells two of one model apart wherever they are plugged in. */
  readonly serialNumber?: string;
  /** Tells two of one model apart that have no serial number: where it is plugged in, `1-2.3`. Linux only. */
  readonly port?: string;
  /** Default 5000. */
  readonly writeTimeoutMs?: number;
  /** Loads the native library; default node-hid. */
  readonly load?: () => Promise<HidLibrary>;
  /** Where a device file is plugged in; default: asks the system. */
  readonly portOf?: (path: string) => Promise<string | undefined>;
}

/** Opens lines to one HID device. */
export interface HidTransport extends Transport {
  connect(options: Parameters<Transport['connect']>[0]): Promise<Result<HidLine, Fault>>;
}

/**
 * Lines to an HID device by what it is, not by where it is plugged in.
 * Faults of `connect`: `device.missingLibrary` (the native library does not load), `device.offline` (no such
 * device, or it cannot be opened), `device.misconfigured` (several fit, or no right to open it),
 * `device.busy`, `device.timeout`, `device.cancelled`.
 */
export function hidTransport(address: HidAddress): HidTransport {
  return {
    address: describeAddress(address),
    connect: (options) => openInTime(() => openHid(address), options),
  };
}

function describeAddress({
  usagePage,
  usage,
  vendorId,
  productId,
  serialNumber,
  port,
}: HidAddress): string {
  const hex = (id: number | string | undefined): string =>
    typeof id === 'string' ? id : (id?.toString(16).padStart(4, '0') ?? '*');
  const which = serialNumber === undefined ? '' : `#${serialNumber}`;
  const where = port === undefined ? '' : ` in ${port}`;
  return `hid:${hex(vendorId)}:${hex(productId)}${which}@${hex(usagePage)}/${hex(usage)}${where}`;
}

async function openHid(address: HidAddress): Promise<Result<HidLine, Fault>> {
  let library: HidLibrary;
  try {
    library = await (address.load ?? loadNodeHid)();
  } catch (error) {
    return err(fault('device.missingLibrary', { detail: `node-hid: ${describeError(error)}` }));
  }
  try {
    const path = await choose(await library.devicesAsync(), address);
    if (!path.ok) return path;
    const handle = await library.HIDAsync.open(path.value);
    return ok(new HidReportLine(handle, address.writeTimeoutMs ?? 5_000));
  } catch (error) {
    return err(openFault(describeError(error)));
  }
}

/** node-hid loads its native part at the first call, not at the import. */
export async function loadNodeHid(): Promise<HidLibrary> {
  const library = await import('node-hid');
  library.getHidapiVersion();
  return library;
}

async function choose(
  devices: readonly HidDeviceInfo[],
  address: HidAddress,
): Promise<Result<string, Fault>> {
  const fits = devices.filter((device) => isMeant(device, address));
  const all = new Set(fits.flatMap(({ path }) => (path === undefined ? [] : [path])));
  const { port, serialNumber, portOf = hidPortOf } = address;
  const paths: string[] = [];
  for (const path of all) {
    // with a serial number it is the same one in any socket
    const anywhere = port === undefined || serialNumber !== undefined;
    if (anywhere || (await portOf(path)) === port) paths.push(path);
  }
  const [path] = paths;
  if (path === undefined) {
    const detail = all.size === 0 ? 'no such device' : 'no such device at this port';
    return err(fault('device.offline', { detail }));
  }
  if (paths.length > 1) {
    const detail = `${paths.length} devices fit: give vendor, product and serial number`;
    return err(fault('device.misconfigured', { detail }));
  }
  return ok(path);
}

function isMeant(device: HidDeviceInfo, address: HidAddress): boolean {
  const { usagePage, usage, vendorId, productId, alsoIds = [], serialNumber } = address;
  const ofModel =
    isOneOf(alsoIds, device) ||
    ((vendorId === undefined || device.vendorId === vendorId) &&
      (productId === undefined || device.productId === productId));
  return (
    ofModel &&
    isForPurpose(device, usagePage) &&
    (usage === undefined || device.usage === usage) &&
    (serialNumber === undefined || device.serialNumber === serialNumber)
  );
}

function isForPurpose({ usagePage }: HidDeviceInfo, wanted: HidAddress['usagePage']): boolean {
  if (wanted === undefined) return true;
  if (wanted !== 'vendor') return usagePage === wanted;
  // 0: the system did not read what the device says of itself
  return usagePage === undefined || usagePage === 0 || usagePage >= FIRST_VENDOR_PAGE;
}

function openFault(detail: string): Fault {
  if (/permission|EACCES/i.test(detail)) return fault('device.misconfigured', { detail });
  if (/busy|in use|sharing|exclusive/i.test(detail)) return fault('device.busy', { detail });
  return fault('device.offline', { detail });
}
