import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type * as serialport from 'serialport';
import { fault } from '../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../domain/device/fault.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { describeError } from '../transport/stream-line.ts';

/** A serial port that this machine has. */
export interface SerialPortInfo {
  /** `/dev/ttyUSB0`, `COM3` */
  readonly path: string;
  /** Of the adapter, as it names itself. */
  readonly maker?: string;
  /** USB ids, `1a86:7523`. */
  readonly usb?: string;
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

/**
 * The serial ports of this machine; none is opened. Fault `device.missingLibrary` when they cannot be
 * listed, on Linux also for want of udev.
 */
export async function listSerialPorts(
  load: () => Promise<typeof serialport> = () => import('serialport'),
): Promise<Result<readonly SerialPortInfo[], Fault>> {
  try {
    const { SerialPort } = await load();
    const ports: SerialPortInfo[] = [];
    for (const { path, manufacturer, vendorId, productId } of await SerialPort.list()) {
      if (!(await isReal(path))) continue;
      const usb = vendorId && productId ? `${vendorId}:${productId}`.toLowerCase() : undefined;
      ports.push({
        path,
        ...(manufacturer ? { maker: manufacturer.slice(0, 60) } : {}),
        ...(usb === undefined ? {} : { usb }),
      });
    }
    return ok(ports);
  } catch (error) {
    return err(fault('device.missingLibrary', { detail: `serialport: ${describeError(error)}` }));
  }
}
