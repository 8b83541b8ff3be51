import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bitonalOf, isPlainText } from './bitonal.ts';
import { fingerAtRim, luminanceOf, shrinkColour, type ColourImage } from './colour.ts';
import { findPage } from './find-page.ts';
import { difference, fingerprintOf } from './fingerprint.ts';
import { inkOf, isBlank } from './ink.ts';
import type { LuminanceImage, Quad } from './luminance.ts';
import { homography, mapped, straightSize } from './perspective.ts';
import { brightening, cutCorners, darkness, glareShare, sharpness } from './quality.ts';
import { standingOf } from './reading-direction.ts';
import { skewOf } from './skew.ts';
import { quarterTurn, warp } from './warp.ts';

/** Pictures of any shape: one pixel, one row, noise, one tone, black and white. */
const picture = fc
  .record({
    width: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 90 })),
    height: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 90 })),
    tone: fc.constantFrom(0, 128, 255),
    grain: fc.constantFrom(0, 3, 255),
    seed: fc.nat(),
  })
  .map(({ width, height, tone, grain, seed }): LuminanceImage => {
    let state = seed;
    const data = Uint8Array.from({ length: width * height }, () => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return Math.min(255, Math.max(0, tone + ((state >>> 16) % (grain + 1)) - (grain >> 1)));
    });
    return { width, height, data };
  });

const place = fc.record({
  x: fc.integer({ min: -300, max: 300 }),
  y: fc.integer({ min: -300, max: 300 }),
});
const quad: fc.Arbitrary<Quad> = fc.tuple(place, place, place, place);

function inColour({ width, height, data }: LuminanceImage): ColourImage {
  const colour = new Uint8Array(width * height * 4);
  data.forEach((value, i) => colour.set([value, value, value, 255], i * 4));
  return { width, height, data: colour, channels: 4 };
}

const share = (value: number): void => {
  expect(value).toBeGreaterThanOrEqual(0);
  expect(value).toBeLessThanOrEqual(1);
};

describe('any picture', { timeout: 120_000 }, () => {
  it('is judged without a crash, whatever lies in it and wherever the corners are said to be', () => {
    fc.assert(
      fc.property(picture, quad, (image, corners) => {
        const found = findPage(image);
        if (found !== undefined) share(found.confidence);
        for (const where of [undefined, corners]) {
          share(darkness(image, where));
          share(glareShare(image, where));
          share(sharpness(image, where) ?? 0);
          expect(brightening(image, where)).toBeGreaterThanOrEqual(1);
        }
        cutCorners(image, corners);
        const ink = inkOf(image);
        isBlank(ink);
        standingOf(ink);
        expect(Math.abs(skewOf(ink)?.degrees ?? 0)).toBeLessThanOrEqual(16);
        const print = fingerprintOf(ink);
        expect(difference(print, print)).toBe(0);
      }),
      { numRuns: 30 },
    );
  });

  it('is drawn anew, turned, made smaller and put into two colours, all of it', () => {
    fc.assert(
      fc.property(picture, quad, (image, corners) => {
        const colour = inColour(image);
        const size = straightSize(corners, image);
        expect(size.width).toBeGreaterThanOrEqual(1);
        expect(size.height).toBeGreaterThanOrEqual(1);
        const sheet: Quad = [
          { x: 0, y: 0 },
          { x: 9, y: 0 },
          { x: 9, y: 12 },
          { x: 0, y: 12 },
        ];
        const page = warp(colour, homography(sheet, corners), { width: 10, height: 13 });
        expect(page.data).toHaveLength(10 * 13 * 4);
        const back = quarterTurn(quarterTurn(quarterTurn(colour, 1), 1), 2);
        expect(back).toEqual(colour);
        const small = shrinkColour(colour, 20);
        fingerAtRim(small);
        const grey = luminanceOf(small);
        isPlainText(small, grey);
        const two = bitonalOf(colour, grey);
        expect(two.bits).toHaveLength(Math.ceil(image.width / 8) * image.height);
      }),
      { numRuns: 30 },
    );
  });

  it('that is all black or all white has no page, no writing and no direction', () => {
    for (const tone of [0, 255]) {
      const data = new Uint8Array(400 * 300).fill(tone);
      const image = { width: 400, height: 300, data };
      const ink = inkOf(image);
      expect(findPage(image)).toBeUndefined();
      expect(isBlank(ink)).toBe(true);
      expect(skewOf(ink)).toBeUndefined();
      expect(standingOf(ink).standing).toBe('unknown');
    }
  });
});

describe('a picture drawn anew', () => {
  it('has at each place what the homography points to, in every colour', () => {
    const width = 24;
    const height = 18;
    const data = new Uint8Array(width * height * 4);
    const level = (x: number, y: number, c: number): number =>
      [10 * x, 13 * y, 255 - 5 * x - 6 * y][c] ?? 255;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        for (let c = 0; c < 4; c++) data[(y * width + x) * 4 + c] = level(x, y, c);
      }
    }
    const size = { width: 100, height: 110 };
    const sheet: Quad = [
      { x: 0, y: 0 },
      { x: 99, y: 0 },
      { x: 99, y: 109 },
      { x: 0, y: 109 },
    ];
    const steep: Quad = [
      { x: 4, y: 1.6 },
      { x: 20.8, y: 2.8 },
      { x: 22.4, y: 16 },
      { x: 1.2, y: 14 },
    ];
    const turned: Quad = [
      { x: 6, y: 1.2 },
      { x: 20, y: 4 },
      { x: 17.2, y: 16.8 },
      { x: 3.2, y: 14 },
    ];
    for (const corners of [steep, turned]) {
      const m = homography(sheet, corners);
      const page = warp({ width, height, data, channels: 4 }, m, size);
      let worst = 0;
      for (let y = 0; y < size.height; y++) {
        for (let x = 0; x < size.width; x++) {
          const at = mapped(m, x, y);
          for (let c = 0; c < 3; c++) {
            const got = page.data[(y * size.width + x) * 4 + c] ?? 0;
            worst = Math.max(worst, Math.abs(got - level(at.x, at.y, c)));
          }
        }
      }
      expect(worst).toBeLessThan(2.5);
    }
  });
});

describe('a homography', () => {
  it('takes corners to corners', () => {
    const from: Quad = [
      { x: 10, y: 20 },
      { x: 90, y: 5 },
      { x: 110, y: 140 },
      { x: -5, y: 120 },
    ];
    const to: Quad = [
      { x: 0, y: 0 },
      { x: 210, y: 0 },
      { x: 210, y: 297 },
      { x: 0, y: 297 },
    ];
    const m = homography(from, to);
    from.forEach(({ x, y }, i) => {
      const at = mapped(m, x, y);
      expect(at.x).toBeCloseTo(to[i as 0].x, 6);
      expect(at.y).toBeCloseTo(to[i as 0].y, 6);
    });
  });
});
