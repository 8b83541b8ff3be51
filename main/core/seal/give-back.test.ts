import { afterEach, expect, test, vi } from 'vitest';
import { copyOf, giveBack, isWiped, wipe } from './give-back.ts';

afterEach(() => vi.restoreAllMocks());

test('what is wiped is zeros before its memory is given back', () => {
  const given: boolean[] = [];
  vi.spyOn(ArrayBuffer.prototype, 'transfer').mockImplementation(function (this: ArrayBuffer) {
    given.push(new Uint8Array(this).every((byte) => byte === 0));
    return new ArrayBuffer(0);
  });
  wipe(new Uint8Array(100).fill(7));
  expect(given).toEqual([true]);
});

test('of what was wiped nothing is left', () => {
  const bytes = new Uint8Array(100).fill(7);
  wipe(bytes);
  expect(bytes.length).toBe(0);
  expect(bytes.buffer.detached).toBe(true);
  expect(isWiped(bytes)).toBe(true);
});

test('a part of some other memory is zeros, counts as wiped, and leaves the rest as it is', () => {
  const whole = new Uint8Array(100).fill(7);
  const part = whole.subarray(10, 20);
  wipe(part);
  expect([...part]).toEqual(new Array<number>(10).fill(0));
  expect(isWiped(part)).toBe(true);
  expect(isWiped(whole)).toBe(false);
  expect(whole.filter((byte) => byte === 7)).toHaveLength(90);
  giveBack(part);
  expect(whole.length).toBe(100);
});

test('what was wiped, or is another thread’s by now, may be wiped again', () => {
  const bytes = new Uint8Array(100).fill(7);
  wipe(bytes);
  expect(() => wipe(bytes)).not.toThrow();
  const moved = new Uint8Array(100);
  structuredClone(moved, { transfer: [moved.buffer] });
  expect(() => {
    wipe(moved);
    giveBack(moved);
  }).not.toThrow();
});

test('a copy is made of what is there, never of what was wiped', () => {
  const bytes = new Uint8Array(100).fill(7);
  const copy = copyOf(bytes);
  wipe(bytes);
  expect(copy).toEqual(new Uint8Array(100).fill(7));
  expect(() => copyOf(bytes)).toThrow('wiped');
  const part = new Uint8Array(100).subarray(0, 50);
  wipe(part);
  expect(() => copyOf(part)).toThrow('wiped');
});
