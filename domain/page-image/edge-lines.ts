import type { Line } from './geometry.ts';
import type { LuminanceImage } from './luminance.ts';

/** Steps of brightness weaker than this are noise of the camera. */
const LEAST_STEP = 4;
/** A step must still be seen so many pixels to both sides. */
const FAR = 5;
const LEAST_SQUARE = (3 * LEAST_STEP) ** 2;
/** So many edge pixels vote at most. */
const MOST_VOTERS = 6000;
/** A voter's weight is bounded: black letters must not outvote the pale edge of a paper. */
const MOST_WEIGHT = 40;
/** Directions of the bright side, all around: 2° each. */
const ANGLES = 180;
/** A voter believes its direction to within so many steps. */
const SPREAD = 3;
const RHO_STEP = 1.5;

interface Edges {
  readonly count: number;
  readonly x: Float32Array;
  readonly y: Float32Array;
  /** Direction to the bright side, in steps of 2°; edges stand in its order. */
  readonly angle: Int16Array;
  /** Where the edges of a direction begin. */
  readonly begins: Uint32Array;
  readonly weight: Float32Array;
}

/** Pixels on a step of brightness, thinned to its ridge; steps are wider than letters are fine. */
function edgesOf({ width, height, data }: LuminanceImage): Edges {
  const size = width * height;
  // three pixels against three, in sums; the square of a sum's length fits 32 bits
  const gx = new Int16Array(size);
  const gy = new Int16Array(size);
  const strength = new Int32Array(size);
  for (let y = 3; y < height - 3; y++) {
    let i = y * width + 3;
    let left = (data[i - 3] ?? 0) + (data[i - 2] ?? 0) + (data[i - 1] ?? 0);
    let right = (data[i + 1] ?? 0) + (data[i + 2] ?? 0) + (data[i + 3] ?? 0);
    for (let x = 3; x < width - 3; x++, i++) {
      const dx = right - left;
      const dy =
        (data[i + width] ?? 0) +
        (data[i + 2 * width] ?? 0) +
        (data[i + 3 * width] ?? 0) -
        (data[i - width] ?? 0) -
        (data[i - 2 * width] ?? 0) -
        (data[i - 3 * width] ?? 0);
      gx[i] = dx;
      gy[i] = dy;
      strength[i] = dx * dx + dy * dy;
      left += (data[i] ?? 0) - (data[i - 3] ?? 0);
      right += (data[i + 4] ?? 0) - (data[i + 1] ?? 0);
    }
  }
  const ridge: number[] = [];
  for (let y = FAR; y < height - FAR; y++) {
    for (let x = FAR; x < width - FAR; x++) {
      const i = y * width + x;
      const here = strength[i] ?? 0;
      if (here < LEAST_SQUARE) continue;
      const dx = gx[i] ?? 0;
      const dy = gy[i] ?? 0;
      const ax = Math.abs(dx);
      const ay = Math.abs(dy);
      const side = ax > 2 * ay ? 1 : ay > 2 * ax ? width : dx * dy > 0 ? width + 1 : width - 1;
      if (here < (strength[i - side] ?? 0) || here <= (strength[i + side] ?? 0)) continue;
      // the edge of a letter is soon followed by its other edge
      const length = Math.sqrt(here);
      const away = Math.round((FAR * dy) / length) * width + Math.round((FAR * dx) / length);
      if ((data[i + away] ?? 0) - (data[i - away] ?? 0) < (0.4 * length) / 3) continue;
      ridge.push(i);
    }
  }
  // not the strongest: a pale paper's edge is weaker than the cloth under it
  const kept =
    ridge.length <= MOST_VOTERS
      ? ridge
      : Array.from(
          { length: MOST_VOTERS },
          (_, k) => ridge[Math.floor((k * ridge.length) / MOST_VOTERS)] ?? 0,
        );
  const angles = kept.map((i) => {
    const turn = Math.atan2(gy[i] ?? 0, gx[i] ?? 0) / (2 * Math.PI);
    return Math.round((turn + 1) * ANGLES) % ANGLES;
  });
  const begins = new Uint32Array(ANGLES + 1);
  for (const angle of angles) begins[angle + 1] = (begins[angle + 1] ?? 0) + 1;
  for (let a = 0; a < ANGLES; a++) begins[a + 1] = (begins[a + 1] ?? 0) + (begins[a] ?? 0);
  const edges = {
    count: kept.length,
    x: new Float32Array(kept.length),
    y: new Float32Array(kept.length),
    angle: new Int16Array(kept.length),
    weight: new Float32Array(kept.length),
    begins,
  };
  const next = begins.slice();
  kept.forEach((i, n) => {
    const angle = angles[n] ?? 0;
    const k = next[angle] ?? 0;
    next[angle] = k + 1;
    edges.x[k] = i % width;
    edges.y[k] = Math.floor(i / width);
    edges.angle[k] = angle;
    edges.weight[k] = Math.min(MOST_WEIGHT, Math.sqrt(strength[i] ?? 0) / 3);
  });
  return edges;
}

