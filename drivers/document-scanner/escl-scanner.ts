import { fault } from '../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../domain/device/fault.ts';
import type { DeviceStatus } from '../../domain/device/status.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { CommandOptions, DriverClock, Unsubscribe } from '../device.ts';
import { ToldHardware } from '../hardware.ts';
import { ToldStatus } from '../told-status.ts';
import { sleep } from '../transport/system-clock.ts';
import type { DocumentScanner, ScannedPage, ScanRequest, ScanSource } from './contract.ts';
import { CutOffJob } from './escl-cut-off.ts';
import { ESCL_LIMITS, EsclClient, type EsclFailure, type EsclLimits } from './escl-client.ts';
import { deviceStatusOf, failureFault } from './escl-faults.ts';
import { scanSettings } from './escl-settings.ts';
import type { EsclCapabilities, EsclStatus } from './escl-xml.ts';

/** How often an eSCL scanner is asked, in ms. */
export interface EsclTiming {
  /** Between two looks at a scanner that answers. */
  readonly pollMs: number;
  /** Between two tries to find one that does not; doubles up to `maxRetryMs`. */
  readonly firstRetryMs: number;
  readonly maxRetryMs: number;
  /** Looks in a row that must fail before a scanner that was there counts as gone. */
  readonly lossesBeforeGone: number;
}

const TIMING: EsclTiming = {
  pollMs: 3_000,
  firstRetryMs: 1_000,
  maxRetryMs: 30_000,
  lossesBeforeGone: 2,
};

/** What an eSCL scanner driver needs. */
export interface EsclScannerOptions {
  /** The eSCL root, for example `http://10.0.0.7/eSCL`. */
  readonly url: string;
  readonly clock: DriverClock;
  readonly timing?: Partial<EsclTiming>;
  readonly limits?: Partial<EsclLimits>;
}

/** Driver for network and USB (ipp-usb) scanners that speak eSCL: facts of Mopria eSCL and sane-airscan. */
export class EsclScanner implements DocumentScanner {
  readonly hardware = new ToldHardware();
  readonly #client: EsclClient;
  readonly #clock: DriverClock;
  readonly #timing: EsclTiming;
  readonly #told = new ToldStatus();
  readonly #closing = new AbortController();
  #found: EsclCapabilities | undefined;
  #sources: readonly ScanSource[] = [];
  /** What the scanner last said, without what this driver does at the moment. */
  #seen: DeviceStatus = { state: 'starting' };
  #scanning = false;
  #losses = 0;
  /** Jobs that could not be taken back because the line was down; they would keep the scanner busy. */
  readonly #orphans = new Set<string>();
  /** A job that the scanner may have made without our hearing of it. */
  #cutOff: CutOffJob | undefined;
  #queue: Promise<void> = Promise.resolve();
  #watch: Promise<void> | undefined;

