import { fault } from '../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../domain/device/fault.ts';
import type { Result } from '../../domain/result.ts';
import { err, ok } from '../../domain/result.ts';
import { HidReportLine } from './hid-line.ts';
import type { HidHandle, HidLine } from './hid-line.ts';
import { describeError } from './stream-line.ts';
import type { Transport } from './transport.ts';

/** What the system tells of an HID device that is plugged in. */
export interface HidDeviceInfo {
  readonly vendorId: number;
  readonly productId: number;
  readonly path?: string | undefined;
  readonly serialNumber?: string | undefined;
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
  /** What it is for, for example 0x8c, 0x02: bar code scanner. */
  readonly usagePage: number;
  readonly usage: number;
  /** USB ids; needed where two devices are for the same. */
  readonly vendorId?: number;
  readonly productId?: number;
  readonly serialNumber?: string;
  /** Default 5000. */
  readonly writeTimeoutMs?: number;
  /** Loads the native library; default node-hid. */
  readonly load?: () => Promise<HidLibrary>;
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
    connect: (options) => connectHid(address, options),
  };
}

function describeAddress({
  usagePage,
  usage,
  vendorId,
  productId,
  serialNumber,
}: HidAddress): string {
  const hex = (id: number | undefined): string => id?.toString(16).padStart(4, '0') ?? '*';
  const serial = serialNumber === undefined ? '' : `#${serialNumber}`;
  return `hid:${hex(vendorId)}:${hex(productId)}${serial}@${hex(usagePage)}/${hex(usage)}`;
}

async function connectHid(
  address: HidAddress,
  { deadlineMs, signal }: { readonly deadlineMs: number; readonly signal?: AbortSignal },
): Promise<Result<HidLine, Fault>> {
  if (signal?.aborted === true) return err(fault('device.cancelled'));
  const cut = Promise.withResolvers<Result<HidLine, Fault>>();
  const timer = setTimeout(() => {
    cut.resolve(err(fault('device.timeout', { detail: 'open' })));
  }, deadlineMs);
  const cancel = (): void => {
    cut.resolve(err(fault('device.cancelled')));
  };
  signal?.addEventListener('abort', cancel, { once: true });
  const opening = openHid(address);
  const first = await Promise.race([opening, cut.promise]);
  clearTimeout(timer);
  signal?.removeEventListener('abort', cancel);
  // Too late: nobody waits for it, and an open device would stay taken.
  if (!first.ok) opening.then(closeIfOpen, () => undefined);
  return first;
}

function closeIfOpen(opened: Result<HidLine, Fault>): Promise<void> {
  return opened.ok ? opened.value.close() : Promise.resolve();
}

async function openHid(address: HidAddress): Promise<Result<HidLine, Fault>> {
  let library: HidLibrary;
  try {
    library = await (address.load ?? loadNodeHid)();
  } catch (error) {
    return err(fault('device.missingLibrary', { detail: `node-hid: ${describeError(error)}` }));
  }
  try {
    const path = choose(await library.devicesAsync(), address);
    if (!path.ok) return path;
    const handle = await library.HIDAsync.open(path.value);
    return ok(new HidReportLine(handle, address.writeTimeoutMs ?? 5_000));
  } catch (error) {
    return err(openFault(describeError(error)));
  }
}

/** node-hid loads its native part at the first call, not at the import. */
async function loadNodeHid(): Promise<HidLibrary> {
  const library = await import('node-hid');
  library.getHidapiVersion();
  return library;
}

function choose(devices: readonly HidDeviceInfo[], address: HidAddress): Result<string, Fault> {
  const { usagePage, usage, vendorId, productId, serialNumber } = address;
  const fits = devices.filter((device) => {
    return (
      device.usagePage === usagePage &&
      device.usage === usage &&
      (vendorId === undefined || device.vendorId === vendorId) &&
      (productId === undefined || device.productId === productId) &&
      (serialNumber === undefined || device.serialNumber === serialNumber)
    );
  });
  const paths = new Set(fits.flatMap(({ path }) => (path === undefined ? [] : [path])));
  const [path] = paths;
  if (path === undefined) return err(fault('device.offline', { detail: 'no such device' }));
  if (paths.size > 1) {
    const detail = `${paths.size} devices fit: give vendor, product and serial number`;
    return err(fault('device.misconfigured', { detail }));
  }
  return ok(path);
}

function openFault(detail: string): Fault {
  if (/permission|EACCES/i.test(detail)) return fault('device.misconfigured', { detail });
  if (/busy|in use|sharing|exclusive/i.test(detail)) return fault('device.busy', { detail });
  return fault('device.offline', { detail });
}
