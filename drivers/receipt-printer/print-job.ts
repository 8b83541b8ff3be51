import { fault } from '../../domain/device/fault-catalogue.ts';
import type { FaultCode } from '../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../domain/device/fault.ts';
import type { DeviceStatus } from '../../domain/device/status.ts';
import type { CommandOptions, DriverClock, Unsubscribe } from '../device.ts';
import { sleep } from '../transport/system-clock.ts';
import type { PrintOutcome } from './contract.ts';
import { ESCPOS } from './escpos-commands.ts';
import type { PrinterLink } from './printer-link.ts';
import type { PrinterProfile } from './profile.ts';
import type { Reading } from './status.ts';
import { obstacleIn, obstacleTo, statusFrom } from './status.ts';

/**
 * What an earlier receipt may have left in the printer: nothing, a half-printed strip, or also a command
 * of which the end never came.
 */
export type Leftover = 'none' | 'strip' | 'midCommand';

/** How a job ended, and what it leaves to the next one. */
export interface JobEnd {
  readonly result: PrintOutcome;
  readonly leftover: Leftover;
  /** The printer may still answer for this job: the line must not be used for another. */
  readonly renewLine: boolean;
}

/** What a job needs. */
export interface PrintJob {
  readonly link: PrinterLink;
  readonly clock: DriverClock;
  readonly profile: PrinterProfile;
  readonly pieces: readonly Uint8Array[];
  readonly limit: CommandLimit;
  readonly patienceMs: number;
  readonly leftover: Leftover;
  /** Bytes of the longest command that may have been torn. */
  readonly longest: number;
  /** Every look at the printer while it prints. */
  readonly onReading: (reading: Reading) => void;
}

/** Bytes sent between two looks at the printer's status: well under the 4 KB that small printers hold. */
const SHIPMENT = 1_024;
const LOOK_EVERY_MS = 500;
/** How long a printer that has answered before may think about whether it is ready. */
const READY_PATIENCE_MS = 3_000;

/** Ends a command at its deadline or when its caller no longer wants it. */
export class CommandLimit {
  readonly #stop = new AbortController();
  readonly #unsubscribe: Unsubscribe;
  readonly #waiting = Promise.withResolvers<PrintOutcome>();
  #code: FaultCode = 'device.cancelled';
  #started = false;

