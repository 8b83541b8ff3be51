import { readlink } from 'node:fs/promises';
import { basename } from 'node:path';
import { fault } from '../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../domain/device/fault.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { describeError } from './stream-line.ts';
import { parseConfigurationDescriptor } from './usb-descriptor.ts';
import { isOneOf, type UsbId } from './usb-id.ts';
import {
  loadUsb,
  PRINTER_CLASS,
  usbPortPath,
  type UsbAlternateInfo,
  type UsbConfigurationInfo,
  type UsbEndpointInfo,
  type UsbHandle,
  type UsbLibrary,
} from './usb-library.ts';

/** Which USB device, and which part of it. */
export interface UsbAddress extends UsbId {
  /** Further ids under which the same kind of device is sold. */
  readonly alsoIds?: readonly UsbId[];
  /** Tells two of one model apart wherever they are plugged in. */
  readonly serialNumber?: string;
  /** Tells two of one model apart that have no serial number: where it is plugged in, `1-2.3`. */
  readonly port?: string;
  /** Only an interface of this class, for example 7: printer. */
  readonly interfaceClass?: number;
  /** Default 5000. */
  readonly writeTimeoutMs?: number;
  /** A transfer in lasts so long when nothing comes, in ms; default 250. Hanging up waits for it. */
  readonly readTurnMs?: number;
  /** Loads the native library; default `usb`. */
  readonly load?: () => Promise<UsbLibrary>;
  /** Which driver of the kernel holds an interface (`1-2.3:1.0`); default: asks the system. */
  readonly kernelDriver?: (interfaceName: string) => Promise<string | undefined>;
}

/** An interface that is ours until it is released. */
export interface ClaimedInterface {
  readonly handle: UsbHandle;
  readonly endpoints: readonly UsbEndpointInfo[];
  /** Gives the interface back, to the kernel's driver too if it had one. Never rejects. */
  release(): Promise<void>;
}

/**
 * Finds, opens and claims. Faults: `device.missingLibrary`, `device.offline` (no such device, or it cannot
 * be opened), `device.misconfigured` (several fit, no right to open it, or it has no such interface),
 * `device.busy` (another program holds it).
 */
export async function claimUsb(address: UsbAddress): Promise<Result<ClaimedInterface, Fault>> {
  let library: UsbLibrary;
  try {
    library = await (address.load ?? loadUsb)();
  } catch (error) {
    return err(fault('device.missingLibrary', { detail: `usb: ${describeError(error)}` }));
  }
  try {
    const chosen = chooseDevice(await library.getDevices(), address);
    if (!chosen.ok) return chosen;
    const handle = chosen.value;
    await handle.open();
    const claimed = await claimOpen(handle, address).catch((error: unknown) =>
      err(openFault(describeError(error))),
    );
    if (!claimed.ok) await handle.close().catch(() => undefined);
    return claimed;
  } catch (error) {
    return err(openFault(describeError(error)));
  }
}

/** The serial number, if the device has one and tells it. */
export function serialNumberOf(handle: UsbHandle): string | undefined {
  try {
    return handle.serialNumber ?? undefined;
  } catch {
    return undefined;
  }
}

function chooseDevice(
  devices: readonly UsbHandle[],
  address: UsbAddress,
): Result<UsbHandle, Fault> {
  const { serialNumber, port } = address;
  const ofModel = devices.filter((device) =>
    isOneOf([address, ...(address.alsoIds ?? [])], device),
  );
  const fits = ofModel.filter((device) => {
    if (serialNumber !== undefined) return serialNumberOf(device) === serialNumber;
    // Without a serial number the socket is all there is: the only one left may be the other one.
    return port === undefined || usbPortPath(device) === port;
  });
  const [device, another] = fits;
  if (device === undefined) {
    const elsewhere = ofModel.map(usbPortPath).join(', ');
    const detail =
      elsewhere === '' ? 'no such device' : `no such device; one of its kind: ${elsewhere}`;
    return err(fault('device.offline', { detail }));
  }
  if (another !== undefined) {
    const detail = `${fits.length} devices fit: give the serial number or the port`;
    return err(fault('device.misconfigured', { detail }));
  }
  return ok(device);
}

