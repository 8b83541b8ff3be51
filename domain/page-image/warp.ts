import { pixelsOf, type ColourImage } from './colour.ts';
import { mapped, type Homography, type Size } from './perspective.ts';

/** Within so many pixels of a row even a steep perspective is straight. */
const SPAN = 64;
/** Places between pixels are told to a 65536th, colours are mixed by sixteenths. */
const FINE = 16;

/**
 * Draws a picture anew: each pixel of the result is taken from where the homography says, mixed of the four
 * there; white where the picture has nothing. Reads four bytes a pixel.
 */
export function warp(
  source: ColourImage,
  toSource: Homography,
  { width, height }: Size,
  channels: 3 | 4 = 3,
): ColourImage {
  if (source.channels !== 4) throw new TypeError('warp reads four bytes a pixel');
  const out = new Uint8Array(width * height * channels);
  const pixels = pixelsOf(source);
  const unit = 1 << FINE;
  // without perspective a whole row is one span
  const flat =
    Math.abs(toSource[6] ?? 0) + Math.abs(toSource[7] ?? 0) < 1e-12 * Math.abs(toSource[8] ?? 1);
  const most = flat ? width : SPAN;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x += most) {
      const count = Math.min(most, width - x);
      const from = mapped(toSource, x, y);
      const to = mapped(toSource, x + count, y);
      const du = ((to.x - from.x) * unit) / count;
      const dv = ((to.y - from.y) * unit) / count;
      const at = (y * width + x) * channels;
      span(
        pixels,
        source.width,
        source.height,
        from.x * unit,
        from.y * unit,
        du,
        dv,
        out,
        at,
        count,
        channels,
      );
    }
  }
  return { width, height, data: out, channels };
}

/** Two colours a number: red and blue lie 16 bits apart, so that one multiplication weighs both. */
const PAIR = 0xff00ff;

function span(
  pixels: Int32Array,
  width: number,
  height: number,
  startU: number,
  startV: number,
  du: number,
  dv: number,
  out: Uint8Array,
  start: number,
  count: number,
  channels: number,
): void {
  // half a sixteenth, so that cutting off is rounding
  let u = (startU + (1 << (FINE - 5))) | 0;
  let v = (startV + (1 << (FINE - 5))) | 0;
  const stepU = Math.round(du) | 0;
  const stepV = Math.round(dv) | 0;
  const right = (width - 1) << FINE;
  const bottom = (height - 1) << FINE;
  let o = start;
  for (let k = 0; k < count; k++, o += channels, u = (u + stepU) | 0, v = (v + stepV) | 0) {
    if (channels === 4) out[o + 3] = 255;
    if (u < 0 || v < 0 || u >= right || v >= bottom) {
      rim(pixels, width, height, u >> FINE, v >> FINE, out, o);
      continue;
    }
    const fx = (u >> (FINE - 4)) & 15;
    const fy = (v >> (FINE - 4)) & 15;
    const w11 = Math.imul(fx, fy);
    const w10 = (fx << 4) - w11;
    const w01 = (fy << 4) - w11;
    const w00 = 256 - w10 - w01 - w11;
    const i = Math.imul(v >> FINE, width) + (u >> FINE);
    const p00 = pixels[i] ?? 0;
    const p10 = pixels[i + 1] ?? 0;
    const p01 = pixels[i + width] ?? 0;
    const p11 = pixels[i + width + 1] ?? 0;
    // `| 0` after each sum keeps the numbers small, and the loop a quarter quicker
    const redBlue =
      (((Math.imul(p00 & PAIR, w00) + Math.imul(p10 & PAIR, w10)) | 0) +
        ((Math.imul(p01 & PAIR, w01) + Math.imul(p11 & PAIR, w11)) | 0)) |
      0;
    const green =
      (((Math.imul((p00 >>> 8) & 255, w00) + Math.imul((p10 >>> 8) & 255, w10)) | 0) +
        ((Math.imul((p01 >>> 8) & 255, w01) + Math.imul((p11 >>> 8) & 255, w11)) | 0)) |
      0;
    out[o] = redBlue >>> 8;
    out[o + 1] = green >> 8;
    out[o + 2] = redBlue >>> 24;
  }
}

/** The last row and column have no neighbour to be mixed with; farther out there is white. */
function rim(
  pixels: Int32Array,
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

/** Turns a picture by quarters, clockwise. */
export function quarterTurn(image: ColourImage, quarters: 1 | 2 | 3): ColourImage {
  const { width, height, data, channels } = image;
  const turned = quarters === 2 ? { width, height } : { width: height, height: width };
  const out = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = (y * width + x) * channels;
      const tx = quarters === 1 ? height - 1 - y : quarters === 2 ? width - 1 - x : y;
      const ty = quarters === 1 ? x : quarters === 2 ? height - 1 - y : width - 1 - x;
      const o = (ty * turned.width + tx) * channels;
      for (let c = 0; c < channels; c++) out[o + c] = data[i + c] ?? 0;
    }
  }
  return { ...turned, data: out, channels };
}
