import type { Now } from '../time.ts';

const MOST_WRONG = 10;
const WINDOW_MS = 15 * 60 * 1000;

/** Counts wrong guesses of a secret by who makes them; in memory, a restart forgets them. */
export interface Guesses {
  /** Seconds until this one is heard again; 0 when it is heard now. */
  waitOf(who: string): number;
  /** The same guess again is no new one: a terminal with a mistyped code asks and asks. */
  wrong(who: string, guess: string): void;
}

/** Ten different wrong guesses in a quarter of an hour, then nothing is heard until it is over. */
export function createGuesses(now: Now): Guesses {
  const counts = new Map<string, { readonly wrong: Set<string>; readonly until: number }>();
  const sweep = (): void => {
    for (const [who, { until }] of counts) if (until <= now()) counts.delete(who);
  };
  return {
    waitOf(who) {
      sweep();
      const count = counts.get(who);
      return count && count.wrong.size >= MOST_WRONG ? Math.ceil((count.until - now()) / 1000) : 0;
    },
    wrong(who, guess) {
      const count = counts.get(who) ?? { wrong: new Set<string>(), until: now() + WINDOW_MS };
      count.wrong.add(guess);
      counts.set(who, count);
    },
  };
}
