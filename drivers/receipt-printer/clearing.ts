import type { Fault } from '../../domain/device/fault.ts';
import type { DeviceStatus } from '../../domain/device/status.ts';
import type { DriverClock } from '../device.ts';
import { sleep } from '../transport/system-clock.ts';
import { feedLines, ESCPOS } from './escpos-commands.ts';
import type { PrinterLink, ReportCount } from './printer-link.ts';
import type { PrinterProfile } from './profile.ts';
import { obstacleIn } from './status.ts';

/**
 * What earlier receipts may have left in the printer. `paper`: nothing, a half-printed strip, or also a command of
 * which the end never came. `words`: so many words that a receipt is done may yet come for them, for many printers
 * obey DLE ENQ 2 only after errors of the cutter, and print on once they have paper.
 */
export interface Remains {
  readonly paper: 'none' | 'strip' | 'midCommand';
  readonly words: number;
}

/** A printer that is as clean as a new one. */
export const NOTHING_LEFT: Remains = { paper: 'none', words: 0 };

/**
 * A printer of which nothing is known: whoever spoke to it before may have been killed in the middle of a receipt. So
 * every driver begins with it, which costs a blank strip at each start.
 */
export const ANYTHING_LEFT: Remains = { paper: 'midCommand', words: 1 };

/** What clearing up needs. */
export interface Clearing {
  readonly link: PrinterLink;
  readonly clock: DriverClock;
  readonly profile: PrinterProfile;
  readonly remains: Remains;
  /** Bytes of the longest command that may have been torn. */
  readonly longest: number;
  /** After so long without another word nothing of earlier receipts is coming. */
  readonly quietMs: number;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
  /** How the printer is meanwhile; nothing when it does not tell. */
  readonly look: () => Promise<DeviceStatus | undefined>;
  /** Whether, by the last look, something hangs in the outlet that is to hang there for its time. */
  readonly isHeldOut?: () => boolean;
}

/** How clearing up ended. */
export interface Cleared {
  readonly remains: Remains;
  /** What stopped the printer once more. */
  readonly obstacle?: Fault;
  /** Why the line took no bytes. */
  readonly unsent?: Fault;
  /** Paper was cut off by it, or may have been. */
  readonly hasCut?: boolean;
}

/** A printer that is well cuts and answers within this time, also at 9600 baud. */
export const CLEARING_MS = 5_000;

/** Lines between what an earlier receipt left and the next one, where paper is torn off by hand. */
const TO_BE_TORN = 5;

/** Whether anything must go before the next receipt. */
export function isLeft({ paper, words }: Remains): boolean {
  return paper !== 'none' || words > 0;
}

/**
 * Cuts off what an earlier receipt left, and waits until the printer has said all that it still owes for it: else
 * an old word would be taken for one about the next receipt, and that one would hang on to a stranger's.
 */
export async function clearUp(clearing: Clearing): Promise<Cleared> {
  const { link, profile, remains, longest } = clearing;
  // Zeros end a command whose rest was lost; outside of commands printers ignore them.
  const zeros = remains.paper === 'midCommand' ? new Array<number>(longest).fill(0) : [];
  const away = remains.paper === 'none' ? [] : awayWith(profile);
  if (profile.done === undefined) {
    const bytes = [...zeros, ...away, ...ESCPOS.automaticStatusOff];
    const written = await link.writeInPieces(Uint8Array.from(bytes), clearing.signal);
    return written.ok
      ? { remains: NOTHING_LEFT }
      : { remains: { ...remains, paper: 'midCommand' }, unsent: written.error, hasCut: true };
  }
  // Alone at first: between the words that it owes there is no cutting then, so that a pause is their end.
  const first = await ask(clearing, zeros, remains.words, false);
  if (first.end === 'stopped' || away.length === 0) return first;
  // A whole one may have come out just now: whoever takes it has time for it.
  if (first.end === 'clean' && clearing.isHeldOut?.() === true) {
    return { remains: { paper: 'strip', words: 0 } };
  }
  if (first.end === 'clean') return ask(clearing, away, 0, true);
  // It may begin to speak at any time: what it says now it does not owe any more.
  const late = link.countReports(first.remains.words);
  const written = await link.write(Uint8Array.from(away));
  link.stopCounting();
  const words = late.wanted - late.heard;
  return written.ok
    ? { remains: { paper: 'none', words } }
    : { remains: { paper: 'midCommand', words }, unsent: written.error, hasCut: true };
}

