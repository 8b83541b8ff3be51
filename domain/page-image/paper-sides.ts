import type { Line } from './geometry.ts';
import type { LuminanceImage, Point } from './luminance.ts';

/** How far beside a line the two sides are compared, in pixels of the small picture. */
const BESIDE = [2, 3, 5, 7] as const;
/** A curled edge wanders so far from its line. */
const WANDER = 2;
const ACROSS = 7 + WANDER;
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
   * How much of the stretch between two points has paper on one side and table on the other, and how much
   * of it lies in the picture, both from 0 to 1.
   */
  along(from: Point, to: Point): { readonly support: number; readonly seen: number };
  /** How much the edge goes on beyond a corner: a paper's side ends there. */
  beyond(corner: Point, other: Point, length: number): number;
}

/** The step from dark to bright across the line at each place along it; NaN outside the picture. */
function stepsAlong(image: LuminanceImage, line: Line, reach: number): Float32Array {
  const { width, height, data } = image;
  const steps = new Float32Array(2 * reach + 1).fill(NaN);
  const across = new Float32Array(2 * ACROSS + 1);
  for (let place = 0; place < steps.length; place++) {
    const t = (place - reach) * STRIDE;
    const x = line.nx * line.d - line.ny * t;
    const y = line.ny * line.d + line.nx * t;
    if (x < 0 || y < 0 || x > width - 1 || y > height - 1) continue;
    for (let k = -ACROSS; k <= ACROSS; k++) {
      const px = Math.round(x + line.nx * k);
      const py = Math.round(y + line.ny * k);
      const there = px >= 0 && py >= 0 && px < width && py < height;
      across[k + ACROSS] = there ? (data[py * width + px] ?? 0) : NaN;
    }
    let best = -255;
    for (let wander = -WANDER; wander <= WANDER; wander++) {
      let bright = 0;
      let dark = 0;
      let brights = 0;
      let darks = 0;
      for (const far of BESIDE) {
        const one = across[ACROSS + wander + far] ?? NaN;
        const other = across[ACROSS + wander - far] ?? NaN;
        if (one === one) {
          bright += one;
          brights += 1;
        }
        if (other === other) {
          dark += other;
          darks += 1;
        }
      }
      if (brights > 0 && darks > 0) best = Math.max(best, bright / brights - dark / darks);
    }
    steps[place] = best;
  }
  return steps;
}

/** Looks along a line, once, so that any stretch of it can be judged at once. */
export function sideOf(image: LuminanceImage, line: Line): Side {
  const reach = Math.ceil(Math.hypot(image.width, image.height) / STRIDE);
  const steps = stepsAlong(image, line, reach);
  const strong = steps.filter((step) => step >= LEAST_CONTRAST).sort();
  const contrast = strong[Math.floor(strong.length / 2)] ?? 0;
  const least = Math.max(LEAST_CONTRAST, 0.3 * contrast);
  const supported = new Float32Array(steps.length + 1);
  const inside = new Float32Array(steps.length + 1);
  for (let i = 0; i < steps.length; i++) {
    const step = steps[i] ?? NaN;
    supported[i + 1] = (supported[i] ?? 0) + (step >= least ? 1 : 0);
    inside[i + 1] = (inside[i] ?? 0) + (Number.isNaN(step) ? 0 : 1);
  }
  const place = ({ x, y }: Point): number =>
    Math.min(2 * reach, Math.max(0, Math.round((-line.ny * x + line.nx * y) / STRIDE) + reach));
  const between = (a: number, b: number): { good: number; there: number } => {
    const low = Math.min(a, b);
    const high = Math.max(a, b) + 1;
    return {
      good: (supported[high] ?? 0) - (supported[low] ?? 0),
      there: (inside[high] ?? 0) - (inside[low] ?? 0),
    };
  };
  return {
    line,
    border: false,
    contrast,
    along(from, to) {
      const a = place(from);
      const b = place(to);
      const { good, there } = between(a, b);
      return { support: there === 0 ? 0 : good / there, seen: there / (Math.abs(b - a) + 1) };
    },
    beyond(corner, other, length) {
      const inside = (place: number): number => Math.min(2 * reach, Math.max(0, Math.round(place)));
      const a = place(corner);
      const outward = a < place(other) ? -1 : 1;
      const { good, there } = between(
        inside(a + 2 * outward),
        inside(a + (2 + length / STRIDE) * outward),
      );
      return there < 4 ? 0 : good / there;
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
    along: () => ({ support: 0, seen: 1 }),
    beyond: () => 0,
  }));
}