  constructor(clock: DriverClock, { signal, deadlineMs }: CommandOptions) {
    const cancel = (): void => {
      this.#end('device.cancelled');
    };
    const stopClock = clock.after(deadlineMs, () => {
      this.#end('device.timeout');
    });
    signal?.addEventListener('abort', cancel, { once: true });
    this.#unsubscribe = () => {
      stopClock();
      signal?.removeEventListener('abort', cancel);
    };
    if (signal?.aborted === true) cancel();
  }

  /** Aborts at the end. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Whether the end has come. */
  isOver(): boolean {
    return this.#stop.signal.aborted;
  }

  /** The refusal of a command that ended before it began; never comes once `start` was called in time. */
  whileWaiting(): Promise<PrintOutcome> {
    return this.#waiting.promise;
  }

  /** The command's turn has come; false when it is too late. */
  start(): boolean {
    this.#started = true;
    return !this.#stop.signal.aborted;
  }

  /** Nothing was sent, or not all: no whole receipt can come out. */
  refusal(): PrintOutcome {
    return { outcome: 'failed', fault: fault(this.#code) };
  }

  /** Forgets timer and caller. */
  end(): void {
    this.#unsubscribe();
  }

  #end(code: FaultCode): void {
    if (this.#stop.signal.aborted) return;
    this.#code = code;
    this.#stop.abort();
    if (!this.#started) this.#waiting.resolve(this.refusal());
  }
}

/** Sends one receipt and finds out what became of it. Never sends anything twice. */
export async function runPrintJob(job: PrintJob): Promise<JobEnd> {
  const { link, limit } = job;
  const untouched = { leftover: job.leftover, renewLine: false };
  const obstacle = await findObstacle(job);
  if (limit.isOver()) return { result: limit.refusal(), ...untouched };
  if (obstacle !== undefined) {
    return { result: { outcome: 'failed', fault: obstacle }, ...untouched };
  }
  const shipments = inShipments([...clearing(job), ...job.pieces]);
  for (const [i, shipment] of shipments.entries()) {
    const last = i === shipments.length - 1;
    if (last && !link.mayAskMeanwhile) await link.unasked();
    const reported = last ? link.nextReport() : undefined;
    const written = await link.write(shipment);
    if (!written.ok || link.isGone()) return unconfirmed('line lost', 'midCommand');
    if (reported !== undefined) {
      return job.profile.done === undefined ? unreported(job) : awaitReport(job, reported);
    }
    const blocked = await lookWhileSending(job);
    if (blocked !== undefined) return giveUp(job, { outcome: 'failed', fault: blocked });
    if (limit.isOver()) return giveUp(job, limit.refusal());
  }
  throw new Error('a receipt has no bytes');
}

/** Why a receipt cannot be printed now, as far as the printer tells. */
async function findObstacle(job: PrintJob): Promise<Fault | undefined> {
  const { link, profile } = job;
  if (profile.questions.length === 0) {
    return link.told === undefined ? undefined : obstacleTo(statusFrom(link.told));
  }
  const answered = link.hasAnswered;
  const patience = answered ? READY_PATIENCE_MS : job.patienceMs;
  const status = await within(job, patience, look(job, patience));
  if (status !== undefined) return obstacleTo(status);
  // Silence is no fault by itself, but one who has answered and falls silent will hardly print.
  return answered ? fault('device.timeout', { detail: 'status before printing' }) : undefined;
}

/** What comes of a promise in time, else nothing. */
async function within<T>(job: PrintJob, ms: number, promise: Promise<T>): Promise<T | undefined> {
  const enough = new AbortController();
  const late = sleep(job.clock, ms, enough.signal).then(() => undefined);
  const result = await Promise.race([promise, late]);
  enough.abort();
  return result;
}

async function look(job: PrintJob, patienceMs: number): Promise<DeviceStatus | undefined> {
  const reading = await Promise.race([
    job.link.askStatus(patienceMs),
    aborted(AbortSignal.any([job.limit.signal, job.link.signal])),
  ]);
  if (reading === undefined) return undefined;
  job.onReading(reading);
  return statusFrom(reading);
}

/** Between shipments: waits for an answer as long as it takes, for a full buffer may hold it back. */
async function lookWhileSending(job: PrintJob): Promise<Fault | undefined> {
  if (!tells(job.link)) return undefined;
  while (!job.limit.isOver() && !job.link.isGone()) {
    const status = await look(job, READY_PATIENCE_MS);
    if (status !== undefined) return obstacleIn(status);
  }
  return undefined;
}

/** Automatic status, which the receipt put off before its end. */
async function resumeTelling(link: PrinterLink): Promise<boolean> {
  const { ok } = await link.write(Uint8Array.from(ESCPOS.automaticStatusOn));
  return ok;
}

/** Whether the printer ever said how it is. */
function tells(link: PrinterLink): boolean {
  return link.hasAnswered || link.told !== undefined;
}

/** Of a printer that never says that it is done: one look, and no claim. */
async function unreported(job: PrintJob): Promise<JobEnd> {
  const status = tells(job.link) ? await look(job, job.patienceMs) : undefined;
  const why = status === undefined ? undefined : obstacleIn(status);
  const detail = 'this printer does not say when it is done';
  const result = {
    outcome: 'unknown',
    fault: why ?? fault('printer.unconfirmed', { detail }),
  } as const;
  return { result, leftover: why === undefined ? 'none' : 'strip', renewLine: why !== undefined };
}

async function awaitReport(job: PrintJob, reported: Promise<'reported'>): Promise<JobEnd> {
  const { link, limit } = job;
  const settled = new AbortController();
  const stop = AbortSignal.any([settled.signal, limit.signal, link.signal]);
  const watched = watch(job, stop);
  const end = await Promise.race([reported, watched, aborted(stop)]);
  settled.abort();
  if (end === 'reported') {
    const renewLine = job.profile.automaticStatus && !(await resumeTelling(link));
    return { result: { outcome: 'printed' }, leftover: 'none', renewLine };
  }
  if (link.isGone()) return unconfirmed('line lost', 'midCommand');
  if (end === undefined) return unconfirmed('no confirmation in time', 'midCommand');
  const given = await giveUp(job, { outcome: 'unknown', fault: end });
  // The cutter is the last to work: the receipt may hang there whole. All else stops it before its end.
  if (end.code === 'printer.cutter' || end.code === 'printer.hardware') return given;
  // An answer to a later question shows that it was told to forget; until then the rest may yet come out.
  if (!link.mayAskMeanwhile || job.profile.questions.length === 0) return given;
  const told = link.askStatus(job.patienceMs);
  const after = await within(
    job,
    READY_PATIENCE_MS,
    Promise.race([reported, told, aborted(link.signal)]),
  );
  if (after === 'reported') return { ...given, result: { outcome: 'printed' }, leftover: 'none' };
  return after === undefined ? given : { ...given, result: { outcome: 'failed', fault: end } };
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    const done = (): void => {
      resolve(undefined);
    };
    if (signal.aborted) done();
    else signal.addEventListener('abort', done, { once: true });
  });
}

/** Looks at the printer until a fault stands in the way or `stop` aborts. */
async function watch(job: PrintJob, stop: AbortSignal): Promise<Fault | undefined> {
  for (;;) {
    await sleep(job.clock, LOOK_EVERY_MS, stop);
    if (stop.aborted) return undefined;
    const status = tells(job.link) ? await look(job, job.patienceMs) : undefined;
    const obstacle = status === undefined ? undefined : obstacleIn(status);
    if (obstacle !== undefined) return obstacle;
  }
}

/** Lets the printer forget the rest, so that it does not come out later, in front of somebody else. */
async function giveUp(job: PrintJob, result: PrintOutcome): Promise<JobEnd> {
  // On a line that is gone there is nothing more to say; the next receipt clears up.
  const told = await job.link.write(Uint8Array.from(ESCPOS.forgetReceived));
  if (!told.ok) return { result, leftover: 'midCommand', renewLine: true };
  return { result, leftover: 'strip', renewLine: true };
}

function unconfirmed(detail: string, leftover: Leftover): JobEnd {
  const result = { outcome: 'unknown', fault: fault('printer.unconfirmed', { detail }) } as const;
  return { result, leftover, renewLine: true };
}

/** What has to go before a receipt so that nothing of an earlier one sticks to it. */
function clearing({ leftover, longest, profile }: PrintJob): readonly Uint8Array[] {
  if (leftover === 'none') return [];
  // Zeros end a command whose rest was lost; outside of commands printers ignore them.
  const zeros = leftover === 'midCommand' ? [new Uint8Array(longest)] : [];
  return [...zeros, Uint8Array.from([...ESCPOS.initialise, ...profile.cut])];
}

function inShipments(pieces: readonly Uint8Array[]): readonly Uint8Array[] {
  const shipments: Uint8Array[][] = [];
  let room = 0;
  for (const piece of pieces) {
    if (piece.length > room || shipments.length === 0) {
      shipments.push([]);
      room = SHIPMENT;
    }
    shipments.at(-1)?.push(piece);
    room -= piece.length;
  }
  return shipments.map((parts) => Uint8Array.from(Buffer.concat(parts)));
}
