import { findPage } from '../../domain/page-image/find-page.ts';
import {
  boxBlur,
  type LuminanceImage,
  type Point,
  type Quad,
} from '../../domain/page-image/luminance.ts';
import {
  cutCorners,
  darkness,
  glareShare,
  QUALITY,
  sharpness,
} from '../../domain/page-image/quality.ts';
import type { Sighting, Trouble } from './auto-shot.ts';

/** From this confidence on a paper is outlined. */
const WORTH_AN_OUTLINE = 0.5;
/** Shades of a paper are compared in so many fields across and down. */
const FIELDS = { across: 12, down: 16 } as const;

/** Grey of a picture as a canvas gives it. */
export function luminanceOf(image: {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}): LuminanceImage {
  const { width, height, data: rgba } = image;
  const data = new Uint8Array(width * height);
  for (let i = 0, p = 0; i < data.length; i += 1, p += 4) {
    data[i] = ((rgba[p] ?? 0) * 77 + (rgba[p + 1] ?? 0) * 150 + (rgba[p + 2] ?? 0) * 29) >> 8;
  }
  return { width, height, data };
}

const between = (a: Point, b: Point, share: number): Point => ({
  x: a.x + (b.x - a.x) * share,
  y: a.y + (b.y - a.y) * share,
});

/**
 * What stands on a paper, coarsely, however it lies: the mean shade of fields that the paper is divided into
 * along its own sides.
 */
export function shadesOf({ width, height, data }: LuminanceImage, quad: Quad): readonly number[] {
  const [topLeft, topRight, bottomRight, bottomLeft] = quad;
  const shades: number[] = [];
  for (let row = 0; row < FIELDS.down; row += 1) {
    for (let column = 0; column < FIELDS.across; column += 1) {
      let sum = 0;
      let count = 0;
      for (const dy of [0.25, 0.5, 0.75]) {
        const left = between(topLeft, bottomLeft, (row + dy) / FIELDS.down);
        const right = between(topRight, bottomRight, (row + dy) / FIELDS.down);
        for (const dx of [0.25, 0.5, 0.75]) {
          const { x, y } = between(left, right, (column + dx) / FIELDS.across);
          if (x < 0 || y < 0 || x > width - 1 || y > height - 1) continue;
          sum += data[Math.round(y) * width + Math.round(x)] ?? 0;
          count += 1;
        }
      }
      shades.push(count === 0 ? 0 : Math.round(sum / count));
    }
  }
  return shades;
}

/**
 * What one small frame shows.
 *
 * @param detail gives what lies around a place larger, told in shares of the frame: what is blurred there does
 *   not show in a small frame
 */
export function lookAt(
  frame: LuminanceImage,
  at: number,
  detail?: (place: Point) => LuminanceImage,
): Sighting {
  const found = findPage(frame);
  if (found === undefined || found.confidence < WORTH_AN_OUTLINE) {
    // without light no paper can be found: that is what is to be said
    return { at, troubles: darkness(frame) > DARK_ROOM ? ['dark'] : [], shades: [] };
  }
  const { quad } = found;
  const share = ({ x, y }: Point): Point => ({ x: x / frame.width, y: y / frame.height });
  const [a, b, c, d] = quad;
  const shares: Quad = [share(a), share(b), share(c), share(d)];
  const troubles: Trouble[] = [];
  if (cutCorners(frame, quad).some(Boolean)) troubles.push('cut');
  if (darkness(frame, quad) > QUALITY.mostDarkness) troubles.push('dark');
  if (glareShare(frame, quad) > QUALITY.mostGlare) troubles.push('glare');
  if (isBlurred(frame, quad, detail && DETAILS.map((at) => detail(inPaper(shares, at))))) {
    troubles.push('blur');
  }
  return { at, quad: shares, troubles, shades: shadesOf(boxBlur(frame, 2), quad) };
}

/** A picture whose brighter part is below a tenth of the light shows nothing. */
const DARK_ROOM = 0.88;

/** Places of a paper, in shares of its sides: the lens blurs both, a thin slanted line only one. */
const DETAILS: readonly Point[] = [
  { x: 0.5, y: 0.5 },
  { x: 0.3, y: 0.3 },
];

function inPaper([topLeft, topRight, bottomRight, bottomLeft]: Quad, { x, y }: Point): Point {
  return between(between(topLeft, topRight, x), between(bottomLeft, bottomRight, x), y);
}

function isBlurred(
  frame: LuminanceImage,
  quad: Quad,
  details: readonly LuminanceImage[] = [],
): boolean {
  const near = details.flatMap((detail) => sharpness(detail) ?? []);
  if (near.length > 0) return Math.max(...near) < QUALITY.leastSharpness;
  const small = sharpness(frame, quad);
  return small !== undefined && small < QUALITY.leastSharpnessSmall;
}
