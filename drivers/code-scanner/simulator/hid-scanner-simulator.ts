import { EventEmitter } from 'node:events';
import type { Result } from '../../../domain/result.ts';
import { err, ok } from '../../../domain/result.ts';
import type { HidDeviceInfo, HidLibrary } from '../../transport/hid.ts';
import { DATA_REPORT, HID_POS_SCANNER } from '../hid-report.ts';
import { AIM_IDS, encodeText, fromHex } from './commands.ts';
import type {
  CodeScannerCommand,
  CodeScannerSimulator,
  CodeScannerSimulatorState,
} from './commands.ts';

/** The reports of one code as an HID POS scanner sends them; when not `ended`, its last one never comes. */
export function dataReports(code: Uint8Array, aimId: string, ended = true): readonly Uint8Array[] {
  const reports: Uint8Array[] = [];
  const { dataBytes } = DATA_REPORT;
  for (let at = 0; at === 0 || at < code.length; at += dataBytes) {
    const data = code.subarray(at, at + dataBytes);
    const report = new Uint8Array(DATA_REPORT.bytes);
    report[0] = DATA_REPORT.id;
    report[DATA_REPORT.length] = data.length;
    report.set(Buffer.from(aimId, 'latin1'), DATA_REPORT.aimId);
    report.set(data, DATA_REPORT.data);
    report[DATA_REPORT.flags] = at + dataBytes < code.length || !ended ? 1 : 0;
    reports.push(report);
  }
  return reports;
}

const FACES: readonly HidDeviceInfo[] = [
  { vendorId: 0xfff1, productId: 1, path: 'simulated/0', usagePage: 0x01, usage: 0x06 },
  { vendorId: 0xfff1, productId: 1, path: 'simulated/1', ...HID_POS_SCANNER },
];

/** An open handle, as the library gives it. */
class SimulatedHandle extends EventEmitter {
  open = true;

  write(report: Buffer): Promise<number> {
    return this.open ? Promise.resolve(report.length) : Promise.reject(new Error('closed'));
  }

  close(): Promise<void> {
    this.open = false;
    return Promise.resolve();
  }
}

/** An HID POS scanner in place of the HID library: real reports, no kernel. It has a keyboard face as well. */
export class HidScannerSimulator implements CodeScannerSimulator {
  readonly deviceClass = 'codeScanner' as const;
  readonly #handles = new Set<SimulatedHandle>();
  #sending: Promise<void> = Promise.resolve();
  #dropAfter: { bytes: number; readonly forMs: number } | undefined;
  #unplugged: NodeJS.Timeout | undefined;
  #scans = 0;

  /** What the transport loads instead of node-hid. */
  readonly library: HidLibrary = {
    devicesAsync: () => Promise.resolve(this.#unplugged === undefined ? FACES : []),
    HIDAsync: { open: (path) => this.#open(path) },
  };

  close(): Promise<void> {
    clearTimeout(this.#unplugged);
    this.#handles.clear();
    return Promise.resolve();
  }

  state(): CodeScannerSimulatorState {
    return {
      scans: this.#scans,
      connections: [...this.#handles].filter((handle) => handle.open).length,
      refusing: this.#unplugged !== undefined,
      triggered: false,
    };
  }

  command(command: CodeScannerCommand): Result<void, string> {
    switch (command.do) {
      case 'scan': {
        const aimId = AIM_IDS[command.symbology ?? 'qr'];
        this.#send(dataReports(encodeText(command.text, command.encoding), aimId));
        this.#scans += 1;
        return ok(undefined);
      }
      case 'scanRaw': {
        const bytes = fromHex(command.hex);
        if (bytes === undefined) return err('hex must be bytes in hex');
        this.#send(dataReports(bytes, AIM_IDS.qr, command.ended));
        return ok(undefined);
      }
      case 'noise': {
        const bytes = fromHex(command.hex);
        if (bytes === undefined) return err('hex must be bytes in hex');
        this.#send([bytes]);
        return ok(undefined);
      }
      case 'dropLine': {
        const { forMs = 0, afterBytes } = command;
        if (afterBytes === undefined) this.#unplug(forMs);
        else this.#dropAfter = { bytes: afterBytes, forMs };
        return ok(undefined);
      }
    }
  }

  /** Sends in the order of the commands, a report in each turn of the loop. */
  #send(reports: readonly Uint8Array[]): void {
    this.#sending = this.#sending.then(async () => {
      for (const report of reports) {
        await new Promise(setImmediate);
        const drop = this.#dropAfter;
        if (drop !== undefined && drop.bytes < report.length) {
          this.#dropAfter = undefined;
          this.#unplug(drop.forMs);
          return;
        }
        if (drop !== undefined) drop.bytes -= report.length;
        for (const handle of this.#handles) {
          if (handle.open) handle.emit('data', Buffer.from(report));
        }
      }
    });
  }

  #unplug(forMs: number): void {
    for (const handle of this.#handles) {
      this.#handles.delete(handle);
      if (handle.open) handle.emit('error', new Error('could not read from HID device'));
    }
    clearTimeout(this.#unplugged);
    this.#unplugged = undefined;
    if (forMs <= 0) return;
    this.#unplugged = setTimeout(() => {
      this.#unplugged = undefined;
    }, forMs);
  }

  #open(path: string): Promise<SimulatedHandle> {
    if (this.#unplugged !== undefined || path !== 'simulated/1') {
      return Promise.reject(new Error(`cannot open device with path ${path}`));
    }
    const handle = new SimulatedHandle();
    this.#handles.add(handle);
    return Promise.resolve(handle);
  }
}
