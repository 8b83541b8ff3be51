import { distance } from '../../domain/page-image/geometry.ts';
import type { Point, Quad } from '../../domain/page-image/luminance.ts';
import type { Scene } from './scenes.ts';

/** What of a convex shape lies on the inner side of a line from a to b. */
function clipped(shape: readonly Point[], a: Point, b: Point): readonly Point[] {
  const inside = (p: Point): number => (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x);
  return shape.flatMap((from, i) => {
    const to = shape[(i + 1) % shape.length] ?? from;
    const one = inside(from);
    const other = inside(to);
    const share = one / (one - other);
    const cut = { x: from.x + share * (to.x - from.x), y: from.y + share * (to.y - from.y) };
    if (one >= 0) return other >= 0 ? [from] : [from, cut];
    return other >= 0 ? [cut] : [];
  });
}

function area(shape: readonly Point[]): number {
  let sum = 0;
  shape.forEach((a, i) => {
    const b = shape[(i + 1) % shape.length] ?? a;
    sum += a.x * b.y - b.x * a.y;
  });
  return Math.abs(sum) / 2;
}

function within(quad: Quad, frame: Quad): readonly Point[] {
  return frame.reduce<readonly Point[]>(
    (shape, a, i) => clipped(shape, a, frame[((i + 1) % 4) as 0]),
    quad,
  );
}

/** How far what was found is from the truth. */
export interface Miss {
  /** The farthest of the corners that are in the picture, in shares of the picture's longer side. */
  readonly corner: number;
  /** What of the paper that is in the picture was cut away, as a share of it. */
  readonly lost: number;
}

/** Compares corners with the truth of a scene. */
export function missOf({ shot }: Scene, quad: Quad): Miss {
  const { width, height } = shot;
  const frame: Quad = [
    { x: 0, y: 0 },
    { x: width - 1, y: 0 },
    { x: width - 1, y: height - 1 },
    { x: 0, y: height - 1 },
  ];
  const seen = shot.quad.map(({ x, y }) => x >= 0 && y >= 0 && x < width && y < height);
  const corner = Math.max(
    ...quad.map((each, i) => (seen[i] === true ? distance(each, shot.quad[i as 0]) : 0)),
  );
  const paper = within(shot.quad, frame);
  const both = quad.reduce<readonly Point[]>(
    (shape, a, i) => clipped(shape, a, quad[((i + 1) % 4) as 0]),
    paper,
  );
  return { corner: corner / Math.max(width, height), lost: 1 - area(both) / area(paper) };
}