  constructor(options: EsclScannerOptions) {
    this.#clock = options.clock;
    this.#timing = { ...TIMING, ...options.timing };
    this.#client = new EsclClient(new URL(options.url), options.clock, {
      ...ESCL_LIMITS,
      ...options.limits,
    });
  }

  get status(): DeviceStatus {
    return this.#told.now;
  }

  get capabilities(): { readonly sources: readonly ScanSource[] } {
    return { sources: this.#sources };
  }

  onStatus(listener: (status: DeviceStatus) => void): Unsubscribe {
    return this.#told.onStatus(listener);
  }

  /** Looks for the scanner once, then goes on looking by itself. */
  async open(): Promise<void> {
    if (this.#watch) return;
    const first = this.#look();
    this.#watch = first.then(() => this.#keepLooking());
    await first;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#queue;
    await this.#watch;
    await this.#client.close();
  }

  async scan(
    request: ScanRequest,
    onPage: (page: ScannedPage) => void,
    options: CommandOptions,
  ): Promise<Result<{ readonly pages: number }, Fault>> {
    const stop = new AbortController();
    let stoppedBy = fault('device.cancelled');
    const cancel = () => stop.abort();
    const noDeadline = this.#clock.after(options.deadlineMs, () => {
      stoppedBy = fault('device.timeout', { detail: 'deadline of the scan' });
      stop.abort();
    });
    for (const signal of [options.signal, this.#closing.signal]) {
      if (signal?.aborted) stop.abort();
      signal?.addEventListener('abort', cancel, { once: true });
    }
    const turn = await this.#takeTurn(stop.signal);
    const job: Job = { pages: 0 };
    try {
      const result = await this.#run(request, onPage, job, stop.signal);
      // A cancelled call can also end as 'gone' or 'gave a wrong answer'; the reason is the cancel.
      return result.ok || !stop.signal.aborted ? result : err(stoppedBy);
    } finally {
      noDeadline();
      options.signal?.removeEventListener('abort', cancel);
      this.#closing.signal.removeEventListener('abort', cancel);
      turn.end(job);
    }
  }

  /** Waits until earlier scans and their tidying up are done, or until the signal. */
  async #takeTurn(signal: AbortSignal): Promise<{ end(job: Job): void }> {
    const before = this.#queue;
    const mine = Promise.withResolvers<Job>();
    this.#queue = before.then(() => mine.promise).then((job) => this.#tidyUp(job));
    const stopped = Promise.withResolvers<undefined>();
    const wake = () => stopped.resolve(undefined);
    if (signal.aborted) wake();
    signal.addEventListener('abort', wake, { once: true });
    await Promise.race([before, stopped.promise]);
    signal.removeEventListener('abort', wake);
    return { end: (job) => mine.resolve(job) };
  }

  /** Takes the job back at the scanner. The caller has its answer already and does not wait for it. */
  async #tidyUp(job: Job): Promise<void> {
    if (!job.begun) return;
    if (job.path !== undefined && !(await this.#client.deleteJob(job.path))) {
      this.#orphans.add(job.path);
    }
    this.#scanning = false;
    // a job that may stand there is looked for also when the driver is closed
    const signal = this.#cutOff === undefined ? this.#closing.signal : new AbortController().signal;
    if (signal.aborted) this.#show();
    else await this.#look(signal);
  }

  async #run(
    request: ScanRequest,
    onPage: (page: ScannedPage) => void,
    job: Job,
    signal: AbortSignal,
  ): Promise<Result<{ readonly pages: number }, Fault>> {
    if (signal.aborted) return err(fault('device.cancelled'));
    if (!this.#found) await this.#look(signal);
    const found = this.#found;
    if (!found) return err(this.#seen.fault ?? fault('device.offline'));
    const caps = found.inputs[request.source];
    if (!caps) return err(fault('device.unsupported', { detail: `no ${request.source}` }));
    const asked = this.#clock.now();
    const before = await this.#askStatus(signal);
    if (!before.ok) {
      this.#lost(before.error);
      return err(failureFault(before.error));
    }
    const hindrance = this.#hindrance(before.value, request.source);
    if (hindrance) return err(hindrance);
    job.begun = true;
    this.#scanning = true;
    this.#show();
    this.#cutOff = undefined;
    const created = await this.#client.createJob(
      scanSettings(request, caps),
      found.version,
      signal,
    );
    if (!created.ok) {
      if (created.error.mayStand === true) {
        this.#cutOff = CutOffJob.after(before.value, asked, this.#clock.now());
      }
      return this.#broken(created.error, request.source, job, signal);
    }
    job.path = created.value;
    const most = request.source === 'flatbed' ? 1 : Math.max(1, Math.floor(request.maxPages));
    while (job.pages < most) {
      const page = await this.#client.nextPage(job.path, signal);
      if (!page.ok) return this.#broken(page.error, request.source, job, signal);
      if (page.value === undefined) return this.#ended(request.source, job, signal);
      job.pages += 1;
      onPage({ mediaType: 'image/jpeg', bytes: page.value });
    }
    return ok({ pages: job.pages });
  }

  /** Why a scan need not even be tried. */
  #hindrance(status: EsclStatus, source: ScanSource): Fault | undefined {
    this.#saw(status);
    // A jam in the feeder does not keep most devices from scanning on the glass: they say so if it does.
    const isDown = status.state === 'Stopped' || status.state === 'Down';
    if (source === 'flatbed') return isDown ? this.#seen.fault : undefined;
    return this.#seen.fault ?? (this.#seen.paper === 'out' ? fault('scanner.noPaper') : undefined);
  }

  /** A call of the job gave an error: the scanner's status names the fault better than HTTP does. */
  async #broken(
    failure: EsclFailure,
    source: ScanSource,
    job: Job,
    signal: AbortSignal,
  ): Promise<Result<{ readonly pages: number }, Fault>> {
    if (failure.kind !== 'http') return err(failureFault(failure));
    const status = await this.#client.status(signal);
    if (status.ok) {
      this.#saw(status.value);
      const named = this.#seen.fault ?? jobFault(status.value, job);
      if (named) return err(named);
      if (source === 'feeder' && this.#seen.paper === 'out' && failure.status === 409) {
        // AirSane once said 409 at the end of the paper, where 404 belongs.
        return job.pages > 0 ? ok({ pages: job.pages }) : err(fault('scanner.noPaper'));
      }
    }
    return err(failureFault(failure));
  }

  /** 404: no more pages. It is also what some devices say after a jam, so their status is asked. */
  async #ended(
    source: ScanSource,
    job: Job,
    signal: AbortSignal,
  ): Promise<Result<{ readonly pages: number }, Fault>> {
    const status = await this.#client.status(signal);
    if (status.ok) {
      this.#saw(status.value);
      const named = this.#seen.fault ?? jobFault(status.value, job);
      if (named) return err(named);
    }
    if (job.pages > 0) return ok({ pages: job.pages });
    return err(
      source === 'feeder'
        ? fault('scanner.noPaper')
        : fault('scanner.hardware', { detail: 'the job gave no page' }),
    );
  }

  async #keepLooking(): Promise<void> {
    let retryMs = this.#timing.firstRetryMs;
    while (!this.#closing.signal.aborted) {
      const pause = this.#found ? this.#timing.pollMs : retryMs;
      retryMs = this.#found
        ? this.#timing.firstRetryMs
        : Math.min(retryMs * 2, this.#timing.maxRetryMs);
      await sleep(this.#clock, pause, this.#closing.signal);
      if (!this.#scanning) await this.#look();
    }
  }

  /** Asks the scanner what it is (when newly found) and how it is. */
  async #look(signal: AbortSignal = this.#closing.signal): Promise<void> {
    if (!this.#found) {
      const found = await this.#client.capabilities(signal);
      if (!found.ok) {
        this.#lost(found.error);
        return;
      }
      this.#sources = (['flatbed', 'feeder'] as const).filter((one) => found.value.inputs[one]);
      const status = await this.#askStatus(signal);
      if (status.ok) {
        this.#found = found.value;
        const { model, serialNumber } = found.value;
        this.hardware.told({ model, serialNumber });
        this.#saw(status.value);
      } else this.#lost(status.error);
      return;
    }
    const status = await this.#askStatus(signal);
    if (status.ok) this.#saw(status.value);
    else this.#lost(status.error);
  }

  async #askStatus(signal?: AbortSignal): Promise<Result<EsclStatus, EsclFailure>> {
    const cutOff = this.#cutOff;
    const asked = this.#clock.now();
    const status = await this.#client.status(signal);
    if (!status.ok) return status;
    // an answer to an earlier question says nothing of it
    if (cutOff !== undefined && cutOff === this.#cutOff) {
      const found = cutOff.look(status.value, asked, this.#clock.now());
      if (found.is === 'ours') this.#orphans.add(found.path);
      if (found.is !== 'notYet') this.#cutOff = undefined;
    }
    if (this.#orphans.size === 0) return status;
    for (const path of [...this.#orphans]) {
      // whoever else looks meanwhile does not do it once more
      this.#orphans.delete(path);
      if (!(await this.#client.deleteJob(path))) this.#orphans.add(path);
    }
    return this.#client.status(signal);
  }

  #saw(status: EsclStatus): void {
    this.#losses = 0;
    this.#seen = deviceStatusOf(status);
    this.#show();
  }

  #lost(failure: EsclFailure): void {
    if (failure.kind === 'cancelled') return;
    this.#losses += 1;
    if (this.#found && this.#losses < this.#timing.lossesBeforeGone) {
      this.#show();
      return;
    }
    this.#found = undefined;
    const named = failureFault(failure);
    if (failure.kind === 'timeout' || failure.kind === 'unreachable') {
      this.#seen = { state: 'offline', fault: named };
    } else if (named.code === 'device.busy') {
      this.#seen = { state: 'deviceBusy', fault: named };
    } else if (named.code === 'scanner.hardware') {
      this.#seen = { state: 'hardwareError', fault: named };
    } else {
      // Something answers there, but not as a scanner does.
      this.#seen = { state: 'unknown', fault: named };
    }
    this.#show();
  }

  #show(): void {
    const seen = this.#seen;
    const busy = this.#scanning && seen.state === 'online';
    this.#told.tell(busy ? { ...seen, state: 'deviceBusy' } : seen);
  }
}

/** One scan as it goes. */
interface Job {
  pages: number;
  begun?: boolean;
  path?: string;
}

function jobFault(status: EsclStatus, job: Job): Fault | undefined {
  const state = status.jobs.find((one) => one.path === job.path)?.state;
  if (state === 'Canceled') return fault('device.cancelled', { vendorCode: state });
  if (state === 'Aborted') return fault('scanner.hardware', { vendorCode: state });
  return undefined;
}
