import type { Clock } from '../ports.ts';

/** How many bytes of an attachment go in one exchange: as many as this line carries in some seconds. */
export interface ChunkPace {
  bytes(): number;
  /** A whole chunk of that size went through. */
  went(bytes: number, sinceMs: number): void;
  /** The line broke or was too slow. */
  failed(): void;
}

const KIB = 1024;
/** Comes through on a line of 2G before anybody calls it dead. */
const LEAST = 16 * KIB;
const FIRST = 128 * KIB;
const QUICK_MS = 4_000;
const SLOW_MS = 15_000;

/**
 * Begins small and doubles while chunks go quickly, so that a slow line is not asked for more than it
 * carries within the deadline, and a fast one is not kept waiting for answers.
 * @param most bytes of a chunk on the fastest line; may be less than the least here
 */
export function createChunkPace(clock: Clock, most: () => number): ChunkPace {
  let bytes = FIRST;
  return {
    bytes: () => Math.min(bytes, most()),
    went(sent, sinceMs) {
      const took = clock.now() - sinceMs;
      if (took > SLOW_MS) bytes = Math.max(LEAST, Math.floor(bytes / 2));
      else if (took < QUICK_MS && sent >= bytes)
        bytes = Math.min(bytes * 2, Math.max(most(), LEAST));
    },
    failed() {
      bytes = Math.max(LEAST, Math.floor(bytes / 4));
    },
  };
}
