import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { sha256Hex } from './blob-folder.ts';

const PIECE = 128 * 1024;

/** Bytes that are nowhere the same, so that a piece left out, or taken twice, is another hash. */
function bytesOf(size: number): Uint8Array {
  return new Uint8Array(size).map((_, at) => (at * 31 + (at >> 8) * 7 + (at >> 16)) & 0xff);
}

it.each([0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 2 * PIECE + 1, 5 * PIECE - 1])(
  'the hash of %i bytes is that of all of them',
  async (size) => {
    const bytes = bytesOf(size);
    expect(await sha256Hex(bytes)).toBe(createHash('sha256').update(bytes).digest('hex'));
  },
);

it('lets others go on between the pieces of what is large, and takes what is small in one turn', async () => {
  const turnsOf = async (size: number): Promise<number> => {
    let turns = 0;
    let done = false;
    const count = (): void => {
      turns += 1;
      if (!done) setImmediate(count);
    };
    setImmediate(count);
    await sha256Hex(bytesOf(size));
    done = true;
    return turns;
  };
  expect(await turnsOf(PIECE)).toBe(0);
  // as many turns as there are breaks between its pieces
  expect(await turnsOf(5 * PIECE)).toBe(4);
});
