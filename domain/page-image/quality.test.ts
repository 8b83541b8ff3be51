import { describe, expect, it } from 'vitest';
import type { LuminanceImage, Quad } from './luminance.ts';
import { cutCorners, glareShare, QUALITY } from './quality.ts';

/** A sheet of one brightness with dark lines of writing, and a round spot of light on it. */
function sheet(paper: number, spot: number): LuminanceImage {
  const width = 320;
  const height = 440;
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const line = y > 40 && y < 400 && y % 16 < 4 && x > 30 && x < 290 && (x >> 2) % 3 !== 0;
      const lit = Math.hypot(x - 160, y - 220) < spot;
      data[y * width + x] = lit ? 255 : line ? 40 : paper;
    }
  }
  return { width, height, data };
}

describe('light that shines on paper', () => {
  it('is told where it hides words, and not of paper that is white all over', () => {
    expect(glareShare(sheet(200, 40))).toBeGreaterThan(QUALITY.mostGlare);
    expect(glareShare(sheet(200, 0))).toBe(0);
    expect(glareShare(sheet(255, 0))).toBe(0);
  });
});

describe('a corner that is not in the picture', () => {
  it('is told, whichever it is', () => {
    const size = { width: 640, height: 480 };
    const whole: Quad = [
      { x: 50, y: 40 },
      { x: 600, y: 42 },
      { x: 590, y: 440 },
      { x: 48, y: 430 },
    ];
    const outside = [
      { x: -5, y: 40 },
      { x: 645, y: 42 },
      { x: 590, y: 484 },
      { x: 48, y: 481 },
    ];
    expect(cutCorners(size, whole)).toEqual([false, false, false, false]);
    outside.forEach((corner, i) => {
      const quad = whole.map((inside, k) => (k === i ? corner : inside)) as unknown as Quad;
      expect(cutCorners(size, quad)).toEqual([0, 1, 2, 3].map((k) => k === i));
    });
  });
});
