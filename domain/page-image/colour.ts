import type { LuminanceImage } from './luminance.ts';

/** A picture in colour: red, green, blue and a fourth byte that nobody reads; or without the fourth. */
export interface ColourImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
  readonly channels: 3 | 4;
}

/** Two colours a number: red and blue lie 16 bits apart, so that one addition adds both. */
const PAIR = 0xff00ff;
/** So many additions a side do not run over: 16 × 16 × 255 fits into 16 bits. */
const MOST_STEPS = 16;

/**
 * Makes a picture of four bytes a pixel smaller by whole steps until no side is longer than `longest`, or
 * nearly; the fourth byte becomes 255.
 */
export function shrinkColour(image: ColourImage, longest: number): ColourImage {
  if (image.channels !== 4) throw new TypeError('shrinking reads four bytes a pixel');
  const scale = Math.ceil(Math.max(image.width, image.height) / longest);
  const step = Math.min(MOST_STEPS, image.width, image.height, Math.max(1, scale));
  if (step === 1) return { ...image, data: image.data.slice() };
  const width = Math.floor(image.width / step);
  const height = Math.floor(image.height / step);
  const pixels = pixelsOf(image);
  const out = new Int32Array(width * height);
  const share = 1 / (step * step);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let redBlue = 0;
      let green = 0;
      for (let dy = 0; dy < step; dy++) {
        let i = (y * step + dy) * image.width + x * step;
        for (const end = i + step; i < end; i++) {
          const pixel = pixels[i] ?? 0;
          redBlue = (redBlue + (pixel & PAIR)) | 0;
          green = (green + ((pixel >>> 8) & 255)) | 0;
        }
      }
      const red = redBlue & 0xffff;
      const blue = redBlue >>> 16;
      out[y * width + x] =
        (255 << 24) | ((blue * share) << 16) | ((green * share) << 8) | (red * share);
    }
  }
  return { width, height, data: new Uint8Array(out.buffer), channels: 4 };
}

/** The pixels of a picture of four bytes a pixel, one number each: signed, which is quicker by far. */
export function pixelsOf({ data, width, height }: ColourImage): Int32Array {
  return new Int32Array(data.buffer, data.byteOffset, width * height);
}

/** Brightness as the eye weighs it. */
export function luminanceOf({ width, height, data, channels }: ColourImage): LuminanceImage {
  const grey = new Uint8Array(width * height);
  for (let i = 0, o = 0; i < grey.length; i++, o += channels) {
    const red = data[o] ?? 0;
    grey[i] = (77 * red + 150 * (data[o + 1] ?? 0) + 29 * (data[o + 2] ?? 0)) >> 8;
  }
  return { width, height, data: grey };
}

/** The colour of the paper: the middle of the brighter half of a small picture's pixels. */
function paperColour({ data, channels }: ColourImage): readonly [number, number, number] {
  const greens: number[] = [];
  for (let i = 0; i + 2 < data.length; i += channels) greens.push(data[i + 1] ?? 0);
  const level = greens.sort((a, b) => a - b)[Math.floor(greens.length * 0.7)] ?? 255;
  let red = 0;
  let green = 0;
  let blue = 0;
  let count = 0;
  for (let i = 0; i + 2 < data.length; i += channels) {
    if (Math.abs((data[i + 1] ?? 0) - level) > 14) continue;
    red += data[i] ?? 0;
    green += data[i + 1] ?? 0;
    blue += data[i + 2] ?? 0;
    count += 1;
  }
  return count === 0
    ? [255, 255, 255]
    : [Math.max(1, red / count), Math.max(1, green / count), Math.max(1, blue / count)];
}

/** Skin of every shade has more red than green and more green than blue, but not much more. */
function isSkin(red: number, green: number, blue: number): boolean {
  if (red < 50 || green < 25 || blue < 15) return false;
  const rg = red / green;
  const gb = green / blue;
  return rg > 1.12 && rg < 1.9 && gb > 1.02 && gb < 1.75;
}

/**
 * Whether something of the colour of skin reaches over the rim of a straightened page, as a finger that
 * holds it down does. A stamp is redder, a strip of a wooden table thinner.
 * @param small about 160 pixels a side
 */
export function fingerAtRim(small: ColourImage): boolean {
  const { width, height, data, channels } = small;
  if (width < 40 || height < 40) return false;
  const [paperRed, paperGreen, paperBlue] = paperColour(small);
  const skin = new Uint8Array(width * height);
  for (let i = 0, o = 0; i < skin.length; i++, o += channels) {
    const red = (255 * (data[o] ?? 0)) / paperRed;
    const green = (255 * (data[o + 1] ?? 0)) / paperGreen;
    const blue = (255 * (data[o + 2] ?? 0)) / paperBlue;
    skin[i] = isSkin(red, green, blue) ? 1 : 0;
  }
  return rimBlobs(skin, width, height).some(({ area, deep, wide }) => {
    const share = area / (width * height);
    return share > 0.0015 && share < 0.12 && deep >= 0.035 * width && wide < 0.3 * height;
  });
}

interface Blob {
  readonly area: number;
  /** How far it reaches in from the rim, and how much of the rim it takes. */
  readonly deep: number;
  readonly wide: number;
}

/** Connected patches that touch the rim. */
function rimBlobs(mask: Uint8Array, width: number, height: number): readonly Blob[] {
  const blobs: Blob[] = [];
  const stack: number[] = [];
  const fromRim = (i: number): number => {
    const x = i % width;
    const y = Math.floor(i / width);
    return Math.min(x, y, width - 1 - x, height - 1 - y);
  };
  for (let start = 0; start < mask.length; start++) {
    if (mask[start] !== 1 || fromRim(start) > 1) continue;
    let area = 0;
    let deep = 0;
    let wide = 0;
    stack.push(start);
    mask[start] = 2;
    for (let i = stack.pop(); i !== undefined; i = stack.pop()) {
      area += 1;
      const far = fromRim(i);
      deep = Math.max(deep, far);
      if (far === 0) wide += 1;
      const x = i % width;
      for (const [next, there] of [
        [i - 1, x > 0],
        [i + 1, x < width - 1],
        [i - width, i >= width],
        [i + width, i + width < mask.length],
      ] as const) {
        if (!there || mask[next] !== 1) continue;
        mask[next] = 2;
        stack.push(next);
      }
    }
    blobs.push({ area, deep, wide });
  }
  return blobs;
}
