import { edgeLines } from './edge-lines.ts';
import { crossing, distance, fromTopLeft, isConvex, signedArea } from './geometry.ts';
import { boxBlur, shrink, type LuminanceImage, type Point, type Quad } from './luminance.ts';
import { borderSides, sideOf, type Side } from './paper-sides.ts';
import { ontoEdges } from './onto-edges.ts';

/** A paper that was found. */
export interface FoundPage {
  /** In pixels of the picture; a corner that is not in the picture lies where the sides would meet. */
  readonly quad: Quad;
  /**
   * From 0 to 1. From 0.5 on it is worth an outline on the screen; from `SURE` on the rest of the
   * picture may be cut away.
   */
  readonly confidence: number;
}

/** From this confidence on what lies outside the corners may be cut away. */
export const SURE = 0.62;

/** Papers are looked for in a picture of at most so many pixels a side: more only shows their letters. */
const WORK_PX = 320;
const MOST_LINES = 32;
/** A paper fills at least this share of the picture. */
const LEAST_AREA = 0.07;
/** Corners lie at most this share of the picture's sides outside it. */
const OUTSIDE = 0.15;
/** What the picture's own border is worth as a side of a paper. */
const BORDER_WORTH = 0.3;

interface Opposite {
  readonly a: number;
  readonly b: number;
}

function dot(a: Side, b: Side): number {
  return a.line.nx * b.line.nx + a.line.ny * b.line.ny;
}

/**
 * Pairs that may be two opposite sides. Both have their bright side inside, or both outside: normals look
 * against each other. The picture's border goes with either.
 */
function opposites(sides: readonly Side[], image: LuminanceImage): readonly Opposite[] {
  const apart = 0.15 * Math.min(image.width, image.height);
  const cx = image.width / 2;
  const cy = image.height / 2;
  const middle = ({ line }: Side): number => line.d - line.nx * cx - line.ny * cy;
  const pairs: Opposite[] = [];
  sides.forEach((one, a) => {
    for (let b = a + 1; b < sides.length; b++) {
      const other = sides[b];
      if (other === undefined || (one.border && other.border)) continue;
      const turned = dot(one, other);
      if (one.border || other.border ? Math.abs(turned) < 0.8 : turned > -0.8) continue;
      const gap = Math.abs(turned < 0 ? middle(one) + middle(other) : middle(one) - middle(other));
      if (gap >= apart) pairs.push({ a, b });
    }
  });
  return pairs;
}

/** Where any two of the lines cross, `undefined` where that cannot be a corner of a paper. */
function crossings(
  sides: readonly Side[],
  { width, height }: LuminanceImage,
): readonly (Point | undefined)[] {
  return sides.flatMap((one) =>
    sides.map((other) => {
      if (Math.abs(dot(one, other)) > 0.6) return undefined;
      const corner = crossing(one.line, other.line);
      if (corner === undefined) return undefined;
      const { x, y } = corner;
      if (x < -OUTSIDE * width || x > (1 + OUTSIDE) * width) return undefined;
      return y < -OUTSIDE * height || y > (1 + OUTSIDE) * height ? undefined : corner;
    }),
  );
}

/** How well a side of the candidate looks like the side of a paper, from 0 to 1. */
function worth(side: Side, from: Point, to: Point, inward: boolean): number {
  if (side.border) return BORDER_WORTH;
  const { support, seen, unrest } = side.along(from, to, inward);
  if (seen < 0.3) return 0;
  const length = Math.min(40, 0.25 * distance(from, to));
  const ends = [side.beyond(from, to, length), side.beyond(to, from, length)];
  const clear = Math.min(1, 0.6 + side.contrast / 40);
  const even = Math.min(1, 1.25 - unrest);
  const ending = ends.reduce((all, beyond) => all * (1 - 0.5 * beyond), 1);
  return support * support * clear * Math.max(0, even) * ending * (inward ? 1 : 0.65);
}

interface Candidate {
  readonly corners: Quad;
  /** Side i lies between corner i and the next. */
  readonly sides: readonly [Side, Side, Side, Side];
}

interface Judged extends Candidate {
  readonly score: number;
  readonly confidence: number;
}

