import { randomBytes } from 'node:crypto';
import type { Clock, Randomness } from '../ports.ts';

// setTimeout fires at once above this
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The machine's clock. */
export const systemClock: Clock = {
  wall: () => Date.now(),
  now: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, Math.min(Math.max(ms, 0), LONGEST_TIMER_MS));
    return () => clearTimeout(timer);
  },
};

/** The machine's random bytes. */
export const systemRandomness: Randomness = {
  bytes: (length) => new Uint8Array(randomBytes(length)),
};
