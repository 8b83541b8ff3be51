import { fault } from '../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../domain/device/fault.ts';
import type { DeviceStatus } from '../../domain/device/status.ts';
import type { DriverClock } from '../device.ts';
import { sleep } from '../transport/system-clock.ts';
import type { Remains } from './clearing.ts';
import { CLEARING_MS, clearUp, isLeft, NOTHING_LEFT } from './clearing.ts';
import type { CommandLimit } from './command-limit.ts';
import type { PrintOutcome } from './contract.ts';
import { ESCPOS } from './escpos-commands.ts';
import type { Known } from './leavings.ts';
import type { PrinterLink, ReportCount } from './printer-link.ts';
import type { Reading } from './status.ts';
import { obstacleIn, obstacleTo, statusFrom } from './status.ts';

/** How a job ended, and what it leaves to the next one. */
export interface JobEnd {
  readonly result: PrintOutcome;
  readonly remains: Remains;
  /** The printer may still answer for this job: the line must not be used for another. */
  readonly renewLine: boolean;
  /** So many words were asked for that nobody waits for: this printer is believed to say none. */
  readonly unheard?: number;
}

/** What a job needs. */
export interface PrintJob extends Known {
  readonly link: PrinterLink;
  readonly clock: DriverClock;
  readonly pieces: readonly Uint8Array[];
  readonly limit: CommandLimit;
  readonly patienceMs: number;
  readonly quietMs: number;
  /** What earlier receipts left is gone, and this one begins. */
  readonly onCleared: () => void;
  /** Every look at the printer while it prints. */
  readonly onReading: (reading: Reading) => void;
}

/** Bytes sent between two looks at the printer's status: well under the 4 KB that small printers hold. */
const SHIPMENT = 1_024;
const LOOK_EVERY_MS = 500;
/**
 * One that has not said for so long that it is done is asked once more: its word may have been lost, or taken for the
 * rest of an answer that lost a byte. Later than such an answer is waited for.
 */
const ASK_AGAIN_MS = 8_000;
/**
 * One that never said a word, is well, and was asked twice for so long, says none: many cheap ones have no GS r. Only
 * the first receipt waits for it.
 */
const SAYS_NONE_MS = ASK_AGAIN_MS + CLEARING_MS;
/** How long a printer that has answered before may think about whether it is ready. */
const READY_PATIENCE_MS = 3_000;

/** Sends one receipt and finds out what became of it. Never sends anything twice. */
export async function runPrintJob(job: PrintJob): Promise<JobEnd> {
  const { limit } = job;
  const untouched = { remains: job.remains, renewLine: false };
  const obstacle = await findObstacle(job);
  if (limit.isOver()) return { result: limit.refusal(), ...untouched };
  if (obstacle !== undefined) {
    return { result: { outcome: 'failed', fault: obstacle }, ...untouched };
  }
  if (!isLeft(job.remains)) return send(job, NOTHING_LEFT.words);
  const {
    remains,
    obstacle: again,
    unsent: held,
  } = await clearUp({
    ...job,
    signal: limit.signal,
    look: () => lookNow(job),
  });
  const unsent = { remains, renewLine: remains.paper === 'midCommand' };
  if (limit.isOver()) return { result: limit.refusal(), ...unsent };
  const why = again ?? held ?? (job.link.isGone() ? fault('device.offline') : undefined);
  if (why !== undefined) return { result: failed(why), ...unsent };
  job.onCleared();
  return send(job, remains.words);
}

/** `owed` words may come for earlier receipts before the one for this. */
async function send(job: PrintJob, owed: number): Promise<JobEnd> {
  const { link, limit } = job;
  const shipments = inShipments(job.pieces);
  // What it says before the last of the receipt is sent is about earlier ones.
  const early = owed > 0 && link.mayAskMeanwhile ? link.countReports(owed) : undefined;
  for (const [i, shipment] of shipments.entries()) {
    const last = i === shipments.length - 1;
    if (last && !link.mayAskMeanwhile) await link.unasked();
    const mine = owed - (early?.heard ?? 0) + 1;
    const reports = last ? link.countReports(mine) : undefined;
    const written = await link.write(shipment);
    if (!written.ok || link.isGone()) {
      return unconfirmed('line lost', { paper: 'midCommand', words: last ? mine : mine - 1 });
    }
    if (reports !== undefined) {
      return job.profile.done === undefined ? unreported(job) : awaitReport(job, reports);
    }
    const blocked = await lookWhileSending(job);
    const words = owed - (early?.heard ?? 0);
    if (blocked !== undefined) return giveUp(job, failed(blocked), words);
    if (limit.isOver()) return giveUp(job, limit.refusal(), words);
  }
  throw new Error('a receipt has no bytes');
}