/** @param least a candidate that cannot come above this score is not looked at to its end */
function judge(
  { corners, sides }: Candidate,
  image: LuminanceImage,
  least: number,
): Judged | undefined {
  const area = signedArea(corners) / (image.width * image.height);
  if (area < LEAST_AREA || !isConvex(corners)) return undefined;
  const room = 0.25 * Math.min(1, Math.sqrt(area));
  const [p0, p1, p2, p3] = corners;
  const cx = (p0.x + p1.x + p2.x + p3.x) / 4;
  const cy = (p0.y + p1.y + p2.y + p3.y) / 4;
  let lowest = 1;
  let sum = 0;
  let around = 0;
  let borders = 0;
  let bright: boolean | undefined;
  for (let i = 0; i < 4; i++) {
    const side = sides[i as 0];
    const from = corners[i as 0];
    const to = corners[((i + 1) % 4) as 0];
    const inward = side.line.nx * cx + side.line.ny * cy > side.line.d;
    if (side.border) borders += 1;
    else if (bright === undefined) bright = inward;
    else if (bright !== inward) return undefined;
    const value = worth(side, from, to, inward);
    lowest = Math.min(lowest, value);
    if (value < 0.2 || 0.6 + 0.4 * lowest + room < least) return undefined;
    const length = distance(from, to);
    sum += value * length;
    around += length;
  }
  if (borders > 2) return undefined;
  const mean = sum / around;
  const score = 0.6 * mean + 0.4 * lowest + room;
  const told = Math.min(1, 0.5 * mean + 0.5 * lowest + 0.06) * (borders === 2 ? 0.8 : 1);
  // a dark field on a bright sheet looks like a dark paper on a bright table
  const confidence = bright === false ? Math.min(told, SURE - 0.02) : told;
  return { corners, sides, score, confidence };
}

function bestOf(sides: readonly Side[], image: LuminanceImage): Judged | undefined {
  const count = sides.length;
  const corners = crossings(sides, image);
  const pairs = opposites(sides, image);
  let best: Judged | undefined;
  for (let i = 0; i < pairs.length; i++) {
    const { a, b } = pairs[i] ?? { a: 0, b: 0 };
    for (let k = i + 1; k < pairs.length; k++) {
      const { a: c, b: d } = pairs[k] ?? { a: 0, b: 0 };
      const ac = corners[a * count + c];
      const cb = corners[c * count + b];
      if (ac === undefined || cb === undefined) continue;
      const bd = corners[b * count + d];
      const da = corners[d * count + a];
      if (bd === undefined || da === undefined) continue;
      const A = sides[a];
      const B = sides[b];
      const C = sides[c];
      const D = sides[d];
      if (!A || !B || !C || !D) continue;
      const clockwise = signedArea([ac, cb, bd, da]) > 0;
      const candidate: Candidate = clockwise
        ? { corners: [ac, cb, bd, da], sides: [C, B, D, A] }
        : { corners: [ac, da, bd, cb], sides: [A, D, B, C] };
      const judged = judge(candidate, image, best?.score ?? 0);
      if (judged !== undefined && judged.score > (best?.score ?? 0)) best = judged;
    }
  }
  return best;
}

/**
 * Finds the one paper in a picture: four straight edges with paper on one side and table on the other
 * that end where they meet. `undefined` when there is none, as on a scanner whose page fills the glass.
 */
export function findPage(image: LuminanceImage): FoundPage | undefined {
  if (image.width < 32 || image.height < 32) return undefined;
  const { image: small, scale } = shrink(image, WORK_PX);
  if (small.width < 32 || small.height < 32) return undefined;
  const soft = boxBlur(small, 1);
  const sides = edgeLines(soft, MOST_LINES)
    .map((line) => sideOf(small, line))
    .filter(({ contrast }) => contrast > 0);
  const best = bestOf([...sides, ...borderSides(small)], small);
  if (best === undefined) return undefined;
  const { corners, sides: found, confidence } = best;
  const quad = ontoEdges(image, corners, found, scale);
  return { quad: fromTopLeft(quad), confidence };
}
