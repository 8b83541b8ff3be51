import { fault, type FaultCode } from '../../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../../domain/device/fault.ts';
import { DEVICE_CLASSES, type DeviceClass } from '../../../domain/device/status.ts';
import { err, ok, type Result } from '../../../domain/result.ts';
import type { CommandOptions } from '../../../drivers/device.ts';
import type { ScannedPage, ScanSource } from '../../../drivers/document-scanner/contract.ts';
import type { IdCardEvent } from '../../../drivers/id-card/contract.ts';
import type { PrintOutcome } from '../../../drivers/receipt-printer/contract.ts';
import type { DevicesConfig } from '../../../kiosk-config/index.ts';
import type { FromHost, ToHost } from '../../device-host/protocol.ts';
import type { Clock, Processes } from '../ports.ts';
import type { CoreIdCard, CorePrinter, CoreScanner, Devices } from './contract.ts';
import { HOST_TIMINGS, HostProcess, type HostTimings } from './host-process.ts';
import { StatusHolder } from './status-holder.ts';

/** What the devices live on. */
export interface DevicesOptions {
  readonly processes: Processes;
  readonly clock: Clock;
  readonly devices: DevicesConfig['devices'];
  /** Absolute path of the device host's entry. */
  readonly entry: string;
  readonly timings?: Partial<HostTimings>;
}

/** A host must end a command by its deadline; one that is later by so much hangs. */
const GRACE_MS = 5_000;

type Job =
  | { readonly type: 'print'; readonly end: (outcome: PrintOutcome) => void }
  | {
      readonly type: 'scan';
      readonly onPage: (page: ScannedPage) => void;
      readonly end: (result: Result<{ readonly pages: number }, Fault>) => void;
    };

/** Opens the devices: starts the device host and keeps it running until `close`. */
export function openDevices(options: DevicesOptions): Devices {
  return new HostedDevices(options);
}

class HostedDevices implements Devices {
  readonly #options: DevicesOptions;
  readonly #holders: Readonly<Record<DeviceClass, StatusHolder>>;
  readonly #cardListeners = new Set<(event: IdCardEvent) => void>();
  readonly #jobs = new Map<number, Job>();
  #devices: DevicesConfig['devices'];
  #host: HostProcess | undefined;
  #earlierRestarts = 0;
  #nextId = 1;
  #sources: readonly ScanSource[] = [];
  #readingCard = false;

