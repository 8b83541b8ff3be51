import { fault } from '../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../domain/device/fault.ts';
import type { DeviceStatus } from '../../domain/device/status.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { DriverClock, Unsubscribe } from '../device.ts';
import { ToldStatus } from '../told-status.ts';
import { systemChildProcesses, type ChildProcesses } from '../transport/child-process.ts';
import { sleep } from '../transport/system-clock.ts';
import type {
  DocumentScanner,
  ScannedPage,
  ScanOptions,
  ScanRequest,
  ScanSource,
} from './contract.ts';
import { isDeviceOption, settingsArguments, type SaneCapabilities } from './sane-options.ts';
import { makePagePipes } from './sane-page-pipes.ts';
import { askCapabilities, saneEnvironment } from './sane-program.ts';
import { startBatch, type BatchEnd, type RunningBatch } from './sane-run.ts';

/** How often a SANE scanner is asked and how long things may take, in ms. */
export interface SaneTiming {
  /** Between two looks at a scanner that answers; a look opens the device. */
  readonly pollMs: number;
  /** Between two tries to find one that does not; doubles up to `maxRetryMs`. */
  readonly firstRetryMs: number;
  readonly maxRetryMs: number;
  /** Opening the device and reading its options. */
  readonly lookMs: number;
  /** SANE cannot be asked whether a jam was cleared: a fault that a scan met is shown for so long. */
  readonly faultShownMs: number;
  /** What scanimage gets for ending by itself, and again after SIGTERM, before SIGKILL. */
  readonly stopMs: number;
  /** A scan of which nothing is heard for so long is given up; lamps warm up in less. */
  readonly stalledMs: number;
  /** Looks in a row that must fail before a scanner that was there counts as gone. */
  readonly lossesBeforeGone: number;
}

const TIMING: SaneTiming = {
  pollMs: 15_000,
  firstRetryMs: 1_000,
  maxRetryMs: 30_000,
  lookMs: 15_000,
  faultShownMs: 20_000,
  stopMs: 3_000,
  stalledMs: 60_000,
  lossesBeforeGone: 2,
};

/** What a SANE scanner driver needs. */
export interface SaneScannerOptions {
  /** SANE's name for the device, as `scanimage -L` gives it. */
  readonly device: string;
  /** Options of the backend that are set for every scan, by name without dashes. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Where SANE's configuration lies, where that is not /etc/sane.d. */
  readonly configDir?: string;
  readonly clock: DriverClock;
  readonly processes?: ChildProcesses;
  readonly timing?: Partial<SaneTiming>;
  /** Default 48 MiB, as of eSCL. */
  readonly maxPageBytes?: number;
}

const MOST_PAGES = 200;

/**
 * Driver for the scanners of SANE, through its program `scanimage` (Linux): sane-backends 1.1. Each page
 * comes through a pipe into memory; nothing of it touches a disk.
 */
export class SaneScanner implements DocumentScanner {
  readonly #device: string;
  /** Reached through SANE's own network daemon. */
  readonly #overNet: boolean;
  readonly #settings: readonly string[];
  readonly #environment: Readonly<Record<string, string>>;
  readonly #clock: DriverClock;
  readonly #processes: ChildProcesses;
  readonly #timing: SaneTiming;
  readonly #maxPageBytes: number;
  readonly #told = new ToldStatus();
  readonly #closing = new AbortController();
  #found: SaneCapabilities | undefined;
  #sources: readonly ScanSource[] = [];
  /** What is known of the scanner, without what this driver does at the moment. */
  #seen: DeviceStatus = { state: 'starting' };
  /** What the last scan met, and until when it is shown. */
  #met: { readonly status: DeviceStatus; readonly until: number } | undefined;
  #scanning = false;
  #losses = 0;
  #looking: Promise<Fault | undefined> | undefined;
  #queue: Promise<void> = Promise.resolve();
  #watch: Promise<void> | undefined;

