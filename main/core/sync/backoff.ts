import type { Randomness } from '../ports.ts';

/** A number from 0 to below 1. */
export function randomFraction(randomness: Randomness): number {
  const bytes = randomness.bytes(4);
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) / 2 ** 32;
}

/**
 * How long to wait after so many failures in a row: full jitter, so that terminals which lost the
 * platform together do not come back together.
 * @param failures 1 after the first
 * @returns milliseconds
 */
export function fullJitter(
  failures: number,
  ceilingMs: number,
  randomness: Randomness,
  baseMs = 1000,
): number {
  const widest = Math.min(ceilingMs, baseMs * 2 ** Math.min(Math.max(failures - 1, 0), 30));
  return Math.floor(randomFraction(randomness) * widest);
}
