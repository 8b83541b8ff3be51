import { expect, test } from 'vitest';
import { freshMemory } from './fresh-memory.ts';
import { wipe } from './give-back.ts';
import { paddedFile, paddedLength } from './padding.ts';

test.each([0, 1, 16_384, 16_385, 1_000_000])(
  'a file of %i bytes is filled up with zeros',
  async (size) => {
    const bytes = new Uint8Array(size).fill(7);
    const room = await freshMemory(paddedLength(size, 'image/jpeg'));
    const padded = paddedFile(bytes, 'image/jpeg', room);
    expect(padded).toBe(room);
    expect(Buffer.from(paddedFile(bytes, 'image/jpeg')).equals(padded)).toBe(true);
    expect(padded.length % 16_384).toBe(0);
    expect(padded.length - size).toBeLessThan(16_385);
    expect(padded.subarray(0, size).every((byte) => byte === 7)).toBe(true);
    expect(padded.subarray(size).every((byte) => byte === 0)).toBe(true);
  },
);

test('a file that was wiped is never an empty one: neither a whole one nor a part', () => {
  const whole = new Uint8Array(100).fill(7);
  const part = new Uint8Array(100).subarray(0, 50).fill(7);
  for (const bytes of [whole, part]) {
    wipe(bytes);
    expect(() => paddedFile(bytes, 'image/jpeg')).toThrow('a file was wiped before it was sealed');
  }
});

test('room that was made for another length is not taken', () => {
  const room = new Uint8Array(2 * 16_384);
  expect(() => paddedFile(new Uint8Array(100), 'image/jpeg', room)).toThrow('another one');
});

test('new memory is zeros, and others have their turn before a megabyte of it is there', async () => {
  let turns = 0;
  const ticking = (): void => {
    turns += 1;
    if (turns < 1000) setImmediate(ticking);
  };
  setImmediate(ticking);
  const memory = await freshMemory(1024 * 1024);
  expect(turns).toBeGreaterThanOrEqual(7);
  turns = 1000;
  expect(memory.every((byte) => byte === 0)).toBe(true);
  expect(memory.length).toBe(1024 * 1024);
});
