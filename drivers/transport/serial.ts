import { access } from 'node:fs/promises';
import type * as serialport from 'serialport';
import { fault } from '../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../domain/device/fault.ts';
import type { Result } from '../../domain/result.ts';
import { err, ok } from '../../domain/result.ts';
import { findSerialPort, type SerialIdentity } from './serial-identity.ts';
import { StreamLine, describeError } from './stream-line.ts';
import type { ByteLine, Transport } from './transport.ts';

type SerialLibrary = typeof serialport;
type SerialPort = InstanceType<SerialLibrary['SerialPort']>;

/** A serial port and how fast it talks: 8 data bits, 1 stop bit, no parity, no flow control. */
export interface SerialAddress {
  /** `/dev/ttyS0`, `/dev/serial/by-id/…`, `COM3`. */
  readonly path: string;
  readonly baudRate: number;
  /** The USB device that is meant to be behind the port; none other is spoken to. */
  readonly usb?: SerialIdentity;
  /** Default 5000. */
  readonly writeTimeoutMs?: number;
  /** How often to look whether the port still exists, in ms; default 1000. Not on Windows. */
  readonly watchMs?: number;
  /** Loads the native library; default `import('serialport')`. */
  readonly load?: () => Promise<SerialLibrary>;
}

/**
 * Lines over serial ports, USB adapters included.
 * Faults of `connect`: `device.missingLibrary` (the native library does not load), `device.busy` (another
 * program holds the port), `device.misconfigured` (no right to open it, or no such baud rate),
 * `device.offline` (no such port, or it cannot be opened), `device.otherDevice` (behind the port is not the
 * USB device that is meant), `device.timeout`, `device.cancelled`.
 */
export function serialTransport(address: SerialAddress): Transport {
  return {
    address: `serial:${address.path}@${address.baudRate}`,
    connect: (options) => connectSerial(address, options),
  };
}

async function connectSerial(
  address: SerialAddress,
  { deadlineMs, signal }: { readonly deadlineMs: number; readonly signal?: AbortSignal },
): Promise<Result<ByteLine, Fault>> {
  const until = performance.now() + deadlineMs;
  let port: SerialPort;
  let library: SerialLibrary;
  try {
    library = await (address.load ?? (() => import('serialport')))();
  } catch (error) {
    return err(fault('device.missingLibrary', { detail: `serialport: ${describeError(error)}` }));
  }
  const found = await whereItIs(address, library);
  if (!found.ok) return found;
  if (signal?.aborted === true) return err(fault('device.cancelled'));
  const path = found.value;
  try {
    const { baudRate } = address;
    port = new library.SerialPort({ path, baudRate, autoOpen: false, lock: true });
  } catch (error) {
    return err(fault('device.misconfigured', { detail: describeError(error) }));
  }
  return new Promise((resolve) => {
    let settled = false;
    const settle = (result: Result<ByteLine, Fault>): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancel);
      resolve(result);
    };
    const cancel = (): void => {
      settle(err(fault('device.cancelled')));
    };
    const timer = setTimeout(
      () => {
        settle(err(fault('device.timeout', { detail: 'open' })));
      },
      Math.max(0, until - performance.now()),
    );
    signal?.addEventListener('abort', cancel, { once: true });
    port.open((error) => {
      if (error !== null) {
        settle(err(openFault(error)));
      } else if (settled) {
        // Too late: nobody waits for it, and an open port would stay locked.
        port.on('error', () => undefined);
        port.close(() => undefined);
      } else {
        settle(ok(openLine(port, path, address)));
      }
    });
  });
}

/** The port to open: as configured, or where the USB device that is meant is now. */
async function whereItIs(
  { path, usb }: SerialAddress,
  { SerialPort }: SerialLibrary,
): Promise<Result<string, Fault>> {
  if (usb === undefined) return ok(path);
  try {
    return await findSerialPort(path, usb, await SerialPort.list());
  } catch (error) {
    // on Linux for want of udev
    return err(fault('device.missingLibrary', { detail: `ports: ${describeError(error)}` }));
  }
}

function openLine(port: SerialPort, path: string, address: SerialAddress): ByteLine {
  const line = new StreamLine(port, {
    hangUp: () => {
      clearInterval(watch);
      return closePort(port);
    },
    writeTimeoutMs: address.writeTimeoutMs ?? 5_000,
  });
  // An adapter pulled out, or a far end that died, does not always give a 'close' event.
  const watch = setInterval(() => {
    if (process.platform === 'win32') return;
    access(path).catch(() => {
      line.end('the port no longer exists');
    });
  }, address.watchMs ?? 1_000);
  return line;
}

function openFault(error: Error): Fault {
  const detail = error.message;
  if (/lock|busy|resource temporarily unavailable|access denied/i.test(detail)) {
    return fault('device.busy', { detail });
  }
  if (/permission|EACCES|baud/i.test(detail)) return fault('device.misconfigured', { detail });
  return fault('device.offline', { detail });
}

/** Closes, but never waits longer than a second for a driver that hangs. */
function closePort(port: SerialPort): Promise<void> {
  return new Promise((resolve) => {
    if (!port.isOpen) {
      resolve();
      return;
    }
    const timer = setTimeout(resolve, 1_000);
    port.close(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
