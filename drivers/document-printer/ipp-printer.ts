import { fault } from '../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../domain/device/fault.ts';
import type { DeviceStatus } from '../../domain/device/status.ts';
import type { CommandOptions, DriverClock, Unsubscribe } from '../device.ts';
import { ToldHardware } from '../hardware.ts';
import { ToldStatus } from '../told-status.ts';
import { sleep } from '../transport/system-clock.ts';
import { Turns } from '../turns.ts';
import type {
  DocumentPrinter,
  DocumentPrinterCapabilities,
  DocumentPrintRequest,
  PrintOutcome,
  Supply,
} from './contract.ts';
import { IPP_LIMITS, IppClient, type IppLimits, type IppTicket } from './ipp-client.ts';
import { failureFault, printerFault, type IppFailure } from './ipp-faults.ts';
import { runIppJob, takeBack, type IppJobTiming, type OrphanJob } from './ipp-job.ts';
import { deviceStatusOf, factsOf, identityOf, type IppPrinterFacts } from './ipp-status.ts';
import { suppliesOf } from './ipp-supplies.ts';
import { JobLimit } from './job-limit.ts';

/** How often an IPP printer is asked, in ms. */
export interface IppTiming extends IppJobTiming {
  /** Between two looks at a printer that answers. */
  readonly pollMs: number;
  /** Between two tries to find one that does not; doubles up to `maxRetryMs`. */
  readonly firstRetryMs: number;
  readonly maxRetryMs: number;
  /** Looks in a row that must fail before a printer that was there counts as gone. */
  readonly lossesBeforeGone: number;
}

const TIMING: IppTiming = {
  pollMs: 5_000,
  firstRetryMs: 1_000,
  maxRetryMs: 30_000,
  lossesBeforeGone: 2,
  jobPollMs: 700,
  busyRetryMs: 2_000,
  busyTries: 10,
  stopPatienceMs: 4_000,
  holdPatienceMs: 10_000,
  graceMs: 5_000,
};

/** What an IPP printer driver needs. */
export interface IppPrinterOptions {
  /** `ipp://10.0.0.8/ipp/print`, or with ipps, http or https; a CUPS queue is `…:631/printers/NAME`. */
  readonly url: string;
  readonly clock: DriverClock;
  /** SHA-256 fingerprint of the printer's certificate, hex; for printers that sign their own. */
  readonly certificateSha256?: string;
  /**
   * Letters and digits that only this terminal prints under, at every start. What the queue still holds of it
   * when the driver is opened was left by one that was killed: it is called off. Without it nothing is.
   */
  readonly owner?: string;
  readonly timing?: Partial<IppTiming>;
  readonly limits?: Partial<IppLimits>;
}

const NOTHING_KNOWN: DocumentPrinterCapabilities = {
  formats: [],
  duplex: false,
  colour: false,
  media: [],
};
const A4 = 'iso_a4_210x297mm';
const MOST_COPIES = 99;
/** A job is named so when it belongs to no receipt. */
const ANY_JOB = 'bianmin';
const PDF = 'application/pdf';

/** Driver for printers that speak IPP over HTTP and take PDF: IPP Everywhere, AirPrint 2 and CUPS. */
export class IppPrinter implements DocumentPrinter {
  readonly hardware = new ToldHardware();
  readonly #client: IppClient;
  readonly #clock: DriverClock;
  readonly #timing: IppTiming;
  readonly #limits: IppLimits;
  readonly #told = new ToldStatus({ state: 'starting', paper: 'unknown' });
  readonly #closing = new AbortController();
  #facts: IppPrinterFacts | undefined;
  #supplies: readonly Supply[] = [];
  #isPrinting = false;
  #losses = 0;
  #lostBy: Fault | undefined;
  #orphans: readonly OrphanJob[] = [];
  /** Whether it is known what an earlier driver left in the queue. */
  #isSwept: boolean;
  readonly #turns = new Turns();
  #watch: Promise<void> | undefined;

  /** Throws a TypeError when the URL is no address of a printer. */
  constructor(options: IppPrinterOptions) {
    this.#clock = options.clock;
    this.#timing = { ...TIMING, ...options.timing };
    this.#limits = { ...IPP_LIMITS, ...options.limits };
    this.#client = new IppClient(options.url, options.clock, this.#limits, options);
    this.#isSwept = options.owner === undefined;
  }

  get status(): DeviceStatus {
    return this.#told.now;
  }