/**
 * The straight edges of a picture, most votes first. The normal of each points to its bright side, so
 * that both sides of a pencil line are two different lines.
 */
export function edgeLines(image: LuminanceImage, most: number): readonly Line[] {
  const { width, height } = image;
  if (width < 16 || height < 16) return [];
  const edges = edgesOf(image);
  const cx = width / 2;
  const cy = height / 2;
  const reach = Math.hypot(cx, cy);
  const rhos = Math.ceil((2 * reach) / RHO_STEP) + 5;
  const votes = new Float32Array(ANGLES * rhos);
  const cos = Float64Array.from({ length: ANGLES }, (_, a) => Math.cos((2 * Math.PI * a) / ANGLES));
  const sin = Float64Array.from({ length: ANGLES }, (_, a) => Math.sin((2 * Math.PI * a) / ANGLES));
  for (let k = 0; k < edges.count; k++) {
    const x = (edges.x[k] ?? 0) - cx;
    const y = (edges.y[k] ?? 0) - cy;
    const weight = edges.weight[k] ?? 0;
    for (let spread = -SPREAD; spread <= SPREAD; spread++) {
      const a = ((edges.angle[k] ?? 0) + spread + ANGLES) % ANGLES;
      const rho = (x * (cos[a] ?? 0) + y * (sin[a] ?? 0) + reach) / RHO_STEP + 2;
      const low = Math.floor(rho);
      const share = rho - low;
      const cell = a * rhos + low;
      votes[cell] = (votes[cell] ?? 0) + weight * (1 - share);
      votes[cell + 1] = (votes[cell + 1] ?? 0) + weight * share;
    }
  }
  const least = 0.08 * Math.min(width, height) * LEAST_STEP;
  const peaks: { a: number; r: number; votes: number }[] = [];
  for (let a = 0; a < ANGLES; a++) {
    for (let r = 1; r < rhos - 1; r++) {
      const here = votes[a * rhos + r] ?? 0;
      if (here < least || !isPeak(votes, rhos, a, r, here)) continue;
      peaks.push({ a, r, votes: here });
    }
  }
  peaks.sort((one, other) => other.votes - one.votes);
  return peaks.slice(0, most).map(({ a, r }) => {
    const nx = cos[a] ?? 0;
    const ny = sin[a] ?? 0;
    return refit(edges, { nx, ny, d: (r - 2) * RHO_STEP - reach + nx * cx + ny * cy }, a);
  });
}

function isPeak(votes: Float32Array, rhos: number, a: number, r: number, here: number): boolean {
  for (let da = -3; da <= 3; da++) {
    const row = ((a + da + ANGLES) % ANGLES) * rhos;
    for (let dr = -2; dr <= 2; dr++) {
      if (r + dr < 0 || r + dr >= rhos) continue;
      const there = votes[row + r + dr] ?? 0;
      if (there > here || (there === here && (da < 0 || (da === 0 && dr < 0)))) return false;
    }
  }
  return true;
}

/** Moves a line onto the edge pixels near it that look the same way; twice, closer the second time. */
function refit(edges: Edges, first: Line, angle: number): Line {
  let line = first;
  for (const near of [3, 1.8]) {
    let sum = 0;
    let mx = 0;
    let my = 0;
    let xx = 0;
    let xy = 0;
    let yy = 0;
    const { nx: lx, ny: ly, d } = line;
    for (let turn = angle - 6; turn <= angle + 6; turn++) {
      const a = (turn + ANGLES) % ANGLES;
      const end = edges.begins[a + 1] ?? 0;
      for (let k = edges.begins[a] ?? 0; k < end; k++) {
        const x = edges.x[k] ?? 0;
        const y = edges.y[k] ?? 0;
        const off = lx * x + ly * y - d;
        if (off > near || off < -near) continue;
        const w = edges.weight[k] ?? 0;
        sum += w;
        mx += w * x;
        my += w * y;
        xx += w * x * x;
        xy += w * x * y;
        yy += w * y * y;
      }
    }
    if (sum <= 0) return line;
    mx /= sum;
    my /= sum;
    const along =
      Math.atan2(2 * (xy / sum - mx * my), xx / sum - mx * mx - (yy / sum - my * my)) / 2;
    let nx = -Math.sin(along);
    let ny = Math.cos(along);
    const same = nx * first.nx + ny * first.ny;
    if (Math.abs(same) < 0.97) return line;
    if (same < 0) {
      nx = -nx;
      ny = -ny;
    }
    line = { nx, ny, d: nx * mx + ny * my };
  }
  return line;
}