function failed(why: Fault): PrintOutcome {
  return { outcome: 'failed', fault: why };
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

/** How it is, of a printer that ever said so. */
async function lookNow(job: PrintJob): Promise<DeviceStatus | undefined> {
  return tells(job.link) ? look(job, job.patienceMs) : undefined;
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
  const status = await lookNow(job);
  const why = status === undefined ? undefined : obstacleIn(status);
  if (why === undefined) return neverConfirmed(job, 1);
  const result = { outcome: 'unknown', fault: why } as const;
  return { result, remains: { paper: 'strip', words: 0 }, renewLine: true, unheard: 1 };
}

/** Nothing is left to be cleared up, as far as anybody knows. */
async function neverConfirmed({ link, profile }: PrintJob, unheard: number): Promise<JobEnd> {
  const renewLine = profile.automaticStatus && !(await resumeTelling(link));
  const detail = 'this printer does not say when it is done';
  return { ...unconfirmed(detail, NOTHING_LEFT), renewLine, unheard };
}

async function awaitReport(job: PrintJob, reports: ReportCount): Promise<JobEnd> {
  const { link, limit } = job;
  const since = job.clock.now();
  const settled = new AbortController();
  const stop = AbortSignal.any([settled.signal, limit.signal, link.signal]);
  const last = { isWell: false };
  const watched = watch(job, stop, (status) => {
    if (!stop.aborted)
      last.isWell = status === undefined ? !tells(link) : status.state === 'online';
  });
  const again = askAgain(job, stop);
  const end = await Promise.race([reports.all, watched, aborted(stop)]);
  settled.abort();
  const more = await again;
  if (end === 'reported') {
    const renewLine = job.profile.automaticStatus && !(await resumeTelling(link));
    return { result: { outcome: 'printed' }, remains: { paper: 'none', words: more }, renewLine };
  }
  const words = reports.wanted - reports.heard + more;
  if (link.isGone()) return unconfirmed('line lost', { paper: 'midCommand', words });
  if (end === undefined) {
    const isLong = job.clock.now() - since >= SAYS_NONE_MS;
    if (isLong && last.isWell && !job.hasSpoken()) return neverConfirmed(job, words);
    return unconfirmed('no confirmation in time', { paper: 'midCommand', words });
  }
  // All of it is in the printer. Many forget only after errors of theirs, and print on once they have paper.
  const given = await giveUp(job, { outcome: 'unknown', fault: end }, words);
  // Its last word may be on its way: the paper may have ended just behind the receipt.
  if (!link.mayAskMeanwhile || job.profile.questions.length === 0) return given;
  const now = look(job, job.patienceMs);
  const ends = [reports.all, now, aborted(link.signal)];
  const after = await within(job, READY_PATIENCE_MS, Promise.race(ends));
  if (after === 'reported') {
    return { ...given, result: { outcome: 'printed' }, remains: { paper: 'strip', words: more } };
  }
  // An error that went with being told to forget went because the printer obeyed; nobody was there to clear it.
  const obeyed =
    end.code === 'printer.jam' && after !== undefined && obstacleIn(after) === undefined;
  return obeyed ? { ...given, result: failed(end) } : given;
}

/** Gives how many words more than before the printer owes by it. */
async function askAgain(job: PrintJob, stop: AbortSignal): Promise<0 | 1> {
  await sleep(job.clock, ASK_AGAIN_MS, stop);
  if (stop.aborted || job.profile.done === undefined) return 0;
  const asked = await job.link.write(Uint8Array.from(job.profile.done.ask));
  return asked.ok ? 1 : 0;
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
async function watch(
  job: PrintJob,
  stop: AbortSignal,
  onLook: (status: DeviceStatus | undefined) => void,
): Promise<Fault | undefined> {
  for (;;) {
    await sleep(job.clock, LOOK_EVERY_MS, stop);
    if (stop.aborted) return undefined;
    const status = await lookNow(job);
    onLook(status);
    const obstacle = status === undefined ? undefined : obstacleIn(status);
    if (obstacle !== undefined) return obstacle;
  }
}

/** Lets the printer forget the rest if it obeys, so that it does not come out later, in front of somebody else. */
async function giveUp(job: PrintJob, result: PrintOutcome, words: number): Promise<JobEnd> {
  // On a line that is gone there is nothing more to say; the next receipt clears up.
  const told = await job.link.write(Uint8Array.from(ESCPOS.forgetReceived));
  if (!told.ok) return { result, remains: { paper: 'midCommand', words }, renewLine: true };
  return { result, remains: { paper: 'strip', words }, renewLine: true };
}

function unconfirmed(detail: string, remains: Remains): JobEnd {
  const result = { outcome: 'unknown', fault: fault('printer.unconfirmed', { detail }) } as const;
  return { result, remains, renewLine: true };
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
