import type { InkMap } from './ink.ts';

/** At what angle the writing lies. */
export interface Skew {
  /** Degrees, clockwise positive: what the page must be turned back by. */
  readonly degrees: number;
  /** How much clearer the lines are at this angle than at others; from `CLEAR_SKEW` on believed. */
  readonly clearness: number;
}

/** From this clearness on a page is turned. */
export const CLEAR_SKEW = 1.6;

const MOST_DEGREES = 15;
/** So many of the ink's lower edges are enough. */
const MOST_POINTS = 9_000;

interface Points {
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly count: number;
}

/** Ink with paper after it: the feet of letters, the lower edges of lines; or their right edges. */
function feet({ width, height, data }: InkMap, of: 'rows' | 'columns'): Points {
  const found: number[] = [];
  const next = of === 'rows' ? width : 1;
  for (let i = width; i < width * (height - 1); i++) {
    if (data[i] === 1 && data[i + next] === 0) found.push(i);
  }
  const step = Math.max(1, found.length / MOST_POINTS);
  const count = Math.floor(found.length / step);
  const x = new Float32Array(count);
  const y = new Float32Array(count);
  for (let k = 0; k < count; k++) {
    const i = found[Math.floor(k * step)] ?? 0;
    const right = (i % width) - width / 2;
    const down = Math.floor(i / width) - height / 2;
    // columns are rows of the page turned by a quarter
    x[k] = of === 'rows' ? right : -down;
    y[k] = of === 'rows' ? down : right;
  }
  return { x, y, count };
}

/** How much the feet stand in rows when the page is turned back by an angle. */
function rowness({ x, y, count }: Points, degrees: number, bins: Float64Array): number {
  bins.fill(0);
  const slope = Math.tan((degrees * Math.PI) / 180);
  const middle = bins.length / 2;
  for (let k = 0; k < count; k++) {
    const row = (y[k] ?? 0) - slope * (x[k] ?? 0) + middle;
    const bin = Math.floor(row);
    if (bin < 0 || bin >= bins.length) continue;
    bins[bin] = (bins[bin] ?? 0) + 1;
  }
  let sum = 0;
  for (const here of bins) sum += here * here;
  return sum;
}

function clearest(points: Points, bins: Float64Array): Skew | undefined {
  if (points.count < 120) return undefined;
  const coarse: { degrees: number; score: number }[] = [];
  for (let degrees = -MOST_DEGREES; degrees <= MOST_DEGREES; degrees += 0.5) {
    coarse.push({ degrees, score: rowness(points, degrees, bins) });
  }
  let best = coarse.reduce((one, other) => (other.score > one.score ? other : one));
  const middle =
    coarse.map(({ score }) => score).sort((a, b) => a - b)[Math.floor(coarse.length / 2)] ?? 1;
  for (const step of [0.25, 0.1, 0.05]) {
    const { degrees: at } = best;
    for (const degrees of [at - 2 * step, at - step, at + step, at + 2 * step]) {
      const score = rowness(points, degrees, bins);
      if (score > best.score) best = { degrees, score };
    }
  }
  return { degrees: best.degrees, clearness: best.score / middle };
}

/**
 * The angle at which lines of writing and the lines of tables lie, whether the page stands or lies on its
 * side. `undefined` when there is too little of either.
 */
export function skewOf(ink: InkMap): Skew | undefined {
  const bins = new Float64Array(Math.ceil(1.3 * (ink.width + ink.height)) + 4);
  const rows = clearest(feet(ink, 'rows'), bins);
  const columns = clearest(feet(ink, 'columns'), bins);
  if (rows === undefined || columns === undefined) return rows ?? columns;
  return columns.clearness > rows.clearness ? columns : rows;
}
