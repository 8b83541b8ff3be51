import type { Line } from './geometry.ts';
import type { LuminanceImage, Point } from './luminance.ts';

/** How far beside a line its two sides are compared, in pixels of the small picture: near by, and farther. */
const NEAR = [2, 3] as const;
const FAR = [6, 8] as const;
/** A curled edge wanders so far from its line. */
const WANDER = 2;
const ACROSS = FAR[1] + WANDER;
/** Every so many pixels along the line are enough. */
const STRIDE = 2;
/** Sides of a paper differ at least by so much. */
const LEAST_CONTRAST = 5;

/** A line that may be the side of a paper, and what is to be seen along it. */
export interface Side {
  readonly line: Line;
  /** The picture's own border: a paper may go on beyond it. */
  readonly border: boolean;
  /** Middle contrast where there is any. */
  readonly contrast: number;
  /**
   * Of the stretch between two points: how much has paper on one side and table on the other, how much lies
   * in the picture, and how uneven it is inside, in shares of the contrast.
   */
  along(
    from: Point,
    to: Point,
    brightInside: boolean,
  ): { readonly support: number; readonly seen: number; readonly unrest: number };
  /** How much the edge goes on beyond a corner: a paper's side ends there. */
  beyond(corner: Point, other: Point, length: number): number;
}

interface Seen {
  /** The step from dark to bright across the line at each place along it; NaN outside the picture. */
  readonly steps: Float32Array;
  /** How bright it is there, on the bright and on the dark side. */
  readonly bright: Float32Array;
  readonly dark: Float32Array;
}

function stepBetween(across: Float32Array, middle: number, far: readonly [number, number]): number {
  return (
    ((across[middle + far[0]] ?? 0) +
      (across[middle + far[1]] ?? 0) -
      (across[middle - far[0]] ?? 0) -
      (across[middle - far[1]] ?? 0)) /
    2
  );
}

function lookAlong(image: LuminanceImage, line: Line, reach: number): Seen {
  const { width, height, data } = image;
  const steps = new Float32Array(2 * reach + 1).fill(NaN);
  const bright = new Float32Array(steps.length);
  const dark = new Float32Array(steps.length);
  const across = new Float32Array(2 * ACROSS + 1);
  for (let place = 0; place < steps.length; place++) {
    const t = (place - reach) * STRIDE;
    const x = line.nx * line.d - line.ny * t;
    const y = line.ny * line.d + line.nx * t;
    if (x < 0 || y < 0 || x > width - 1 || y > height - 1) continue;
    for (let k = -ACROSS; k <= ACROSS; k++) {
      const px = Math.min(width - 1, Math.max(0, Math.round(x + line.nx * k)));
      const py = Math.min(height - 1, Math.max(0, Math.round(y + line.ny * k)));
      across[k + ACROSS] = data[py * width + px] ?? 0;
    }
    let best = -255;
    for (let middle = ACROSS - WANDER; middle <= ACROSS + WANDER; middle++) {
      // a drawn line or a thin frame has a step near by, but none farther off
      const step = Math.min(
        stepBetween(across, middle, NEAR),
        1.3 * stepBetween(across, middle, FAR),
      );
      if (step > best) best = step;
    }
    steps[place] = best;
    bright[place] = (across[ACROSS + 4] ?? 0) + (across[ACROSS + 6] ?? 0);
    dark[place] = (across[ACROSS - 4] ?? 0) + (across[ACROSS - 6] ?? 0);
  }
  return { steps, bright, dark };
}

/** Sums from the start of how much the brightness changes from place to place: paper is even, cloth is not. */
function unrest(values: Float32Array, steps: Float32Array): Float32Array {
  const sums = new Float32Array(values.length + 1);
  for (let i = 0; i < values.length; i++) {
    const change = Math.abs((values[i] ?? 0) - (values[i - 4] ?? values[i] ?? 0)) / 2;
    const known = (steps[i] ?? NaN) === steps[i] && (steps[i - 4] ?? NaN) === steps[i - 4];
    sums[i + 1] = (sums[i] ?? 0) + (known ? change : 0);
  }
  return sums;
}

/** Looks along a line, once, so that any stretch of it can be judged at once. */
export function sideOf(image: LuminanceImage, line: Line): Side {
  const reach = Math.ceil(Math.hypot(image.width, image.height) / STRIDE);
  const { steps, bright, dark } = lookAlong(image, line, reach);
  const strong = steps.filter((step) => step >= LEAST_CONTRAST).sort();
  const contrast = strong[Math.floor(strong.length / 2)] ?? 0;
  const least = Math.max(LEAST_CONTRAST, 0.3 * contrast);
  // what goes on beyond a corner must be as clear as the side itself
  const clear = Math.max(1.6 * LEAST_CONTRAST, 0.6 * contrast);
  const supported = new Float32Array(steps.length + 1);
  const clearly = new Float32Array(steps.length + 1);
  const inside = new Float32Array(steps.length + 1);
  for (let i = 0; i < steps.length; i++) {
    const step = steps[i] ?? NaN;
    supported[i + 1] = (supported[i] ?? 0) + (step >= least ? 1 : 0);
    clearly[i + 1] = (clearly[i] ?? 0) + (step >= clear ? 1 : 0);
    inside[i + 1] = (inside[i] ?? 0) + (Number.isNaN(step) ? 0 : 1);
  }
  const place = ({ x, y }: Point): number =>
    Math.min(2 * reach, Math.max(0, Math.round((-line.ny * x + line.nx * y) / STRIDE) + reach));
  const brightUnrest = unrest(bright, steps);
  const darkUnrest = unrest(dark, steps);
  const between = (sums: Float32Array, a: number, b: number): number =>
    (sums[Math.max(a, b) + 1] ?? 0) - (sums[Math.min(a, b)] ?? 0);
  return {
    line,
    border: false,
    contrast,
    along(from, to, brightInside) {
      const a = place(from);
      const b = place(to);
      const there = between(inside, a, b);
      return {
        support: there === 0 ? 0 : between(supported, a, b) / there,
        seen: there / (Math.abs(b - a) + 1),
        unrest:
          there === 0
            ? 0
            : between(brightInside ? brightUnrest : darkUnrest, a, b) /
              there /
              Math.max(12, contrast),
      };
    },
    beyond(corner, other, length) {
      const held = (at: number): number => Math.min(2 * reach, Math.max(0, Math.round(at)));
      const a = place(corner);
      const outward = a < place(other) ? -1 : 1;
      const start = held(a + 2 * outward);
      const end = held(a + (2 + length / STRIDE) * outward);
      const there = between(inside, start, end);
      return there < 4 ? 0 : between(clearly, start, end) / there;
    },
  };
}

/** The picture's own borders: a paper that goes on beyond them has no other side there. */
export function borderSides({ width, height }: LuminanceImage): readonly Side[] {
  const lines: readonly Line[] = [
    { nx: 1, ny: 0, d: 0 },
    { nx: -1, ny: 0, d: -(width - 1) },
    { nx: 0, ny: 1, d: 0 },
    { nx: 0, ny: -1, d: -(height - 1) },
  ];
  return lines.map((line) => ({
    line,
    border: true,
    contrast: 0,
    along: () => ({ support: 0, seen: 1, unrest: 0 }),
    beyond: () => 0,
  }));
}