  constructor(options: DevicesOptions) {
    this.#options = options;
    const holder = (device: DeviceClass): StatusHolder =>
      new StatusHolder({ state: options.devices[device] === null ? 'noDevice' : 'starting' });
    this.#holders = {
      idCard: holder('idCard'),
      receiptPrinter: holder('receiptPrinter'),
      documentScanner: holder('documentScanner'),
    };
    this.#devices = options.devices;
    this.#startHost();
  }

  get hostStartedAt(): number {
    return this.#host?.startedAt ?? 0;
  }

  get restarts(): number {
    return this.#earlierRestarts + (this.#host?.restarts ?? 0);
  }

  get idCard(): CoreIdCard {
    const holder = this.#holders.idCard;
    return {
      get status() {
        return holder.status;
      },
      onStatus: (listener) => holder.onStatus(listener),
      onEvent: (listener) => {
        this.#cardListeners.add(listener);
        return () => {
          this.#cardListeners.delete(listener);
        };
      },
    };
  }

  get receiptPrinter(): CorePrinter {
    const holder = this.#holders.receiptPrinter;
    return {
      get status() {
        return holder.status;
      },
      onStatus: (listener) => holder.onStatus(listener),
      print: (document, options) =>
        new Promise<PrintOutcome>((resolve) => {
          const refused = this.#refusal('receiptPrinter');
          if (refused !== undefined) {
            resolve({ outcome: 'failed', fault: fault(refused) });
            return;
          }
          this.#run({ type: 'print', end: resolve }, options, (id) => ({
            type: 'print',
            id,
            document,
            deadlineMs: options.deadlineMs,
          }));
        }),
    };
  }

  get documentScanner(): CoreScanner {
    const holder = this.#holders.documentScanner;
    const sources = (): readonly ScanSource[] => this.#sources;
    return {
      get status() {
        return holder.status;
      },
      get sources() {
        return sources();
      },
      onStatus: (listener) => holder.onStatus(listener),
      scan: (request, onPage, options) =>
        new Promise<Result<{ readonly pages: number }, Fault>>((resolve) => {
          const refused = this.#refusal('documentScanner');
          if (refused !== undefined) {
            resolve(err(fault(refused)));
            return;
          }
          this.#run({ type: 'scan', onPage, end: resolve }, options, (id) => ({
            type: 'scan',
            id,
            request,
            deadlineMs: options.deadlineMs,
          }));
        }),
    };
  }

  async reconfigure(devices: DevicesConfig['devices']): Promise<void> {
    const before = this.#host;
    this.#earlierRestarts = this.restarts;
    this.#host = undefined;
    this.#devices = devices;
    this.#sources = [];
    for (const job of [...this.#jobs.values()]) endJob(job, 'device.hostDown', 'unknown');
    for (const device of DEVICE_CLASSES) {
      this.#holders[device].set({ state: devices[device] === null ? 'noDevice' : 'starting' });
    }
    await before?.close();
    this.#startHost();
  }

  async close(): Promise<void> {
    await this.#host?.close();
  }

  #startHost(): void {
    const devices = this.#devices;
    // a terminal without any device needs no host either
    if (DEVICE_CLASSES.every((device) => devices[device] === null)) return;
    // what a host that was replaced still says counts no more
    const current = (): boolean => this.#host === host;
    const host: HostProcess = new HostProcess(
      this.#options,
      {
        configure: () => ({ type: 'configure', devices }),
        onMessage: (message) => current() && this.#heard(message),
        onDown: () => current() && this.#down(),
      },
      { ...HOST_TIMINGS, ...this.#options.timings },
    );
    this.#host = host;
  }

  #refusal(device: DeviceClass): FaultCode | undefined {
    if (this.#devices[device] === null) return 'device.unsupported';
    return this.#host === undefined ? 'device.hostDown' : undefined;
  }

  #run(job: Job, options: CommandOptions, message: (id: number) => ToHost): void {
    const id = this.#nextId++;
    if (options.signal?.aborted === true) {
      endJob(job, 'device.cancelled', 'failed');
      return;
    }
    if (this.#host?.send(message(id)) !== true) {
      endJob(job, 'device.hostDown', 'failed');
      return;
    }
    const onAbort = (): void => {
      this.#host?.send({ type: 'cancel', id });
    };
    options.signal?.addEventListener('abort', onAbort, { once: true });
    const cancelGuard = this.#options.clock.after(options.deadlineMs + GRACE_MS, () => {
      this.#host?.kill();
    });
    this.#jobs.set(
      id,
      withCleanup(job, () => {
        cancelGuard();
        options.signal?.removeEventListener('abort', onAbort);
        this.#jobs.delete(id);
      }),
    );
  }

  #heard(message: FromHost): void {
    switch (message.type) {
      case 'status':
        this.#holders[message.device].set(message.status);
        break;
      case 'sources':
        this.#sources = message.sources;
        break;
      case 'card':
        this.#card(message.event);
        break;
      case 'page': {
        const job = this.#jobs.get(message.id);
        if (job?.type !== 'scan') break;
        job.onPage({ mediaType: 'image/jpeg', bytes: message.bytes });
        break;
      }
      case 'printed': {
        const job = this.#jobs.get(message.id);
        if (job?.type === 'print') job.end(message.outcome);
        break;
      }
      case 'scanned': {
        const job = this.#jobs.get(message.id);
        if (job?.type !== 'scan') break;
        job.end(message.fault === undefined ? ok({ pages: message.pages }) : err(message.fault));
        break;
      }
      case 'pong':
        break;
    }
  }

  #card(event: IdCardEvent): void {
    this.#readingCard = event.type === 'reading';
    for (const listener of [...this.#cardListeners]) listener(event);
  }

  /** Everything the host held ends truthfully: a print may or may not have gone through. */
  #down(): void {
    for (const device of DEVICE_CLASSES) {
      if (this.#devices[device] === null) continue;
      this.#holders[device].set({ state: 'unknown', fault: fault('device.hostDown') });
    }
    for (const job of [...this.#jobs.values()]) endJob(job, 'device.hostDown', 'unknown');
    if (this.#readingCard) this.#card({ type: 'failed', fault: fault('device.hostDown') });
  }
}

function endJob(job: Job, code: FaultCode, outcome: 'failed' | 'unknown'): void {
  if (job.type === 'print') job.end({ outcome, fault: fault(code) });
  else job.end(err(fault(code)));
}

function withCleanup(job: Job, cleanup: () => void): Job {
  if (job.type === 'print') {
    return {
      type: 'print',
      end: (outcome) => {
        cleanup();
        job.end(outcome);
      },
    };
  }
  return {
    type: 'scan',
    onPage: job.onPage,
    end: (result) => {
      cleanup();
      job.end(result);
    },
  };
}
