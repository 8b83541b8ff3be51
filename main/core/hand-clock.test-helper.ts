// Test support: time that goes when it is told to. Not part of the product.
import type { Clock } from './ports.ts';

/** A clock that stands still until it is moved; timers run in the order of their times. */
export interface HandClock extends Clock {
  /** Lets so many ms go by. */
  go(ms: number): void;
  /** How long from now the timers run that are waited for, in ms, the next one first. */
  readonly waits: readonly number[];
}

/** Makes one that begins at 0. */
export function handClock(): HandClock {
  let now = 0;
  let timers: { readonly at: number; readonly callback: () => void }[] = [];
  const inOrder = (): typeof timers => timers.toSorted((one, other) => one.at - other.at);
  return {
    wall: () => now,
    now: () => now,
    after(ms, callback) {
      const timer = { at: now + ms, callback };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    go(ms) {
      const end = now + ms;
      for (;;) {
        const [next] = inOrder();
        if (next === undefined || next.at > end) break;
        timers = timers.filter((timer) => timer !== next);
        now = next.at;
        next.callback();
      }
      now = end;
    },
    get waits() {
      return inOrder().map(({ at }) => at - now);
    },
  };
}
