import { readNumber, writeNumber } from '../storage/key-values.ts';
import type { IndexDb } from '../storage/index-db.ts';
import type { Clock } from '../ports.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** Walks the chain from its end: there is no index by event. */
const NEWEST_STORED =
  "SELECT time FROM audit_event WHERE event = 'itemStored' ORDER BY seq DESC LIMIT 1";

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
}

/**
 * Before the platform's first word a clock is wrong when it shows a time before the program was built,
 * the bundles were issued, the newest item was stored or the platform last told the time.
 */
export function createClockBelief(
  clock: Clock,
  db: IndexDb,
  floors: () => readonly (string | undefined)[],
): ClockBelief {
  let word: { readonly platform: number; readonly at: number } | undefined;
  const platformNow = (): number | undefined => word && word.platform + (clock.now() - word.at);
  const skewMs = (): number | undefined => {
    const platform = platformNow();
    return platform === undefined ? undefined : platform - clock.wall();
  };
  const floor = (): number => {
    // items are stored only under a clock that was believed, other events under any
    const stored = db.unlessWritten(
      'newest stored',
      ['audit_event'],
      () => db.get(NEWEST_STORED)?.['time'],
    );
    const texts = [...floors(), stored];
    const times = texts.flatMap((text) => {
      const time = typeof text === 'string' ? Date.parse(text) : Number.NaN;
      return Number.isNaN(time) ? [] : [time];
    });
    return Math.max(0, readNumber(db, 'lastPlatformTime') ?? 0, ...times);
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
    wrong() {
      const skew = skewMs();
      return skew === undefined ? clock.wall() < floor() - DAY_MS : Math.abs(skew) > DAY_MS;
    },
  };
}
