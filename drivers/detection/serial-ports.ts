import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type * as serialport from 'serialport';
import { fault } from '../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../domain/device/fault.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { describeError } from '../transport/stream-line.ts';
import { serialPortOf } from '../transport/usb-port.ts';
import type { UsbDeviceName } from './contract.ts';
import { plain } from './plain.ts';

/** A serial port that this machine has. */
export interface SerialPortInfo {
  /** `/dev/ttyUSB0`, `COM3` */
  readonly path: string;
  /** Of the adapter, as it names itself. */
  readonly maker?: string;
  /** USB ids, `1a86:7523`. */
  readonly usb?: string;
  /** What tells the device from others, for the configuration. */
  readonly device?: UsbDeviceName;
  /** The socket that it is in, `1-2.3`; Linux only. */
  readonly port?: string;
}

/** Linux lists sockets that no chip stands behind: their type is 0. */
async function isReal(path: string): Promise<boolean> {
  if (!/^\/dev\/ttyS\d+$/.test(path)) return true;
  try {
    return (await readFile(`/sys/class/tty/${basename(path)}/type`, 'utf8')).trim() !== '0';
  } catch {
    return true;
  }
}

/** With a serial number a device is known in any socket; without, only the socket tells it from its like. */
function deviceName(
  vendorId: string | undefined,
  productId: string | undefined,
  serialNumber: string | undefined,
  port: string | undefined,
): UsbDeviceName | undefined {
  const isId = (text: string | undefined): text is string => /^[0-9a-f]{4}$/i.test(text ?? '');
  if (!isId(vendorId) || !isId(productId)) return undefined;
  const ids = { vendorId: vendorId.toLowerCase(), productId: productId.toLowerCase() };
  if (serialNumber !== undefined && /^[\x21-\x7e]{1,100}$/.test(serialNumber)) {
    return { ...ids, serialNumber };
  }
  return port === undefined ? ids : { ...ids, port };
}

/**
 * The serial ports of this machine; none is opened. Fault `device.missingLibrary` when they cannot be
 * listed, on Linux also for want of udev.
 */
export async function listSerialPorts(
  load: () => Promise<typeof serialport> = () => import('serialport'),
  portOf: (path: string) => Promise<string | undefined> = serialPortOf,
): Promise<Result<readonly SerialPortInfo[], Fault>> {
  try {
    const { SerialPort } = await load();
    const ports: SerialPortInfo[] = [];
    for (const listed of await SerialPort.list()) {
      const { path, manufacturer, vendorId, productId, serialNumber } = listed;
      if (!(await isReal(path))) continue;
      const maker = plain(manufacturer);
      const usb = vendorId && productId ? `${vendorId}:${productId}`.toLowerCase() : undefined;
      const port = usb === undefined ? undefined : await portOf(path);
      const device = deviceName(vendorId, productId, serialNumber, port);
      ports.push({
        path,
        ...(maker === undefined ? {} : { maker }),
        ...(usb === undefined ? {} : { usb }),
        ...(device === undefined ? {} : { device }),
        ...(port === undefined ? {} : { port }),
      });
    }
    return ok(ports);
  } catch (error) {
    return err(fault('device.missingLibrary', { detail: `serialport: ${describeError(error)}` }));
  }
}