  /** @throws RangeError when a setting is an option of scanimage itself */
  constructor(options: SaneScannerOptions) {
    this.#device = `--device-name=${options.device}`;
    this.#overNet = options.device.startsWith('net:');
    this.#settings = Object.entries(options.settings ?? {}).map(([name, value]) => {
      if (!isDeviceOption(name)) throw new RangeError(`no option of a device: ${name}`);
      return `--${name}=${value}`;
    });
    this.#environment = saneEnvironment(options.configDir);
    this.#clock = options.clock;
    this.#processes = options.processes ?? systemChildProcesses;
    this.#timing = { ...TIMING, ...options.timing };
    this.#maxPageBytes = options.maxPageBytes ?? 48 * 1024 * 1024;
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
  }

  async scan(
    request: ScanRequest,
    onPage: (page: ScannedPage) => void,
    options: ScanOptions,
  ): Promise<Result<{ readonly pages: number }, Fault>> {
    const stop = new AbortController();
    let stoppedBy = fault('device.cancelled');
    const cancel = (): void => stop.abort();
    const noDeadline = this.#clock.after(options.deadlineMs, () => {
      stoppedBy = fault('device.timeout', { detail: 'deadline of the scan' });
      stop.abort();
    });
    for (const signal of [options.signal, this.#closing.signal]) {
      if (signal?.aborted) stop.abort();
      signal?.addEventListener('abort', cancel, { once: true });
    }
    const turn = await this.#takeTurn(stop.signal);
    const job: Job = { tidyUp: [] };
    try {
      const result = await this.#run(request, onPage, options, job, stop.signal);
      // A cancelled program can end in many ways; the reason is the cancel.
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
    await orAborted(before, signal);
    return { end: (job) => mine.resolve(job) };
  }

  /** Makes the device free. The caller has its answer already and does not wait for it. */
  async #tidyUp(job: Job): Promise<void> {
    for (const step of job.tidyUp.reverse()) await step();
    this.#scanning = false;
    if (job.doubtful && !this.#closing.signal.aborted) await this.#look();
    else this.#show();
  }

  async #run(
    request: ScanRequest,
    onPage: (page: ScannedPage) => void,
    options: ScanOptions,
    job: Job,
    signal: AbortSignal,
  ): Promise<Result<{ readonly pages: number }, Fault>> {
    if (signal.aborted) return err(fault('device.cancelled'));
    // A look holds the device open.
    if (this.#looking || !this.#found) await orAborted(this.#look(), signal);
    if (isAborted(signal)) return err(fault('device.cancelled'));
    const found = this.#found;
    if (!found) return err(this.#seen.fault ?? fault('device.offline'));
    if (found.sources[request.source] === undefined) {
      return err(fault('device.unsupported', { detail: `no ${request.source}` }));
    }
    const most = request.source === 'flatbed' ? 1 : Math.max(1, Math.floor(request.maxPages));
    const pages = Math.min(most, MOST_PAGES);
    this.#scanning = true;
    this.#show();
    const pipes = await makePagePipes(this.#processes, this.#clock, pages, signal);
    if (!pipes.ok) return pipes;
    job.tidyUp.push(() => pipes.value.remove());
    const batch = await startBatch({
      processes: this.#processes,
      clock: this.#clock,
      environment: this.#environment,
      settings: [this.#device, ...settingsArguments(request, found), ...this.#settings],
      pipes: pipes.value,
      pages,
      maxPageBytes: this.#maxPageBytes,
      stalledMs: this.#timing.stalledMs,
      onPage,
      onProgress: (progress) => options.onProgress?.(progress),
      signal,
    });
    if (!batch.ok) return batch;
    job.tidyUp.push(() => batch.value.stop(this.#timing.stopMs));
    const end = await batch.value.end;
    if (!end.fault) {
      this.#met = undefined;
      return ok({ pages: end.pages });
    }
    if (isAborted(signal)) return err(end.fault);
    job.doubtful = true;
    return err(await this.#explain(end.fault, end, batch.value));
  }

  /**
   * What a failure means for the scanner as a whole: an I/O error or a strange end may be a line that is gone.
   * Then it is asked whether it can still be opened. Behind a saned a strange end is the line's own, also if
   * it is back by now; an I/O error may be the scanner's.
   */
  async #explain(
    named: Fault,
    { failure, strange }: BatchEnd,
    batch: RunningBatch,
  ): Promise<Fault> {
    if (failure?.during === 'open') {
      this.#gone(named);
      return named;
    }
    if (strange === true || failure?.status === 'IO_ERROR') {
      // saned takes a second client: it is asked at once, before a line that broke can be back
      if (!this.#overNet) await batch.stop(this.#timing.stopMs);
      const lost = await this.#look();
      const { vendorCode } = named;
      const broke =
        this.#overNet && (lost === undefined || lost.code === 'device.busy')
          ? strange === true
            ? fault('device.offline', {
                detail: 'the line to saned broke',
                ...(vendorCode === undefined ? {} : { vendorCode }),
              })
            : undefined
          : lost;
      if (broke) {
        this.#gone(broke);
        return broke;
      }
    }
    const state =
      named.code === 'scanner.hardware'
        ? 'hardwareError'
        : named.code === 'scanner.jam' || named.code === 'scanner.coverOpen'
          ? 'userError'
          : undefined;
    if (state) {
      const paper = named.code === 'scanner.jam' ? ({ paper: 'jammed' } as const) : this.#paper();
      const until = this.#clock.now() + this.#timing.faultShownMs;
      this.#met = { status: { state, ...paper, fault: named }, until };
      // At once: tidying up and the look after it may take longer than it is shown.
      this.#show();
    }
    return named;
  }

  async #keepLooking(): Promise<void> {
    let retryMs = this.#timing.firstRetryMs;
    while (!this.#closing.signal.aborted) {
      const left = this.#met ? Math.max(0, this.#met.until - this.#clock.now()) : Infinity;
      const pause = this.#found ? Math.min(this.#timing.pollMs, left + 1) : retryMs;
      retryMs = this.#found
        ? this.#timing.firstRetryMs
        : Math.min(retryMs * 2, this.#timing.maxRetryMs);
      await sleep(this.#clock, pause, this.#closing.signal);
      if (!this.#scanning && !isAborted(this.#closing.signal)) await this.#look();
    }
  }

  /** Opens the device and asks for its options; one look at a time. The value is why it failed. */
  #look(): Promise<Fault | undefined> {
    this.#looking ??= this.#lookOnce().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #lookOnce(): Promise<Fault | undefined> {
    const answer = await askCapabilities(this.#processes, {
      device: this.#device,
      environment: this.#environment,
      clock: this.#clock,
      limitMs: this.#timing.lookMs,
      signal: this.#closing.signal,
    });
    if (!answer.ok) {
      this.#lost(answer.error);
      return answer.error;
    }
    this.#losses = 0;
    this.#found = answer.value;
    this.#sources = (['flatbed', 'feeder'] as const).filter(
      (one) => answer.value.sources[one] !== undefined,
    );
    if (this.#met && this.#clock.now() >= this.#met.until) this.#met = undefined;
    this.#seen = answer.value.coverOpen
      ? { state: 'userError', ...this.#paper(), fault: fault('scanner.coverOpen') }
      : { state: 'online', ...this.#paper() };
    this.#show();
    return undefined;
  }

  /** Paper in the feeder, where there is one. Most backends cannot tell. */
  #paper(): Pick<DeviceStatus, 'paper'> {
    if (!this.#sources.includes('feeder')) return {};
    const loaded = this.#found?.pageLoaded;
    return { paper: loaded === undefined ? 'unknown' : loaded ? 'full' : 'out' };
  }

  #lost(named: Fault): void {
    if (named.code === 'device.cancelled') return;
    this.#losses += 1;
    if (this.#found && this.#losses < this.#timing.lossesBeforeGone) this.#show();
    else this.#gone(named);
  }

  #gone(named: Fault): void {
    this.#found = undefined;
    this.#met = undefined;
    this.#seen = { state: named.code === 'device.busy' ? 'deviceBusy' : 'offline', fault: named };
    this.#show();
  }

  #show(): void {
    const seen = this.#seen.state === 'online' && this.#met ? this.#met.status : this.#seen;
    const busy = this.#scanning && seen.state === 'online';
    this.#told.tell(busy ? { ...seen, state: 'deviceBusy' } : seen);
  }
}

/** What a scan leaves behind, to be put away in the opposite order; doubtful when it failed. */
interface Job {
  readonly tidyUp: (() => Promise<void>)[];
  doubtful?: boolean;
}

/** Asked anew after every wait; the compiler takes a property for what it was. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

async function orAborted(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  const aborted = Promise.withResolvers<undefined>();
  const wake = (): void => aborted.resolve(undefined);
  if (signal.aborted) wake();
  signal.addEventListener('abort', wake, { once: true });
  await Promise.race([work, aborted.promise]);
  signal.removeEventListener('abort', wake);
}
