import { setImmediate } from 'node:timers/promises';

/** Memory comes from the system page by page, when a page is first written to. */
const PAGE = 4096;

/** So much is asked for at once: 16 pages, a third of a millisecond even where each costs 20 µs. */
const PIECE = 64 * 1024;

/**
 * So many zero bytes, in memory that the system has given already, piece by piece with room for others in between:
 * who writes a megabyte into new memory waits for 256 pages in one go, which took 4 to 7 ms (docs/performance.md).
 */
export async function freshMemory(length: number): Promise<Uint8Array<ArrayBuffer>> {
  const memory = new Uint8Array(length);
  for (let at = 0; at < length; at += PAGE) {
    if (at > 0 && at % PIECE === 0) await setImmediate();
    memory[at] = 0;
  }
  return memory;
}
