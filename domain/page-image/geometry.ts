import type { Point, Quad } from './luminance.ts';

/** A straight line: all points with `nx·x + ny·y = d`; the normal has length 1. */
export interface Line {
  readonly nx: number;
  readonly ny: number;
  readonly d: number;
}

/** Where two lines cross; `undefined` when they hardly do. */
export function crossing(a: Line, b: Line): Point | undefined {
  const det = a.nx * b.ny - a.ny * b.nx;
  if (Math.abs(det) < 1e-6) return undefined;
  return { x: (a.d * b.ny - b.d * a.ny) / det, y: (a.nx * b.d - b.nx * a.d) / det };
}

/** How far apart two points lie. */
export function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

/** Area, positive when the corners go clockwise on the screen. */
export function signedArea(points: readonly Point[]): number {
  let sum = 0;
  for (let i = 0; i < points.length; i++) {
    const a = points[i];
    const b = points[(i + 1) % points.length];
    if (a !== undefined && b !== undefined) sum += a.x * b.y - b.x * a.y;
  }
  return sum / 2;
}

/** Whether the corners go clockwise and none of them points inward. */
export function isConvex(quad: Quad): boolean {
  for (let i = 0; i < 4; i++) {
    const a = quad[i as 0];
    const b = quad[((i + 1) % 4) as 0];
    const c = quad[((i + 2) % 4) as 0];
    if ((b.x - a.x) * (c.y - b.y) - (b.y - a.y) * (c.x - b.x) <= 0) return false;
  }
  return true;
}

/** The same corners, clockwise, the first the one whose next side runs most to the right. */
export function fromTopLeft(quad: Quad): Quad {
  const [a, b, c, d] = signedArea(quad) < 0 ? [quad[0], quad[3], quad[2], quad[1]] : quad;
  const turns: readonly Quad[] = [
    [a, b, c, d],
    [b, c, d, a],
    [c, d, a, b],
    [d, a, b, c],
  ];
  const right = ([from, to]: Quad): number => (to.x - from.x) / (distance(from, to) || 1);
  return turns.reduce((best, turn) => (right(turn) > right(best) ? turn : best));
}

/** Every corner as many times farther from the picture's corner. */
export function scaled(quad: Quad, factor: number, offset = 0): Quad {
  const at = ({ x, y }: Point): Point => ({ x: x * factor + offset, y: y * factor + offset });
  return [at(quad[0]), at(quad[1]), at(quad[2]), at(quad[3])];
}

/** The line that lies nearest to the points, by the squares of their distances. */
export function fitLine(points: readonly Point[]): Line | undefined {
  if (points.length < 2) return undefined;
  let mx = 0;
  let my = 0;
  for (const { x, y } of points) {
    mx += x;
    my += y;
  }
  mx /= points.length;
  my /= points.length;
  let xx = 0;
  let xy = 0;
  let yy = 0;
  for (const { x, y } of points) {
    xx += (x - mx) ** 2;
    xy += (x - mx) * (y - my);
    yy += (y - my) ** 2;
  }
  if (xx + yy < 1e-9) return undefined;
  const along = Math.atan2(2 * xy, xx - yy) / 2;
  const nx = -Math.sin(along);
  const ny = Math.cos(along);
  return { nx, ny, d: nx * mx + ny * my };
}

/** Fits a line, then again without the points that lie far off it: a finger, a curl, a shadow. */
export function fitLineRobustly(points: readonly Point[], least: number): Line | undefined {
  let line = fitLine(points);
  let kept = points;
  for (let round = 0; round < 4 && line !== undefined; round++) {
    const { nx, ny, d }: Line = line;
    const off = kept.map(({ x, y }) => Math.abs(nx * x + ny * y - d));
    const middle = [...off].sort((a, b) => a - b)[Math.floor(off.length / 2)] ?? 0;
    const limit = Math.max(0.7, 2.5 * middle);
    const next = kept.filter((_, i) => (off[i] ?? 0) <= limit);
    if (next.length < least || next.length === kept.length) break;
    kept = next;
    line = fitLine(kept) ?? line;
  }
  return line;
}
