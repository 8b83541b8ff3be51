import type { InkMap } from './ink.ts';

/**
 * How a page stands. `sideways`: its lines run up or down, nobody knows which. `unknown`: it says nothing of
 * its direction, as tables do. `maybeUpsideDown`: some signs, too few to turn it.
 */
export type Standing = 'upright' | 'upsideDown' | 'maybeUpsideDown' | 'sideways' | 'unknown';

/** What was counted to tell how a page stands. */
export interface StandingSigns {
  readonly standing: Standing;
  /** Stops and commas at the foot of their line, and at its head. */
  readonly low: number;
  readonly high: number;
}

interface Band {
  readonly top: number;
  readonly bottom: number;
}

/** Rows of writing: ink with empty rows between. */
function bandsOf({ width, height, data }: InkMap): readonly Band[] {
  const bands: Band[] = [];
  let top = -1;
  for (let y = 0; y <= height; y++) {
    let count = 0;
    if (y < height) for (let x = 0; x < width; x++) count += data[y * width + x] ?? 0;
    if (count > 0 && top < 0) top = y;
    if (count === 0 && top >= 0) {
      bands.push({ top, bottom: y });
      top = -1;
    }
  }
  return bands;
}

/** Counts small marks that stand alone in a row of writing: where in the row do they stand? */
function marks({ width, data }: InkMap, { top, bottom }: Band): { low: number; high: number } {
  const height = bottom - top;
  let low = 0;
  let high = 0;
  let begin = -1;
  let first = bottom;
  let last = top;
  let emptyBefore = 99;
  let empty = 99;
  for (let x = 0; x <= width; x++) {
    let inked = false;
    if (x < width) {
      for (let y = top; y < bottom; y++) {
        if (data[y * width + x] !== 1) continue;
        inked = true;
        if (y < first) first = y;
        if (y > last) last = y;
      }
    }
    if (inked && begin < 0) {
      begin = x;
      emptyBefore = empty;
    }
    if (inked) empty = 0;
    else empty += 1;
    // a mark ends where enough paper follows
    if (begin >= 0 && !inked && empty >= 2) {
      const wide = x - empty + 1 - begin;
      const tall = last - first + 1;
      const alone = emptyBefore >= 2;
      if (alone && wide <= 0.4 * height && tall <= 0.42 * height && wide >= 2 && tall >= 2) {
        const at = ((first + last + 1) / 2 - top) / height;
        if (at > 0.66) low += 1;
        else if (at < 0.34) high += 1;
      }
      begin = -1;
      first = bottom;
      last = top;
    }
  }
  return { low, high };
}

/** How unevenly the ink is spread over rows and over columns: lines with paper between are uneven. */
function unevenness({ width, height, data }: InkMap): { rows: number; columns: number } {
  const rows = new Float64Array(height);
  const columns = new Float64Array(width);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (data[y * width + x] !== 1) continue;
      rows[y] = (rows[y] ?? 0) + 1;
      columns[x] = (columns[x] ?? 0) + 1;
    }
  }
  return { rows: spreadOf(rows), columns: spreadOf(columns) };
}

/** Standard deviation by mean, between the first ink and the last. */
function spreadOf(profile: Float64Array): number {
  const first = profile.findIndex((count) => count > 0);
  const inked = profile.slice(first, profile.findLastIndex((count) => count > 0) + 1);
  const sorted = inked.slice().sort();
  // a rule of a table is one tall peak: it says nothing of writing
  const most = 1.5 * (sorted[Math.floor(0.9 * sorted.length)] ?? 0);
  let sum = 0;
  let squares = 0;
  for (const count of inked) {
    const here = Math.min(most, count);
    sum += here;
    squares += here * here;
  }
  if (sum === 0) return 0;
  const mean = sum / inked.length;
  return Math.sqrt(Math.max(0, squares / inked.length - mean * mean)) / mean;
}

/**
 * Tells how a straightened page stands, by its own signs: writing runs in rows, and stops and commas,
 * Chinese or Latin, stand at the foot of a row. For pictures of about 1400 pixels a side.
 */
export function standingOf(ink: InkMap): StandingSigns {
  if (ink.count < 600) return { standing: 'unknown', low: 0, high: 0 };
  const { rows, columns } = unevenness(ink);
  if (columns > 1.7 * rows) return { standing: 'sideways', low: 0, high: 0 };
  let low = 0;
  let high = 0;
  for (const band of bandsOf(ink)) {
    const height = band.bottom - band.top;
    if (height < 10 || height > ink.height / 12) continue;
    const found = marks(ink, band);
    low += found.low;
    high += found.high;
  }
  return { standing: judge(low, high), low, high };
}

function judge(low: number, high: number): Standing {
  if (low + high < 6) return 'unknown';
  if (low >= 3 * high) return 'upright';
  if (high >= 3 * low) return 'upsideDown';
  return high > 1.5 * low ? 'maybeUpsideDown' : 'unknown';
}
