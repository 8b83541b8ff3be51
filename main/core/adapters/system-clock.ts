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

/**
 * The machine's clock, or one whose wall time is wrong by so much, for tests of clocks that have run down.
 * @param setting milliseconds to add; the value of BIANMIN_CLOCK_OFFSET_MS
 * @throws Error when it is set in production, or is no whole number
 */
export function createClock(
  setting: string | undefined,
  environment: 'production' | 'demo',
): Clock {
  if (setting === undefined || setting === '') return systemClock;
  if (environment === 'production') {
    throw new Error('BIANMIN_CLOCK_OFFSET_MS is set in production. Unset it: it makes time wrong.');
  }
  const offset = Number(setting);
  if (!Number.isSafeInteger(offset)) {
    throw new Error('BIANMIN_CLOCK_OFFSET_MS must be a whole number of milliseconds.');
  }
  return { ...systemClock, wall: () => Date.now() + offset };
}

/** The machine's random bytes. */
export const systemRandomness: Randomness = {
  bytes: (length) => new Uint8Array(randomBytes(length)),
};
