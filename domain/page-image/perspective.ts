import { distance } from './geometry.ts';
import type { Point, Quad } from './luminance.ts';

/** Nine numbers, row by row, that take a point of one plane to a point of another. */
export type Homography = Float64Array;

/** From the unit square to the corners of a quad. */
function fromUnitSquare([p0, p1, p2, p3]: Quad): Homography {
  const dx1 = p1.x - p2.x;
  const dx2 = p3.x - p2.x;
  const dy1 = p1.y - p2.y;
  const dy2 = p3.y - p2.y;
  const sx = p0.x - p1.x + p2.x - p3.x;
  const sy = p0.y - p1.y + p2.y - p3.y;
  const det = dx1 * dy2 - dx2 * dy1;
  const g = (sx * dy2 - dx2 * sy) / det;
  const h = (dx1 * sy - sx * dy1) / det;
  return Float64Array.of(
    p1.x - p0.x + g * p1.x,
    p3.x - p0.x + h * p3.x,
    p0.x,
    p1.y - p0.y + g * p1.y,
    p3.y - p0.y + h * p3.y,
    p0.y,
    g,
    h,
    1,
  );
}

function inverse(m: Homography): Homography {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, i = 0] = m;
  // the adjugate will do: a homography has no scale
  return Float64Array.of(
    e * i - f * h,
    c * h - b * i,
    b * f - c * e,
    f * g - d * i,
    a * i - c * g,
    c * d - a * f,
    d * h - e * g,
    b * g - a * h,
    a * e - b * d,
  );
}

function product(m: Homography, n: Homography): Homography {
  const out = new Float64Array(9);
  for (let row = 0; row < 3; row++) {
    for (let column = 0; column < 3; column++) {
      let sum = 0;
      for (let k = 0; k < 3; k++) sum += (m[row * 3 + k] ?? 0) * (n[k * 3 + column] ?? 0);
      out[row * 3 + column] = sum;
    }
  }
  return out;
}

/** Takes the corners of one quad to the corners of another. Both must be convex. */
export function homography(from: Quad, to: Quad): Homography {
  return product(fromUnitSquare(to), inverse(fromUnitSquare(from)));
}

/** Where a point comes to lie. */
export function mapped(m: Homography, x: number, y: number): Point {
  const w = (m[6] ?? 0) * x + (m[7] ?? 0) * y + (m[8] ?? 1);
  return {
    x: ((m[0] ?? 0) * x + (m[1] ?? 0) * y + (m[2] ?? 0)) / w,
    y: ((m[3] ?? 0) * x + (m[4] ?? 0) * y + (m[5] ?? 0)) / w,
  };
}

/** Width by height. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A paper whose sides are within this share of A4's is taken for A4. */
const NEARLY = 0.06;
/** No paper is longer than so many times its width. */
const MOST_LONG = 6;
/** A camera's focal length, in longer sides of its picture: phones 0.75 to 1, document cameras more. */
const FOCAL = { least: 0.65, usual: 1.1, most: 4 } as const;

type Ray = readonly [number, number, number];

function cross(p: Ray, q: Ray): Ray {
  return [p[1] * q[2] - p[2] * q[1], p[2] * q[0] - p[0] * q[2], p[0] * q[1] - p[1] * q[0]];
}

function dot(p: Ray, q: Ray): number {
  return p[0] * q[0] + p[1] * q[1] + p[2] * q[2];
}

/**
 * Width by height of the paper that was photographed, whatever the angle it was seen from: told by how
 * its sides run together, with the middle of the picture for the middle of the lens (Zhang and He,
 * "Whiteboard scanning and image enhancement").
 */
export function trueAspect(quad: Quad, image: Size): number {
  const ray = ({ x, y }: Point): Ray => [x - image.width / 2, y - image.height / 2, 1];
  const [a, b, d, c] = [ray(quad[0]), ray(quad[1]), ray(quad[2]), ray(quad[3])];
  const k2 = dot(cross(a, d), c) / dot(cross(b, d), c);
  const k3 = dot(cross(a, d), b) / dot(cross(c, d), b);
  const n2: Ray = [k2 * b[0] - a[0], k2 * b[1] - a[1], k2 - 1];
  const n3: Ray = [k3 * c[0] - a[0], k3 * c[1] - a[1], k3 - 1];
  const longer = Math.max(image.width, image.height);
  const told = -(n2[0] * n3[0] + n2[1] * n3[1]) / (n2[2] * n3[2]);
  // sides that hardly run together tell nothing of the lens
  const known = Math.abs(n2[2]) > 0.03 && Math.abs(n3[2]) > 0.03 && told > 0;
  const focal = known
    ? Math.min(FOCAL.most, Math.max(FOCAL.least, Math.sqrt(told) / longer)) * longer
    : FOCAL.usual * longer;
  const square = (n: Ray): number => (n[0] ** 2 + n[1] ** 2) / focal ** 2 + n[2] ** 2;
  const aspect = Math.sqrt(square(n2) / square(n3));
  return Number.isFinite(aspect) && aspect > 0 ? aspect : 1;
}

/** The size of the straightened paper in pixels: no side loses any that it had, A4 becomes A4. */
export function straightSize(quad: Quad, image: Size): Size {
  const longX = Math.max(distance(quad[0], quad[1]), distance(quad[3], quad[2]));
  const longY = Math.max(distance(quad[0], quad[3]), distance(quad[1], quad[2]));
  const aspect = Math.min(MOST_LONG, Math.max(1 / MOST_LONG, trueAspect(quad, image)));
  const a4 = aspect < 1 ? 1 / Math.SQRT2 : Math.SQRT2;
  const wanted = Math.abs(aspect / a4 - 1) < NEARLY ? a4 : aspect;
  const width = Math.max(longX, longY * wanted);
  return { width: Math.max(1, Math.round(width)), height: Math.max(1, Math.round(width / wanted)) };
}
