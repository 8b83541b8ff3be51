// Test support: times short enough for tests and long enough for a slow machine. Not part of the product.
import type { Backoff } from '../transport/reconnecting.ts';
import type { SdtTimings } from './sdt-reader.ts';

/** Everything goes faster than with a real reader. */
export const FAST_TIMINGS: SdtTimings = {
  pollMs: 20,
  commandMs: 600,
  readMs: 2_000,
  interByteMs: 100,
  removalAfterMs: 100,
  retryAfterMs: 200,
  offlineAfterMs: 250,
  brokenPollMs: 100,
};

/** Short waits between two attempts to connect. */
export const FAST_BACKOFF: Backoff = { baseMs: 20, capMs: 200, floorMs: 10 };