  get capabilities(): DocumentPrinterCapabilities {
    if (this.#facts === undefined) return NOTHING_KNOWN;
    const { formats, duplex, colour, media } = this.#facts;
    return { formats, duplex, colour, media };
  }

  get supplies(): readonly Supply[] {
    return this.#supplies;
  }

  onStatus(listener: (status: DeviceStatus) => void): Unsubscribe {
    return this.#told.onStatus(listener);
  }

  /** Looks for the printer once, then goes on looking by itself. */
  async open(): Promise<void> {
    if (this.#watch) return;
    const first = this.#look(this.#closing.signal);
    this.#watch = first.then(() => this.#keepLooking());
    await first;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#turns.take(() => Promise.resolve());
    await this.#watch;
    this.#supplies = [];
    this.#told.tell({ state: 'offline', paper: 'unknown', fault: fault('device.offline') });
  }

  async print(request: DocumentPrintRequest, options: CommandOptions): Promise<PrintOutcome> {
    if (this.#closing.signal.aborted) return failed(fault('device.offline'));
    const limit = new JobLimit(this.#clock, options, this.#closing.signal, this.#timing.graceMs);
    const turn = this.#turns.take(() => this.#print(request, limit));
    // The caller has the answer before the last look.
    this.#turns.take(() => this.#rest()).catch(() => undefined);
    try {
      return await Promise.race([turn, limit.whileWaiting().then(failed)]);
    } finally {
      limit.end();
    }
  }

  async #print(request: DocumentPrintRequest, limit: JobLimit): Promise<PrintOutcome> {
    if (!limit.start()) return failed(limit.fault);
    this.#isPrinting = true;
    const status = await this.#look(limit.signal);
    if (limit.isOver()) return failed(limit.fault);
    const facts = this.#facts;
    if (status === undefined || facts === undefined) {
      return failed(this.#lostBy ?? fault('device.offline'));
    }
    const obstacle = status.fault ?? unprintable(request, facts, this.#limits);
    if (obstacle !== undefined) return failed(obstacle);
    // from here on there are jobs of this driver itself
    this.#isSwept = true;
    const end = await runIppJob({
      client: this.#client,
      clock: this.#clock,
      timing: this.#timing,
      limit,
      request,
      ticket: ticketOf(request, facts),
      createJob: facts.createJob,
      look: (signal) => this.#look(signal),
    });
    if (end.orphan !== undefined) this.#orphans = [...this.#orphans, end.orphan];
    return end.result;
  }

  /** After a print: how it left the printer. */
  async #rest(): Promise<void> {
    if (this.#isPrinting && !this.#closing.signal.aborted) {
      await this.#look(this.#closing.signal);
    }
    this.#isPrinting = false;
  }

  async #keepLooking(): Promise<void> {
    let retryMs = this.#timing.firstRetryMs;
    while (!this.#closing.signal.aborted) {
      const pause = this.#facts ? this.#timing.pollMs : retryMs;
      retryMs = this.#facts
        ? this.#timing.firstRetryMs
        : Math.min(retryMs * 2, this.#timing.maxRetryMs);
      await sleep(this.#clock, pause, this.#closing.signal);
      if (!this.#isPrinting) await this.#look(this.#closing.signal);
    }
  }

  /** Asks the printer what it is and how it is; before it counts as back, what it still holds of us. */
  async #look(signal: AbortSignal): Promise<DeviceStatus | undefined> {
    const answer = await this.#client.printerAttributes(signal);
    if (!answer.ok) {
      this.#lost(answer.error);
      return undefined;
    }
    if (!this.#isSwept) await this.#sweep(signal);
    for (const orphan of this.#orphans) {
      if (await takeBack(this.#client, orphan, signal)) {
        this.#orphans = this.#orphans.filter((one) => one !== orphan);
      }
    }
    if (signal.aborted) return undefined;
    this.#losses = 0;
    this.#facts = factsOf(answer.value);
    this.#supplies = suppliesOf(answer.value);
    this.hardware.told(identityOf(answer.value));
    const status = deviceStatusOf(answer.value);
    this.#told.tell(status);
    return status;
  }

  /** Finds what a driver that was killed left behind; the citizen whose document it was is gone. */
  async #sweep(signal: AbortSignal): Promise<void> {
    const open = await this.#client.openJobs(signal);
    if (!open.ok) {
      // a printer that does not list its jobs is not asked again
      this.#isSwept = open.error.kind === 'ipp';
      return;
    }
    for (const id of open.value) {
      const view = await this.#client.job(id, signal);
      if (view.ok) this.#orphans = [...this.#orphans, { id, identity: view.value.identity }];
      else if (view.error.kind !== 'ipp') return;
    }
    this.#isSwept = true;
  }

  #lost(failure: IppFailure): void {
    if (failure.kind === 'cancelled') return;
    this.#losses += 1;
    const named = failureFault(failure);
    this.#lostBy = named;
    if (this.#facts && this.#losses < this.#timing.lossesBeforeGone) return;
    this.#facts = undefined;
    this.#supplies = [];
    // Silence is not absence, and who answers in another language may be anything.
    const state = failure.kind === 'unreachable' ? 'offline' : 'unknown';
    this.#told.tell({ state, paper: 'unknown', fault: named });
  }
}

function failed(why: Fault): PrintOutcome {
  return { outcome: 'failed', fault: why };
}

/** Why a request cannot be printed on such a printer, if so. */
function unprintable(
  { bytes, copies, sides }: DocumentPrintRequest,
  facts: IppPrinterFacts,
  { maxDocumentBytes }: IppLimits,
): Fault | undefined {
  const no = (detail: string): Fault => printerFault('documentRefused', { detail });
  if (!facts.formats.includes(PDF)) return no('the printer takes no PDF: use it through CUPS');
  if (!Buffer.from(bytes.subarray(0, 1024)).includes('%PDF-')) return no('the document is no PDF');
  if (bytes.byteLength > maxDocumentBytes) return no(`document above ${maxDocumentBytes} bytes`);
  if (
    !Number.isInteger(copies) ||
    copies < 1 ||
    copies > Math.min(facts.maxCopies ?? MOST_COPIES, MOST_COPIES)
  ) {
    return no(`copies ${copies}`);
  }
  if (sides !== 'one-sided' && !facts.sides.includes(sides)) return no(sides);
  return undefined;
}

/** What is said of the job: no more than the printer needs, for old ones refuse what they do not know. */
function ticketOf(request: DocumentPrintRequest, facts: IppPrinterFacts): IppTicket {
  const { receiptNumber = '', copies, sides } = request;
  return {
    name: /^\d{23}$/.test(receiptNumber) ? receiptNumber : ANY_JOB,
    ...(copies === 1 ? {} : { copies }),
    ...(facts.sides.includes(sides) ? { sides } : {}),
    ...(facts.media.includes(A4) ? { media: A4 } : {}),
  };
}
