import { createHash } from 'node:crypto';

/** Numbers that look random and follow from a seed alone. */
export interface Chance {
  /** From 0 to below 1. */
  fraction(): number;
  /** From `low` to `high`, both included. */
  between(low: number, high: number): number;
  /** True so often. */
  often(probability: number): boolean;
  pick<T>(from: readonly [T, ...T[]] | readonly T[]): T;
  bytes(length: number): Uint8Array;
  /** A stream of its own by name: what one draws from it changes no other. */
  fork(name: string): Chance;
}

/** sfc32 (PractRand's small fast counter), seeded by SHA-256 of a text. */
export function chanceOf(seed: string): Chance {
  const state = new Uint32Array(createHash('sha256').update(seed).digest().buffer.slice(0, 16));
  let a = state[0] ?? 0;
  let b = state[1] ?? 0;
  let c = state[2] ?? 0;
  let counter = state[3] ?? 0;
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return sum >>> 0;
  };
  for (let round = 0; round < 12; round++) next();
  const fraction = (): number => next() / 2 ** 32;
  const between = (low: number, high: number): number =>
    low + Math.floor(fraction() * (high - low + 1));
  return {
    fraction,
    between,
    often: (probability) => fraction() < probability,
    pick(from) {
      const found = from[between(0, from.length - 1)];
      if (found === undefined) throw new RangeError('nothing to pick from');
      return found;
    },
    bytes(length) {
      const bytes = new Uint8Array(length);
      for (let at = 0; at < length; at += 4) {
        const word = next();
        for (let byte = 0; byte < 4 && at + byte < length; byte++) {
          bytes[at + byte] = (word >>> (8 * byte)) & 0xff;
        }
      }
      return bytes;
    },
    fork: (name) => chanceOf(`${seed}/${name}`),
  };
}
