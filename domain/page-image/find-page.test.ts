import { describe, expect, it } from 'vitest';
import { findPage } from './find-page.ts';
import { distance } from './geometry.ts';
import type { LuminanceImage, Quad } from './luminance.ts';

/** A paper with grey lines of writing on a table, drawn pixel by pixel. */
function drawn(
  width: number,
  height: number,
  paper: Quad,
  table = 60,
  bright = 220,
): LuminanceImage {
  const data = new Uint8Array(width * height);
  const sides = paper.map((a, i) => {
    const b = paper[((i + 1) % 4) as 0];
    const length = distance(a, b);
    return { x: a.x, y: a.y, dx: (b.x - a.x) / length, dy: (b.y - a.y) / length };
  });
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let inside = Infinity;
      for (const side of sides) {
        inside = Math.min(inside, side.dx * (y - side.y) - side.dy * (x - side.x));
      }
      const share = Math.min(1, Math.max(0, inside + 0.5));
      const written = inside > 12 && y % 9 < 3 && (x * 7 + y) % 5 < 3;
      const noise = ((x * 73 + y * 151) % 7) - 3;
      data[y * width + x] = table + share * ((written ? 90 : bright) - table) + noise;
    }
  }
  return { width, height, data };
}

const ASKEW: Quad = [
  { x: 84, y: 22 },
  { x: 236, y: 34 },
  { x: 250, y: 214 },
  { x: 62, y: 205 },
];

function worst(found: Quad | undefined, truth: Quad): number {
  if (found === undefined) return Infinity;
  return Math.max(...found.map((corner, i) => distance(corner, truth[i as 0])));
}

describe('a paper in a picture', { timeout: 120_000 }, () => {
  it('is found on a dark and on a light table, corners clockwise from its top left', () => {
    for (const [table, bright] of [
      [60, 220],
      [185, 225],
      [230, 120],
    ] as const) {
      const found = findPage(drawn(320, 240, ASKEW, table, bright));
      expect(worst(found?.quad, ASKEW)).toBeLessThan(2);
      expect(found?.confidence).toBeGreaterThan(0.5);
    }
  });

  it('is found with the precision of a large picture', () => {
    const truth = ASKEW.map(({ x, y }) => ({ x: x * 2, y: y * 2 })) as unknown as Quad;
    expect(worst(findPage(drawn(640, 480, truth))?.quad, truth)).toBeLessThan(1);
  });

  it('that fills the picture is not one that is found', () => {
    const all: Quad = [
      { x: -50, y: -50 },
      { x: 400, y: -50 },
      { x: 400, y: 300 },
      { x: -50, y: 300 },
    ];
    expect(findPage(drawn(320, 240, all))).toBeUndefined();
    for (const value of [0, 128, 255]) {
      const data = new Uint8Array(320 * 240).fill(value);
      expect(findPage({ width: 320, height: 240, data })).toBeUndefined();
    }
    expect(findPage({ width: 1, height: 1, data: new Uint8Array(1) })).toBeUndefined();
  });
});