async function claimOpen(
  handle: UsbHandle,
  address: UsbAddress,
): Promise<Result<ClaimedInterface, Fault>> {
  const configuration = await configurationOf(handle);
  const part = configuration && choosePart(configuration, address.interfaceClass);
  if (configuration === undefined || part === undefined) {
    const detail = `no bulk endpoints${address.interfaceClass === undefined ? '' : ` of class ${address.interfaceClass}`}`;
    return err(fault('device.misconfigured', { detail }));
  }
  const { interfaceNumber, alternate } = part;
  const name = `${usbPortPath(handle)}:${configuration.configurationValue}.${interfaceNumber}`;
  const detached = await takeFromKernel(handle, interfaceNumber, () =>
    (address.kernelDriver ?? kernelDriverOf)(name),
  );
  const giveBack = async (): Promise<void> => {
    await handle.releaseInterface(interfaceNumber).catch(() => undefined);
    if (detached) await handle.attachKernelDriver?.(interfaceNumber).catch(() => undefined);
  };
  const { alternateSetting, endpoints } = alternate;
  try {
    if (alternateSetting !== 0) {
      await handle.selectAlternateInterface(interfaceNumber, alternateSetting);
    }
  } catch (error) {
    await giveBack();
    throw error;
  }
  return ok({
    handle,
    endpoints,
    release: async () => {
      await giveBack();
      await handle.close().catch(() => undefined);
    },
  });
}

/** The library's description, or else our own reading of what the device sends. */
async function configurationOf(handle: UsbHandle): Promise<UsbConfigurationInfo | undefined> {
  try {
    const told = handle.configuration;
    if (told !== null && told !== undefined) return told;
  } catch {
    // a device that does not tell the names of its parts
  }
  const setup = {
    requestType: 'standard',
    recipient: 'device',
    request: 6,
    value: 0x0200,
    index: 0,
  } as const;
  const { data } = await handle.controlTransferIn(setup, 4_096, 1_000);
  if (data === undefined) return undefined;
  return parseConfigurationDescriptor(
    new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  );
}

interface Part {
  readonly interfaceNumber: number;
  readonly alternate: UsbAlternateInfo;
}

function hasBulk(alternate: UsbAlternateInfo, direction: 'in' | 'out'): boolean {
  return alternate.endpoints.some((one) => one.type === 'bulk' && one.direction === direction);
}

/** The first interface with a bulk way in and out; of a printer also one that only listens. */
function choosePart(
  { interfaces }: UsbConfigurationInfo,
  wantedClass: number | undefined,
): Part | undefined {
  const parts = interfaces.flatMap(({ interfaceNumber, alternates }) =>
    alternates
      .filter(({ interfaceClass }) => wantedClass === undefined || interfaceClass === wantedClass)
      .map((alternate): Part => ({ interfaceNumber, alternate })),
  );
  const able = parts.filter(({ alternate }) => hasBulk(alternate, 'out'));
  const both = able.find(({ alternate }) => hasBulk(alternate, 'in'));
  return both ?? (wantedClass === PRINTER_CLASS ? able[0] : undefined);
}

/** Claims, after taking the interface from a driver of the kernel if one holds it. Says whether it did. */
async function takeFromKernel(
  handle: UsbHandle,
  interfaceNumber: number,
  holder: () => Promise<string | undefined>,
): Promise<boolean> {
  try {
    await handle.claimInterface(interfaceNumber);
    return false;
  } catch (error) {
    const driver = await holder();
    // `usbfs` is another program: it is not to be robbed
    const isKernel = driver !== undefined && driver !== 'usbfs';
    if (!isKernel || handle.detachKernelDriver === undefined) throw error;
  }
  await handle.detachKernelDriver(interfaceNumber);
  await handle.claimInterface(interfaceNumber);
  return true;
}

async function kernelDriverOf(interfaceName: string): Promise<string | undefined> {
  try {
    return basename(await readlink(`/sys/bus/usb/devices/${interfaceName}/driver`));
  } catch {
    return undefined;
  }
}

function openFault(detail: string): Fault {
  if (/permission|access denied|errno 13\b/i.test(detail)) {
    return fault('device.misconfigured', { detail });
  }
  if (/busy|errno 16\b|exclusive/i.test(detail)) return fault('device.busy', { detail });
  return fault('device.offline', { detail });
}
