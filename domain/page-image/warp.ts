import type { ColourImage } from './colour.ts';
import { mapped, type Homography, type Size } from './perspective.ts';

/** Within so many pixels of a row even a steep perspective is straight. */
const SPAN = 32;
/** Places between pixels are told to a 4096th, colours are mixed by sixteenths. */
const FINE = 12;

/**
 * Draws a picture anew: each pixel of the result is taken from where the homography says, mixed of the four
 * there; white where the picture has nothing. RGBA in, RGB out.
 */
export function warp(source: ColourImage, toSource: Homography, size: Size): ColourImage {
  if (source.channels !== 4) throw new TypeError('warp reads four bytes a pixel');
  const { width, height } = size;
  const out = new Uint8Array(width * height * 3);
  const pixels = new Uint32Array(
    source.data.buffer,
    source.data.byteOffset,
    source.width * source.height,
  );
  const unit = 1 << FINE;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x += SPAN) {
      const count = Math.min(SPAN, width - x);
      const from = mapped(toSource, x, y);
      const to = mapped(toSource, x + count, y);
      span(
        pixels,
        source,
        {
          u: from.x * unit,
          v: from.y * unit,
          du: ((to.x - from.x) * unit) / count,
          dv: ((to.y - from.y) * unit) / count,
        },
        out,
        (y * width + x) * 3,
        count,
      );
    }
  }
  return { width, height, data: out, channels: 3 };
}

interface Walk {
  readonly u: number;
  readonly v: number;
  readonly du: number;
  readonly dv: number;
}

/** Two colours a number: red and blue lie 16 bits apart, so that one multiplication weighs both. */
const PAIR = 0xff00ff;

function span(
  pixels: Uint32Array,
  { width, height }: Size,
  walk: Walk,
  out: Uint8Array,
  start: number,
  count: number,
): void {
  const half = 1 << (FINE - 5);
  const du = Math.round(walk.du);
  const dv = Math.round(walk.dv);
  let u = Math.round(walk.u) + half;
  let v = Math.round(walk.v) + half;
  let o = start;
  for (let k = 0; k < count; k++, o += 3, u += du, v += dv) {
    const x = u >> FINE;
    const y = v >> FINE;
    if (x < 0 || y < 0 || x >= width - 1 || y >= height - 1) {
      rim(pixels, width, height, x, y, out, o);
      continue;
    }
    const fx = (u >> (FINE - 4)) & 15;
    const fy = (v >> (FINE - 4)) & 15;
    const w11 = fx * fy;
    const w10 = (fx << 4) - w11;
    const w01 = (fy << 4) - w11;
    const w00 = 256 - w10 - w01 - w11;
    const i = y * width + x;
    const p00 = pixels[i] ?? 0;
    const p10 = pixels[i + 1] ?? 0;
    const p01 = pixels[i + width] ?? 0;
    const p11 = pixels[i + width + 1] ?? 0;
    const redBlue =
      (Math.imul(p00 & PAIR, w00) +
        Math.imul(p10 & PAIR, w10) +
        Math.imul(p01 & PAIR, w01) +
        Math.imul(p11 & PAIR, w11)) |
      0;
    const green =
      ((p00 >>> 8) & 255) * w00 +
      ((p10 >>> 8) & 255) * w10 +
      ((p01 >>> 8) & 255) * w01 +
      ((p11 >>> 8) & 255) * w11;
    out[o] = redBlue >>> 8;
    out[o + 1] = green >> 8;
    out[o + 2] = redBlue >>> 24;
  }
}

/** The last row and column have no neighbour to be mixed with; farther out there is white. */
function rim(
  pixels: Uint32Array,
  width: number,
  height: number,
  x: number,
  y: number,
  out: Uint8Array,
  o: number,
): void {
  const there = x >= -1 && y >= -1 && x <= width && y <= height;
  const px = Math.min(width - 1, Math.max(0, x));
  const py = Math.min(height - 1, Math.max(0, y));
  const pixel = there ? (pixels[py * width + px] ?? 0) : 0xffffff;
  out[o] = pixel & 255;
  out[o + 1] = (pixel >>> 8) & 255;
  out[o + 2] = (pixel >>> 16) & 255;
}

/** Turns a picture by quarters, clockwise. RGB. */
export function quarterTurn(image: ColourImage, quarters: 1 | 2 | 3): ColourImage {
  const { width, height, data } = image;
  const turned = quarters === 2 ? { width, height } : { width: height, height: width };
  const out = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = (y * width + x) * 3;
      const tx = quarters === 1 ? height - 1 - y : quarters === 2 ? width - 1 - x : y;
      const ty = quarters === 1 ? x : quarters === 2 ? height - 1 - y : width - 1 - x;
      const o = (ty * turned.width + tx) * 3;
      out[o] = data[i] ?? 0;
      out[o + 1] = data[i + 1] ?? 0;
      out[o + 2] = data[i + 2] ?? 0;
    }
  }
  return { ...turned, data: out, channels: 3 };
}
