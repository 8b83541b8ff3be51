import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fullJitter } from './backoff.ts';

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
