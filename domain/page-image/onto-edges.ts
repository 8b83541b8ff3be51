import { crossing, distance, fitLineRobustly, isConvex, scaled, type Line } from './geometry.ts';
import type { LuminanceImage, Point, Quad } from './luminance.ts';
import type { Side } from './paper-sides.ts';

/** So many places along a side are looked at in the full picture. */
const PLACES = 64;

function sample({ width, height, data }: LuminanceImage, x: number, y: number): number {
  const px = Math.min(width - 1, Math.max(0, Math.round(x)));
  const py = Math.min(height - 1, Math.max(0, Math.round(y)));
  return data[py * width + px] ?? 0;
}

/** Where the step is, across the line, at each of some places of the side. */
function edgePoints(
  image: LuminanceImage,
  from: Point,
  to: Point,
  line: Line,
  scale: number,
): readonly Point[] {
  const reach = Math.ceil(3 * scale);
  const wide = Math.max(1, Math.round(scale));
  const length = distance(from, to);
  const alongX = (to.x - from.x) / length;
  const alongY = (to.y - from.y) / length;
  const points: Point[] = [];
  const values = new Float32Array(2 * (reach + wide) + 1);
  for (let place = 0; place < PLACES; place++) {
    const at = length * (0.04 + (0.92 * place) / (PLACES - 1));
    const x = from.x + alongX * at;
    const y = from.y + alongY * at;
    if (x < 0 || y < 0 || x > image.width - 1 || y > image.height - 1) continue;
    for (let k = 0; k < values.length; k++) {
      const off = k - reach - wide;
      const px = x + line.nx * off;
      const py = y + line.ny * off;
      // three side by side: a speck is no edge
      values[k] =
        sample(image, px, py) +
        sample(image, px + alongX * wide, py + alongY * wide) +
        sample(image, px - alongX * wide, py - alongY * wide);
    }
    const steps: number[] = [];
    for (let k = wide; k < values.length - wide; k++) {
      let step = 0;
      for (let w = 1; w <= wide; w++) step += (values[k + w] ?? 0) - (values[k - w] ?? 0);
      steps.push(step / wide);
    }
    let best = 0;
    for (let k = 1; k < steps.length; k++) if ((steps[k] ?? 0) > (steps[best] ?? 0)) best = k;
    const peak = steps[best] ?? 0;
    if (peak < 9) continue;
    const before = steps[best - 1] ?? 0;
    const after = steps[best + 1] ?? 0;
    const bend = before - 2 * peak + after;
    const off =
      best - reach + (bend < 0 ? Math.max(-0.5, Math.min(0.5, (before - after) / (2 * bend))) : 0);
    points.push({ x: x + line.nx * off, y: y + line.ny * off });
  }
  return points;
}

/**
 * Moves the sides found in the small picture onto the edges in the full one.
 * @param sides side i lies between corner i and the next
 * @param scale pixels of the full picture in one of the small
 */
export function ontoEdges(
  image: LuminanceImage,
  corners: Quad,
  sides: readonly [Side, Side, Side, Side],
  scale: number,
): Quad {
  const rough = scaled(corners, scale, (scale - 1) / 2);
  const lines = sides.map(({ line, border }, i): Line => {
    const shift = ((scale - 1) / 2) * (line.nx + line.ny);
    const full = { ...line, d: line.d * scale + shift };
    if (border) {
      // the small picture's border is the full one's
      const far = line.nx + line.ny < 0;
      const last = line.nx === 0 ? image.height - 1 : image.width - 1;
      return { ...line, d: far ? -last : 0 };
    }
    const points = edgePoints(image, rough[i as 0], rough[((i + 1) % 4) as 0], full, scale);
    if (points.length < 12) return full;
    const fitted = fitLineRobustly(points, Math.max(12, Math.floor(points.length / 3)));
    if (fitted === undefined) return full;
    const same = fitted.nx * line.nx + fitted.ny * line.ny;
    return Math.abs(same) < 0.99 ? full : fitted;
  });
  const moved: Point[] = [];
  for (let i = 0; i < 4; i++) {
    const before = lines[(i + 3) % 4];
    const here = lines[i];
    const corner = before && here ? crossing(before, here) : undefined;
    const was = rough[i as 0];
    // a fit that carries a corner away followed something else
    if (corner === undefined || distance(corner, was) > 8 * scale) return rough;
    moved.push(corner);
  }
  const quad = moved as unknown as Quad;
  return isConvex(quad) ? quad : rough;
}
