import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fullJitter, randomFraction } from './backoff.ts';

const drawn = (value: number) => ({
  bytes: (length: number) => {
    const bytes = new Uint8Array(length);
    new DataView(bytes.buffer).setUint32(0, value);
    return bytes;
  },
});

test('the wait is anywhere from nothing to twice as much each time, never above the ceiling', () => {
  const most = drawn(2 ** 32 - 1);
  expect([1, 2, 3, 4, 20].map((n) => fullJitter(n, 5000, most))).toEqual([
    999, 1999, 3999, 4999, 4999,
  ]);
  expect(fullJitter(9, 5000, drawn(0))).toBe(0);
  fc.assert(
    fc.property(fc.nat(), fc.nat(1e7), fc.nat(2 ** 32 - 1), (failures, ceiling, value) => {
      const wait = fullJitter(failures, ceiling, drawn(value));
      expect(wait).toBeGreaterThanOrEqual(0);
      expect(wait).toBeLessThanOrEqual(ceiling);
    }),
  );
});

test('before the first failure it is no shorter than after it, and the base may be another', () => {
  const most = drawn(2 ** 32 - 1);
  expect([fullJitter(0, 5000, most), fullJitter(1, 5000, most)]).toEqual([999, 999]);
  expect([1, 2].map((n) => fullJitter(n, 5000, most, 10))).toEqual([9, 19]);
  expect(fullJitter(31, Number.MAX_VALUE, drawn(2 ** 31))).toBe(500 * 2 ** 30);
  expect(fullJitter(99, Number.MAX_VALUE, drawn(2 ** 31))).toBe(500 * 2 ** 30);
});

test('a fraction is drawn from four bytes, wherever they lie', () => {
  expect(randomFraction(drawn(2 ** 31))).toBe(0.5);
  const inside = new Uint8Array([9, 9, 9, 9, 0x40, 0, 0, 0]).subarray(4);
  let asked = 0;
  const bytes = (length: number) => {
    asked = length;
    return inside;
  };
  expect(randomFraction({ bytes })).toBe(0.25);
  expect(asked).toBe(4);
});
