import type { InkMap } from './ink.ts';

/** How much ink lies in each field of a page: enough to know the page again, too little to read it. */
export type Fingerprint = Uint8Array;

const COLUMNS = 48;
const ROWS = 68;
/** A page scanned again lies a little elsewhere. */
const SHIFT = 2;
/** Fields are compared in groups of so many by so many: a name filled in differently is one group. */
const GROUP = 8;

/** Where the ink begins and ends, but for a speck here and there. */
function extent(counts: Float64Array): { readonly from: number; readonly length: number } {
  const total = counts.reduce((sum, count) => sum + count, 0);
  let from = 0;
  let to = counts.length - 1;
  for (let sum = counts[0] ?? 0; from < to && sum <= 0.004 * total; sum += counts[from] ?? 0)
    from++;
  for (let sum = counts[to] ?? 0; to > from && sum <= 0.004 * total; sum += counts[to] ?? 0) to--;
  return { from, length: to - from + 1 };
}

/** The fingerprint of a straightened page: of the part that is written on, wherever that lies. */
export function fingerprintOf({ width, height, data }: InkMap): Fingerprint {
  const print = new Uint8Array(COLUMNS * ROWS);
  const inked = new Uint32Array(COLUMNS * ROWS);
  const rows = new Float64Array(height);
  const columns = new Float64Array(width);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (data[y * width + x] !== 1) continue;
      rows[y] = (rows[y] ?? 0) + 1;
      columns[x] = (columns[x] ?? 0) + 1;
    }
  }
  const high = extent(rows);
  const wide = extent(columns);
  for (let y = high.from; y < high.from + high.length; y++) {
    const row = Math.floor(((y - high.from) * ROWS) / high.length) * COLUMNS;
    for (let x = wide.from; x < wide.from + wide.length; x++) {
      if (data[y * width + x] !== 1) continue;
      const field = row + Math.floor(((x - wide.from) * COLUMNS) / wide.length);
      inked[field] = (inked[field] ?? 0) + 1;
    }
  }
  const whole = Math.max(1, (wide.length * high.length) / (COLUMNS * ROWS));
  for (let i = 0; i < print.length; i++) {
    print[i] = Math.min(255, Math.round((510 * (inked[i] ?? 0)) / whole));
  }
  return print;
}

/** Smoothed, so that a shift of less than a field changes little. */
function soft(print: Fingerprint): Float32Array {
  const out = new Float32Array(print.length);
  for (let y = 0; y < ROWS; y++) {
    for (let x = 0; x < COLUMNS; x++) {
      let sum = 0;
      let weight = 0;
      for (let dy = -1; dy <= 1; dy++) {
        for (let dx = -1; dx <= 1; dx++) {
          if (x + dx < 0 || x + dx >= COLUMNS || y + dy < 0 || y + dy >= ROWS) continue;
          const w = (2 - Math.abs(dx)) * (2 - Math.abs(dy));
          sum += w * (print[(y + dy) * COLUMNS + x + dx] ?? 0);
          weight += w;
        }
      }
      out[y * COLUMNS + x] = sum / weight;
    }
  }
  return out;
}

/** The most that any group of fields differs, in shares of the ink there; 0 is the same. */
function worstGroup(
  a: Float32Array,
  b: Float32Array,
  dx: number,
  dy: number,
  limit: number,
): number {
  let worst = 0;
  for (let top = 0; top < ROWS; top += GROUP / 2) {
    for (let left = 0; left < COLUMNS; left += GROUP / 2) {
      let differ = 0;
      let ink = 0;
      for (let y = top; y < Math.min(ROWS, top + GROUP); y++) {
        for (let x = left; x < Math.min(COLUMNS, left + GROUP); x++) {
          const ox = x + dx;
          const oy = y + dy;
          if (ox < 0 || oy < 0 || ox >= COLUMNS || oy >= ROWS) continue;
          const one = a[y * COLUMNS + x] ?? 0;
          const other = b[oy * COLUMNS + ox] ?? 0;
          differ += Math.abs(one - other);
          ink += one + other;
        }
      }
      // a speck on empty paper is no difference
      worst = Math.max(worst, differ / (ink + 1200));
      if (worst > limit) return worst;
    }
  }
  return worst;
}

/** Pages that differ by less are the same. */
export const SAME_BELOW = 0.17;

/**
 * How different two pages are, from 0 (the same) to 1: by the part in which they differ most, for two
 * forms of one kind differ only where they were filled in.
 */
export function difference(a: Fingerprint, b: Fingerprint): number {
  if (a.length !== COLUMNS * ROWS || b.length !== a.length) return 1;
  const one = soft(a);
  const other = soft(b);
  let best = 1;
  for (let dy = -SHIFT; dy <= SHIFT; dy++) {
    for (let dx = -SHIFT; dx <= SHIFT; dx++) {
      best = Math.min(best, worstGroup(one, other, dx, dy, best));
    }
  }
  return best;
}
