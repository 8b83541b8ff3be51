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
}

/** How clearing up ended. */
export interface Cleared {
  readonly remains: Remains;
  /** What stopped the printer once more. */
  readonly obstacle?: Fault;
  /** Why the line took no bytes. */
  readonly unsent?: Fault;
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
  const { link, profile, remains, signal } = clearing;
  if (profile.done === undefined) {
    const written = await link.write(Uint8Array.from(bytesOf(clearing)));
    return written.ok
      ? { remains: NOTHING_LEFT }
      : { remains: { ...remains, paper: 'midCommand' }, unsent: written.error };
  }
  if (!link.mayAskMeanwhile) await link.unasked();
  const words = remains.words + 1;
  const reports = link.countReports(words);
  try {
    const written = await link.write(Uint8Array.from(bytesOf(clearing)));
    if (!written.ok) return { remains: { paper: 'midCommand', words }, unsent: written.error };
    const end = await listen(clearing, reports);
    if (link.isGone()) return { remains: { paper: 'midCommand', words } };
    if (signal.aborted) return { remains: { paper: 'strip', words } };
    if (typeof end === 'object') return { remains: { paper: 'strip', words }, obstacle: end };
    // Of a printer that keeps silent the bytes are believed to have arrived, not that they were carried out.
    if (end === 'silent') return { remains: { paper: 'none', words } };
    return { remains: NOTHING_LEFT };
  } finally {
    link.stopCounting();
  }
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

function bytesOf({ remains, longest, profile }: Clearing): readonly number[] {
  const { cut, presenter, done } = profile;
  // Zeros end a command whose rest was lost; outside of commands printers ignore them.
  const zeros = remains.paper === 'midCommand' ? new Array<number>(longest).fill(0) : [];
  // What was held out meanwhile, and then what is cut off now, goes into the bin where the printer has one.
  const away = presenter?.retract ?? [];
  const apart = cut.length > 0 ? cut : feedLines(TO_BE_TORN);
  return [
    ...zeros,
    ...(remains.paper === 'none' ? [] : [...ESCPOS.initialise, ...away, ...apart, ...away]),
    // Its words could be taken for the answer.
    ...ESCPOS.automaticStatusOff,
    ...(done?.ask ?? []),
  ];
}