/** Sends bytes, which may cut, and asks whether they are done. `owed` words may come before its answer. */
async function ask(
  clearing: Clearing,
  bytes: readonly number[],
  owed: number,
  hasCut: boolean,
): Promise<Cleared & { readonly end: 'clean' | 'silent' | 'stopped' }> {
  const { link, profile, signal, look } = clearing;
  if (!link.mayAskMeanwhile) await link.unasked();
  const words = owed + 1;
  const reports = link.countReports(words);
  const end = 'stopped';
  try {
    // The words of automatic status could be taken for the answer.
    const all = [...bytes, ...ESCPOS.automaticStatusOff, ...(profile.done?.ask ?? [])];
    const written = await link.writeInPieces(Uint8Array.from(all), signal);
    if (!written.ok) {
      return { end, remains: { paper: 'midCommand', words }, unsent: written.error, hasCut };
    }
    const heard = await listen(clearing, reports);
    // It said that it has cut: whatever is with it by now, there is nothing more to be cut off.
    const isAway = hasCut && reports.heard >= words;
    if (!isAway && link.isGone()) return { end, remains: { paper: 'midCommand', words }, hasCut };
    if (!isAway && signal.aborted) return { end, remains: { paper: 'strip', words }, hasCut };
    if (!isAway && typeof heard === 'object') {
      return { end, remains: { paper: 'strip', words }, obstacle: heard, hasCut };
    }
    // Of a printer that keeps silent the bytes are believed to have arrived, not that they were carried out.
    if (heard === 'silent' && !isAway) {
      return { end: heard, remains: { paper: 'none', words }, hasCut };
    }
  } finally {
    link.stopCounting();
  }
  const status = await look();
  const obstacle = status === undefined ? undefined : obstacleIn(status);
  if (obstacle === undefined) return { end: 'clean', remains: NOTHING_LEFT, hasCut };
  const paper = hasCut ? 'none' : 'strip';
  return { end, remains: { paper, words: 0 }, obstacle, hasCut };
}

async function listen(
  { link, clock, quietMs, signal, look }: Clearing,
  reports: ReportCount,
): Promise<'clean' | 'silent' | Fault> {
  const until = clock.now() + CLEARING_MS;
  const stop = AbortSignal.any([signal, link.signal]);
  let heard = 0;
  while (!stop.aborted) {
    const pause = new AbortController();
    await Promise.race([reports.all, sleep(clock, quietMs, AbortSignal.any([stop, pause.signal]))]);
    pause.abort();
    if (reports.heard >= reports.wanted) return 'clean';
    if (reports.heard > 0 && reports.heard === heard) return 'clean';
    heard = reports.heard;
    const status = await look();
    const obstacle = status === undefined ? undefined : obstacleIn(status);
    if (obstacle !== undefined) return obstacle;
    if (heard === 0 && clock.now() >= until) return 'silent';
  }
  return 'silent';
}

/** What cuts a strip off. */
function awayWith({ cut, presenter }: PrinterProfile): readonly number[] {
  const apart = cut.length > 0 ? cut : feedLines(TO_BE_TORN);
  // What was held out meanwhile, and then what is cut off now, goes into the bin where the printer has one.
  const bin = presenter?.retract;
  // Without a bin it is held out: it would stay inside, and come out with the next receipt.
  if (bin === undefined) return [...ESCPOS.initialise, ...apart, ...(presenter?.present ?? [])];
  return [...ESCPOS.initialise, ...bin, ...apart, ...bin];
}

/** What a line begins with. */
export function greeting({ automaticStatus }: PrinterProfile): readonly number[] {
  return automaticStatus ? ESCPOS.automaticStatusOn : ESCPOS.automaticStatusOff;
}
