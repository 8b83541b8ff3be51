import { pixelsOf, type ColourImage } from './colour.ts';
import { mapped, type Homography, type Size } from './perspective.ts';

/** Within so many pixels of a row even a steep perspective is straight. */
const SPAN = 64;
/** Places between pixels are told to a 65536th, colours are mixed by sixteenths. */
const FINE = 16;

/** Two colours a number: they lie 16 bits apart, so that one multiplication weighs both. */
const PAIR = 0xff00ff;
const WHITE = -1;

/**
 * Draws a picture anew: each pixel of the result is taken from where the homography says, mixed of the four
 * there; white where the picture has nothing. Reads and gives four bytes a pixel.
 * @param out where it is drawn, a number a pixel
 */
export function warp(
  source: ColourImage,
  toSource: Homography,
  { width, height }: Size,
  out = new Int32Array(width * height),
): ColourImage {
  if (source.channels !== 4) throw new TypeError('warp reads four bytes a pixel');
  const from = pixelsOf(source);
  const unit = 1 << FINE;
  const right = (source.width - 1) << FINE;
  const bottom = (source.height - 1) << FINE;
  // without perspective a whole row is one span
  const flat =
    Math.abs(toSource[6] ?? 0) + Math.abs(toSource[7] ?? 0) < 1e-12 * Math.abs(toSource[8] ?? 1);
  const most = flat ? width : SPAN;
  for (let y = 0; y < height; y++) {
    let here = mapped(toSource, 0, y);
    for (let x = 0; x < width; x += most) {
      const count = Math.min(most, width - x);
      const there = mapped(toSource, x + count, y);
      const stepU = Math.round(((there.x - here.x) * unit) / count) | 0;
      const stepV = Math.round(((there.y - here.y) * unit) / count) | 0;
      // half a sixteenth, so that cutting off is rounding
      const u = (here.x * unit + (1 << (FINE - 5))) | 0;
      const v = (here.y * unit + (1 << (FINE - 5))) | 0;
      const first = Math.min(count, Math.max(0, begins(u, stepU, right), begins(v, stepV, bottom)));
      const end = Math.max(first, Math.min(count, ends(u, stepU, right), ends(v, stepV, bottom)));
      const at = y * width + x;
      rim(from, source, u, v, stepU, stepV, out, at, first);
      mix(
        from,
        source.width,
        (u + Math.imul(stepU, first)) | 0,
        (v + Math.imul(stepV, first)) | 0,
        stepU,
        stepV,
        out,
        at + first,
        at + end,
      );
      rim(
        from,
        source,
        (u + Math.imul(stepU, end)) | 0,
        (v + Math.imul(stepV, end)) | 0,
        stepU,
        stepV,
        out,
        at + end,
        count - end,
      );
      here = there;
    }
  }
  return { width, height, data: bytesOf(out), channels: 4 };
}

function bytesOf({ buffer, byteOffset, byteLength }: Int32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** The first step at which a place that moves is not below 0 and below the limit, as far as its side goes. */
function begins(start: number, step: number, limit: number): number {
  if (step === 0) return start >= 0 && start < limit ? 0 : Infinity;
  return step > 0 ? Math.ceil(-start / step) : Math.floor((start - limit) / -step) + 1;
}

/** The first step at which it is there no more. */
function ends(start: number, step: number, limit: number): number {
  if (step === 0) return Infinity;
  return step > 0 ? Math.ceil((limit - start) / step) : Math.floor(start / -step) + 1;
}

/** Pixels that lie in the picture with all four neighbours: nothing is asked of any of them. */
function mix(
  pixels: Int32Array,
  width: number,
  startU: number,
  startV: number,
  stepU: number,
  stepV: number,
  out: Int32Array,
  start: number,
  end: number,
): void {
  let u = startU | 0;
  let v = startV | 0;
  for (let o = start; o < end; o++, u = (u + stepU) | 0, v = (v + stepV) | 0) {
    const fx = (u >> (FINE - 4)) & 15;
    const fy = (v >> (FINE - 4)) & 15;
    const w11 = Math.imul(fx, fy);
    const w10 = (fx << 4) - w11;
    const w01 = (fy << 4) - w11;
    const w00 = 256 - w10 - w01 - w11;
    const i = (Math.imul(v >> FINE, width) + (u >> FINE)) | 0;
    const p00 = pixels[i] ?? 0;
    const p10 = pixels[i + 1] ?? 0;
    const p01 = pixels[i + width] ?? 0;
    const p11 = pixels[i + width + 1] ?? 0;
    // `| 0` after each sum keeps the numbers small, and the loop a quarter quicker
    const redBlue =
      (((Math.imul(p00 & PAIR, w00) + Math.imul(p10 & PAIR, w10)) | 0) +
        ((Math.imul(p01 & PAIR, w01) + Math.imul(p11 & PAIR, w11)) | 0)) |
      0;
    const greenRest =
      (((Math.imul((p00 >>> 8) & PAIR, w00) + Math.imul((p10 >>> 8) & PAIR, w10)) | 0) +
        ((Math.imul((p01 >>> 8) & PAIR, w01) + Math.imul((p11 >>> 8) & PAIR, w11)) | 0)) |
      0;
    out[o] = ((redBlue >>> 8) & PAIR) | (greenRest & ~PAIR);
  }
}

/** The last row and column have no neighbour to be mixed with; farther out there is white. */
function rim(
  pixels: Int32Array,
  { width, height }: Size,
  startU: number,
  startV: number,
  stepU: number,
  stepV: number,
  out: Int32Array,
  start: number,
  count: number,
): void {
  let u = startU | 0;
  let v = startV | 0;
  for (let k = 0; k < count; k++, u = (u + stepU) | 0, v = (v + stepV) | 0) {
    const x = u >> FINE;
    const y = v >> FINE;
    if (x < -1 || y < -1 || x > width || y > height) {
      out[start + k] = WHITE;
      continue;
    }
    const px = Math.min(width - 1, Math.max(0, x));
    const py = Math.min(height - 1, Math.max(0, y));
    out[start + k] = pixels[py * width + px] ?? WHITE;
  }
}

/**
 * Turns a picture of four bytes a pixel by quarters, clockwise.
 * @param out where it is drawn, a number a pixel
 */
export function quarterTurn(
  image: ColourImage,
  quarters: 1 | 2 | 3,
  out = new Int32Array(image.width * image.height),
): ColourImage {
  if (image.channels !== 4) throw new TypeError('turning reads four bytes a pixel');
  const { width, height } = image;
  const turned = quarters === 2 ? { width, height } : { width: height, height: width };
  const pixels = pixelsOf(image);
  // how far two neighbours of a row lie apart in the turned picture, and where each row begins there
  const step = quarters === 1 ? height : quarters === 2 ? -1 : -height;
  for (let y = 0; y < height; y++) {
    let o =
      quarters === 1
        ? height - 1 - y
        : quarters === 2
          ? (height - y) * width - 1
          : (width - 1) * height + y;
    let i = y * width;
    for (const end = i + width; i < end; i++, o += step) out[o] = pixels[i] ?? WHITE;
  }
  return { ...turned, data: bytesOf(out), channels: 4 };
}
