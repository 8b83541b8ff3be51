import { EventEmitter } from 'node:events';
import type { HidHandle } from '../../transport/hid-line.ts';
import type { HidDeviceInfo, HidLibrary } from '../../transport/hid.ts';
import type { AttachedWire, SdtSimulator } from './sdt-simulator.ts';

const REPORT_BYTES = 64;

/** How the simulated device behaves beyond what the protocol says. */
export interface SdtHidOptions {
  readonly info?: Partial<HidDeviceInfo>;
  /** What fills a report up behind the answer; default 0. */
  readonly padding?: number;
  /** Bytes of the preamble that are lost, as some readers lose them; default 0. */
  readonly lostPreamble?: 0 | 1 | 2;
}

/**
 * The library node-hid, with one reader plugged in: vendor HID, reports of 64 bytes without a report id. At
 * its far end is the simulated reader.
 */
export function simulatedHidReader(
  simulator: SdtSimulator,
  { info, padding = 0, lostPreamble = 0 }: SdtHidOptions = {},
): HidLibrary {
  const device: HidDeviceInfo = {
    vendorId: 0x0400,
    productId: 0xc35a,
    path: '/dev/hidraw7',
    serialNumber: '',
    usagePage: 0xff00,
    usage: 1,
    ...info,
  };
  return {
    devicesAsync: () => Promise.resolve([device]),
    HIDAsync: {
      open: (path) =>
        path === device.path
          ? Promise.resolve(new Handle(simulator, padding, lostPreamble))
          : Promise.reject(new Error(`cannot open device with path ${path}`)),
    },
  };
}

class Handle extends EventEmitter implements HidHandle {
  readonly #wire: AttachedWire;
  readonly #padding: number;
  readonly #lost: number;
  #gone = false;
  #collected: number[] = [];
  /** Bytes of the frame that are still to come. */
  #left = 0;

  constructor(simulator: SdtSimulator, padding: number, lost: number) {
    super();
    this.#padding = padding;
    this.#lost = lost;
    this.#wire = simulator.attach({
      write: (bytes) => this.#send(bytes),
      hangUp: () => this.#hangUp(),
      gone: false,
    });
  }

  /** From the host: the report id that is not on the wire, then 64 bytes. */
  write(report: Buffer): Promise<number> {
    if (this.#gone) return Promise.reject(new Error('Cannot write to hid device'));
    if (report.length !== 1 + REPORT_BYTES || report[0] !== 0) {
      return Promise.reject(new Error('this device has no such report'));
    }
    this.#wire.receive(report.subarray(1));
    return Promise.resolve(report.length);
  }

  #hangUp(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#wire.detach();
    setImmediate(() => this.emit('error', new Error('could not read from HID device')));
  }

  close(): Promise<void> {
    this.#gone = true;
    this.#wire.detach();
    return Promise.resolve();
  }

  /** Reports follow each other without a gap up to the end of the frame; the last one is filled up. */
  #send(bytes: Uint8Array): void {
    if (bytes[0] === 0xaa && bytes[3] === 0x96 && bytes.length > 7) {
      this.#left = 7 + ((bytes[5] ?? 0) << 8) + (bytes[6] ?? 0);
      this.#collected.push(...bytes.subarray(this.#lost));
    } else {
      this.#collected.push(...bytes);
    }
    this.#left = Math.max(0, this.#left - bytes.length);
    const least = this.#left > 0 ? REPORT_BYTES : 1;
    while (this.#collected.length >= least) {
      const report = Buffer.alloc(REPORT_BYTES, this.#padding);
      report.set(this.#collected.splice(0, REPORT_BYTES));
      setImmediate(() => this.#gone || this.emit('data', report));
    }
  }
}
