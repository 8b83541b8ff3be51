import { readNumber, writeNumber } from '../storage/key-values.ts';
import type { IndexDb } from '../storage/index-db.ts';
import type { Clock } from '../ports.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/**
 * When something was stored last, or a technician said after it that the clock is right: what was stored before that
 * word counts no longer. Walks the chain from its end: there is no index by event.
 */
const NEWEST_STORED = `SELECT time FROM audit_event
  WHERE event IN ('itemStored', 'clockConfirmed') ORDER BY seq DESC LIMIT 1`;

/**
 * Whether a technician may say that a doubted clock is right (`confirm-clock.ts`).
 *
 * - `notDoubted`: nothing speaks against it
 * - `platformSays`: the platform told its time since the start, and that word counts
 * - `tooEarly`: it shows a time before the program was built or the platform last told the time (where it never did:
 *   before the bundles were issued), none of which this terminal's own clock made
 */
export type MayConfirm = 'yes' | 'notDoubted' | 'platformSays' | 'tooEarly';

/** Whether the terminal's clock may be believed. */
export interface ClockBelief {
  /** The platform said its time, in an answer of the contract. */
  notePlatformTime(iso: string): void;
  /** The platform's time minus ours, milliseconds; `undefined` before its first word since the start. */
  skewMs(): number | undefined;
  /** The best guess of the time: the platform's when it was told, else the terminal's. */
  now(): number;
  /** More than a day off the platform's last word, or before something that has already happened. */
  wrong(): boolean;
  /** Whether what speaks against the clock is its own earlier time alone, so that a technician may set it aside. */
  mayConfirm(): MayConfirm;
  /** The time by which something was stored last, or the clock was confirmed; `undefined`: neither ever. */
  newestStored(): string | undefined;
}

/**
 * Before the platform's first word a clock is wrong when it shows a time before the program was built,
 * the bundles were issued, the newest item was stored or the platform last told the time. Of these only the newest
 * item's time is by this terminal's own clock, which may have been ahead then: a technician can set it aside. Bundles
 * issued after the platform's last word count no more: its clock was ahead then, for whoever takes a bundle hears the
 * time in the same round.
 * @param floors times that this program's making puts before now
 * @param issued when each bundle in force was issued
 */
export function createClockBelief(
  clock: Clock,
  db: IndexDb,
  floors: () => readonly (string | undefined)[],
  issued: () => readonly (string | undefined)[] = () => [],
): ClockBelief {
  let word: { readonly platform: number; readonly at: number } | undefined;
  const platformNow = (): number | undefined => word && word.platform + (clock.now() - word.at);
  const skewMs = (): number | undefined => {
    const platform = platformNow();
    return platform === undefined ? undefined : platform - clock.wall();
  };
  // items are stored only under a clock that was believed, other events under any
  const newestStored = (): string | undefined => {
    const time = db.unlessWritten(
      'newest stored',
      ['audit_event'],
      () => db.get(NEWEST_STORED)?.['time'],
    );
    return typeof time === 'string' ? time : undefined;
  };
  const latest = (texts: readonly (string | undefined)[]): number => {
    const times = texts.flatMap((text) => {
      const time = typeof text === 'string' ? Date.parse(text) : Number.NaN;
      return Number.isNaN(time) ? [] : [time];
    });
    return Math.max(0, ...times);
  };
  /** What others than this terminal's clock said. */
  const told = (): number => {
    const made = latest(floors());
    return Math.max(made, readNumber(db, 'lastPlatformTime') ?? latest(issued()));
  };
  const floor = (): number => Math.max(told(), latest([newestStored()]));
  const wrong = (): boolean => {
    const skew = skewMs();
    return skew === undefined ? clock.wall() < floor() - DAY_MS : Math.abs(skew) > DAY_MS;
  };
  return {
    notePlatformTime(iso) {
      const platform = Date.parse(iso);
      if (Number.isNaN(platform)) return;
      word = { platform, at: clock.now() };
      const kept = readNumber(db, 'lastPlatformTime') ?? 0;
      // a minute is near enough, and spares the disk a write at every answer
      if (Math.abs(platform - kept) > 60_000) writeNumber(db, 'lastPlatformTime', platform);
    },
    skewMs,
    now: () => platformNow() ?? clock.wall(),
    wrong,
    mayConfirm() {
      if (!wrong()) return 'notDoubted';
      if (word !== undefined) return 'platformSays';
      return clock.wall() < told() - DAY_MS ? 'tooEarly' : 'yes';
    },
    newestStored,
  };
}
