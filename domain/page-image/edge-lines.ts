import type { Line } from './geometry.ts';
import type { LuminanceImage } from './luminance.ts';

/** Steps of brightness weaker than this are noise of the camera. */
const LEAST_STEP = 4;
const LEAST_SQUARE = (3 * LEAST_STEP) ** 2;
/** So many of the strongest edge pixels vote. */
const MOST_VOTERS = 7000;
/** A voter's weight is bounded: black letters must not outvote the pale edge of a paper. */
const MOST_WEIGHT = 24;
/** Directions of the bright side, all around: 2° each. */
const ANGLES = 180;
/** A voter believes its direction to within so many steps. */
const SPREAD = 4;
const RHO_STEP = 1.5;

interface Edges {
  readonly count: number;
  readonly x: Float32Array;
  readonly y: Float32Array;
  /** Direction to the bright side, in steps of 2°. */
  readonly angle: Int16Array;
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
  const histogram = new Uint32Array(512);
  for (let y = 4; y < height - 4; y++) {
    for (let x = 4; x < width - 4; x++) {
      const i = y * width + x;
      const here = strength[i] ?? 0;
      if (here < LEAST_SQUARE) continue;
      const ax = Math.abs(gx[i] ?? 0);
      const ay = Math.abs(gy[i] ?? 0);
      const side =
        ax > 2 * ay
          ? 1
          : ay > 2 * ax
            ? width
            : (gx[i] ?? 0) * (gy[i] ?? 0) > 0
              ? width + 1
              : width - 1;
      if (here < (strength[i - side] ?? 0) || here <= (strength[i + side] ?? 0)) continue;
      ridge.push(i);
      const bin = Math.min(511, Math.floor(Math.sqrt(here) / 3));
      histogram[bin] = (histogram[bin] ?? 0) + 1;
    }
  }
  let floor = 511;
  for (let votes = 0; floor > 0; floor--) {
    votes += histogram[floor] ?? 0;
    if (votes > MOST_VOTERS) break;
  }
  const kept = ridge.filter((i) => (strength[i] ?? 0) >= 9 * floor * floor);
  const edges = {
    count: kept.length,
    x: new Float32Array(kept.length),
    y: new Float32Array(kept.length),
    angle: new Int16Array(kept.length),
    weight: new Float32Array(kept.length),
  };
  kept.forEach((i, k) => {
    edges.x[k] = i % width;
    edges.y[k] = Math.floor(i / width);
    const turn = Math.atan2(gy[i] ?? 0, gx[i] ?? 0) / (2 * Math.PI);
    edges.angle[k] = Math.round((turn + 1) * ANGLES) % ANGLES;
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
    for (let k = 0; k < edges.count; k++) {
      const turned = Math.abs((edges.angle[k] ?? 0) - angle);
      if (Math.min(turned, ANGLES - turned) > 8) continue;
      const x = edges.x[k] ?? 0;
      const y = edges.y[k] ?? 0;
      if (Math.abs(line.nx * x + line.ny * y - line.d) > near) continue;
      const w = edges.weight[k] ?? 0;
      sum += w;
      mx += w * x;
      my += w * y;
      xx += w * x * x;
      xy += w * x * y;
      yy += w * y * y;
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
