import { EventEmitter, once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { HidHandle } from '../../transport/hid-line.ts';
import type { HidDeviceInfo, HidLibrary } from '../../transport/hid.ts';

const REPORT = 64;

/** How the simulated board lays its bytes into reports. */
export interface PartsHidOptions {
  readonly info?: Partial<HidDeviceInfo>;
  /** Most bytes that it puts into one report; default all that fit. */
  readonly perReport?: number;
  /** What fills a report up behind its bytes; default 0. */
  readonly padding?: number;
}

/**
 * The library node-hid with one board of terminal parts plugged in. The board is the simulator that listens on
 * a TCP port of 127.0.0.1; the reports are made here, from docs/terminal-parts.md, 11.
 */
export function simulatedHidBoard(
  port: number,
  { info, perReport = REPORT - 1, padding = 0 }: PartsHidOptions = {},
): HidLibrary {
  const device: HidDeviceInfo = {
    vendorId: 0x1209,
    productId: 0x0001,
    path: '/dev/hidraw9',
    serialNumber: 'P1',
    product: 'Terminal parts',
    usagePage: 0xff00,
    usage: 1,
    ...info,
  };
  return {
    devicesAsync: () => Promise.resolve([device]),
    HIDAsync: {
      open: async (path) => {
        if (path !== device.path) throw new Error(`cannot open device with path ${path}`);
        const socket = connect({ host: '127.0.0.1', port, noDelay: true });
        await once(socket, 'connect');
        return new Handle(socket, perReport, padding);
      },
    },
  };
}

class Handle extends EventEmitter implements HidHandle {
  readonly #socket: Socket;
  #closed = false;

  constructor(socket: Socket, perReport: number, padding: number) {
    super();
    this.#socket = socket;
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (!this.#closed) this.emit('error', new Error('could not read from HID device'));
    });
    socket.on('data', (bytes: Buffer) => {
      for (let at = 0; at < bytes.length; at += perReport) {
        const part = bytes.subarray(at, at + perReport);
        const report = Buffer.alloc(REPORT, padding);
        report.writeUInt8(part.length, 0);
        part.copy(report, 1);
        if (!this.#closed) this.emit('data', report);
      }
    });
  }

  /** From the host: the report id that is not on the wire, then 64 bytes. */
  write(report: Buffer): Promise<number> {
    const count = report[1] ?? 0;
    if (this.#closed || this.#socket.destroyed) {
      return Promise.reject(new Error('Cannot write to hid device'));
    }
    if (report.length !== 1 + REPORT || report[0] !== 0 || count >= REPORT) {
      return Promise.reject(new Error('this device has no such report'));
    }
    this.#socket.write(report.subarray(2, 2 + count));
    return Promise.resolve(report.length);
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#socket.destroy();
    return Promise.resolve();
  }
}
