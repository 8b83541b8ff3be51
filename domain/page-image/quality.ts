import { isConvex } from './geometry.ts';
import type { LuminanceImage, Quad } from './luminance.ts';

/**
 * Limits of what a clerk can still read, for `sharpness`, `darkness` and `glareShare`. Found on drawn
 * pages (docs/page-pipeline.md); a real camera may ask for others.
 */
export const QUALITY = {
  /** Below it letters run into each other. For pictures of 800 to 1400 pixels a side. */
  leastSharpness: 0.2,
  /** The same for the small pictures of a running camera, about 320 pixels a side. */
  leastSharpnessSmall: 0.24,
  /** Above it ink and paper come too near to each other. */
  mostDarkness: 0.68,
  /** A spot of light larger than this hides words. */
  mostGlare: 0.004,
} as const;

/** How a pixel is asked whether it lies in the paper. */
type Inside = (x: number, y: number) => boolean;

function insideOf(quad: Quad | undefined): Inside {
  if (quad === undefined || !isConvex(quad)) return () => true;
  const sides = quad.map((from, i) => {
    const to = quad[((i + 1) % 4) as 0];
    return { x: from.x, y: from.y, dx: to.x - from.x, dy: to.y - from.y };
  });
  return (x, y) => sides.every((side) => side.dx * (y - side.y) - side.dy * (x - side.x) >= 0);
}

interface Range {
  readonly low: number;
  readonly high: number;
}

/** Slope and contrast along one line of pixels, at the places where ink ends. */
function slopes(
  { data }: LuminanceImage,
  start: number,
  step: number,
  count: number,
  inside: (k: number) => boolean,
  found: number[],
): void {
  for (let k = 5; k < count - 5; k++) {
    const i = start + k * step;
    const slope = Math.abs((data[i + step] ?? 0) - (data[i - step] ?? 0)) / 2;
    if (slope < 4) continue;
    // only where the slope is steepest
    if (Math.abs((data[i + 2 * step] ?? 0) - (data[i] ?? 0)) / 2 > slope) continue;
    if (Math.abs((data[i] ?? 0) - (data[i - 2 * step] ?? 0)) / 2 >= slope) continue;
    const { low, high } = rangeAround(data, i, step);
    if (high - low < 36 || !inside(k)) continue;
    found.push(slope / (high - low));
  }
}

function rangeAround(data: Uint8Array, i: number, step: number): Range {
  let low = 255;
  let high = 0;
  for (let d = -5; d <= 5; d++) {
    const value = data[i + d * step] ?? 0;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return { low, high };
}

/** The value below which such a share of the numbers lies. */
function quantile(values: readonly number[], share: number): number {
  const sorted = Float32Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

/**
 * How sharp the ink's edges are: the share of its contrast that an edge gains within one pixel, from 0
 * to 0.5. 0.5 is an edge from one pixel to the next; below `QUALITY.leastSharpness` letters run
 * into each other. Of rows and columns the worse counts, so that a shaken picture is found too. `undefined`
 * when there is too little ink to tell.
 */
export function sharpness(image: LuminanceImage, quad?: Quad): number | undefined {
  const { width, height } = image;
  const inside = insideOf(quad);
  const across: number[] = [];
  const down: number[] = [];
  // every line that is needed, not every line there is
  const gap = Math.max(1, Math.floor(Math.min(width, height) / 360));
  for (let y = 1; y < height - 1; y += gap) {
    slopes(image, y * width, 1, width, (k) => inside(k, y), across);
  }
  for (let x = 1; x < width - 1; x += gap) {
    slopes(image, x, width, height, (k) => inside(x, k), down);
  }
  const told = [across, down].filter((values) => values.length >= 40);
  if (told.length === 0) return undefined;
  return Math.min(...told.map((values) => quantile(values, 0.7)));
}

const BLOCK = 8;

interface Block {
  readonly mean: number;
  readonly lowest: number;
  readonly blown: number;
}

function blocksOf({ width, height, data }: LuminanceImage, quad: Quad | undefined): Block[] {
  const inside = insideOf(quad);
  const size = Math.max(2, Math.min(BLOCK, Math.floor(Math.min(width, height) / 8)));
  const blocks: Block[] = [];
  for (let top = 0; top + size <= height; top += size) {
    for (let left = 0; left + size <= width; left += size) {
      if (!inside(left + size / 2, top + size / 2)) continue;
      let sum = 0;
      let lowest = 255;
      let blown = 0;
      for (let y = top; y < top + size; y++) {
        for (let x = left; x < left + size; x++) {
          const value = data[y * width + x] ?? 0;
          sum += value;
          if (value < lowest) lowest = value;
          if (value >= 250) blown += 1;
        }
      }
      blocks.push({ mean: sum / size ** 2, lowest, blown: blown / size ** 2 });
    }
  }
  return blocks;
}

function paperLevel(blocks: readonly Block[]): number {
  return quantile(
    blocks.map(({ mean }) => mean),
    0.75,
  );
}

/**
 * How dark the paper is: 0 when its blank parts are white, 1 when they are black. Above
 * `QUALITY.mostDarkness` a person should switch the light on. A picture too small to tell is 0.
 */
export function darkness(image: LuminanceImage, quad?: Quad): number {
  const blocks = blocksOf(image, quad);
  return blocks.length === 0 ? 0 : 1 - paperLevel(blocks) / 255;
}

/**
 * Share of the paper that shines so much that nothing can be read there, from 0 to 1: white without any
 * ink while the rest of the paper is clearly darker. Paper that is white all over does not shine.
 */
export function glareShare(image: LuminanceImage, quad?: Quad): number {
  const blocks = blocksOf(image, quad);
  if (blocks.length < 16 || paperLevel(blocks) > 238) return 0;
  return blocks.filter(({ blown, lowest }) => blown > 0.9 && lowest > 225).length / blocks.length;
}

/** Paper is made as bright as this, where the light was poor; but not by more than so much. */
const BRIGHT = { paper: 236, most: 1.9, least: 1.06 } as const;

/** By how much a photograph's light falls short: what its brightness is to be multiplied with; 1 when it does not. */
export function brightening(image: LuminanceImage, quad?: Quad): number {
  const blocks = blocksOf(image, quad);
  if (blocks.length === 0) return 1;
  const wanted = Math.min(BRIGHT.most, BRIGHT.paper / Math.max(1, paperLevel(blocks)));
  return wanted < BRIGHT.least ? 1 : wanted;
}

/** Which corners of the paper are at or beyond the picture's edge, in the quad's order. */
export function cutCorners(
  { width, height }: { readonly width: number; readonly height: number },
  quad: Quad,
): readonly [boolean, boolean, boolean, boolean] {
  const near = 0.004 * Math.max(width, height);
  const cut = ({ x, y }: Quad[0]): boolean =>
    x < near || y < near || x > width - 1 - near || y > height - 1 - near;
  return [cut(quad[0]), cut(quad[1]), cut(quad[2]), cut(quad[3])];
}
