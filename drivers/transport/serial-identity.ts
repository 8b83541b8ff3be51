import { realpath } from 'node:fs/promises';
import { fault } from '../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../domain/device/fault.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { UsbId } from './usb-id.ts';
import { serialPortOf } from './usb-port.ts';

/** Which USB adapter, or device with a serial port of its own, is meant to be behind a port. */
export interface SerialIdentity extends UsbId {
  /** Tells two of one model apart wherever they are plugged in. */
  readonly serialNumber?: string;
  /** Tells two of one model apart that have no serial number: where it is plugged in, `1-2.3`. Linux only. */
  readonly port?: string;
}

/** A port as the serial library lists it; ids in hex. */
export interface ListedSerialPort {
  readonly path: string;
  readonly vendorId?: string | undefined;
  readonly productId?: string | undefined;
  readonly serialNumber?: string | undefined;
}

/** What the search asks of the system; injected in tests. */
export interface SerialPlaces {
  /** The file behind a link such as /dev/serial/by-id/…. */
  readonly fileOf: (path: string) => Promise<string>;
  /** Where the device behind a port is plugged in. */
  readonly portOf: (path: string) => Promise<string | undefined>;
}

const SYSTEM_PLACES: SerialPlaces = {
  fileOf: (path) => realpath(path).catch(() => path),
  portOf: serialPortOf,
};

/**
 * Looks where the device that is remembered of a port is now: at that port, or at another if it is known by
 * its serial number or its socket. Two of one model that have neither cannot be told apart: then only the
 * port counts. Faults: `device.otherDevice` (another device is at the port, and the one meant is nowhere),
 * `device.offline` (nothing is there), `device.misconfigured` (several fit).
 */
export async function findSerialPort(
  path: string,
  wanted: SerialIdentity,
  ports: readonly ListedSerialPort[],
  { fileOf, portOf }: SerialPlaces = SYSTEM_PLACES,
): Promise<Result<string, Fault>> {
  const isMeant = async (port: ListedSerialPort): Promise<boolean> => {
    if (!isOfModel(port, wanted)) return false;
    if (wanted.serialNumber !== undefined) return port.serialNumber === wanted.serialNumber;
    return wanted.port === undefined || (await portOf(port.path)) === wanted.port;
  };
  const file = await fileOf(path);
  const here = ports.find((port) => port.path === file || port.path === path);
  if (here !== undefined && (await isMeant(here))) return ok(path);
  if (wanted.serialNumber !== undefined || wanted.port !== undefined) {
    const moved: string[] = [];
    for (const port of ports) if (await isMeant(port)) moved.push(port.path);
    const [only] = moved;
    if (moved.length > 1) {
      const detail = `${moved.length} devices fit: ${moved.join(', ')}`;
      return err(fault('device.misconfigured', { detail }));
    }
    if (only !== undefined) return ok(only);
  }
  if (here === undefined) return err(fault('device.offline', { detail: 'no such port' }));
  const is = [here.vendorId ?? '?', here.productId ?? '?'].join(':');
  const same = isOfModel(here, wanted) ? ', of the same model' : '';
  return err(fault('device.otherDevice', { detail: `at ${path} is another one: ${is}${same}` }));
}

function isOfModel({ vendorId, productId }: ListedSerialPort, wanted: UsbId): boolean {
  return (
    parseInt(vendorId ?? '', 16) === wanted.vendorId &&
    parseInt(productId ?? '', 16) === wanted.productId
  );
}
