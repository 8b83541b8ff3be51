import { describe, expect, it } from 'vitest';
import { difference, fingerprintOf, SAME_BELOW, type Fingerprint } from './fingerprint.ts';

/** A page of words, moved by so many pixels; `entry` is what was filled in. */
function printOf(dx: number, dy: number, entry: number): Fingerprint {
  const width = 480;
  const height = 680;
  const data = new Uint8Array(width * height);
  const ink = (left: number, top: number, wide: number, high: number): void => {
    for (let y = top + dy; y < top + dy + high; y++) {
      for (let x = left + dx; x < left + dx + wide; x++) data[y * width + x] = 1;
    }
  };
  for (let line = 0; line < 13; line++) {
    for (let word = 0; word < 3; word++) {
      ink(60 + word * 130, 60 + line * 40, 50 + ((line * 17 + word * 29) % 60), 14);
    }
  }
  // one field of the form
  for (let sign = 0; sign < 10; sign++) if ((entry >> sign) & 1) ink(120 + sign * 20, 600, 16, 26);
  return fingerprintOf({ width, height, data, count: data.reduce((sum, one) => sum + one, 0) });
}

describe('the fingerprint of a page', () => {
  it('knows a page again that lies elsewhere, and no other', () => {
    expect(difference(printOf(0, 0, 0b1011), printOf(40, 40, 0b1011))).toBeLessThan(SAME_BELOW);
    expect(difference(printOf(0, 0, 0b1011), printOf(0, 0, 0b1101110100))).toBeGreaterThan(
      SAME_BELOW,
    );
  });
});
