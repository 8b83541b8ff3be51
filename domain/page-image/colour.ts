import { shrink, type LuminanceImage } from './luminance.ts';

/** A picture in colour: red, green, blue and a fourth byte that nobody reads; or without the fourth. */
export interface ColourImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
  readonly channels: 3 | 4;
}

/** Makes a picture in colour smaller by whole steps until no side is longer than `longest`: RGB. */
export function shrinkColour(image: ColourImage, longest: number): ColourImage {
  const { channels } = image;
  const scale = Math.max(1, Math.ceil(Math.max(image.width, image.height) / longest));
  const width = Math.max(1, Math.floor(image.width / scale));
  const height = Math.max(1, Math.floor(image.height / scale));
  const stepX = Math.min(scale, image.width);
  const stepY = Math.min(scale, image.height);
  const share = 1 / (stepX * stepY);
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let dy = 0; dy < stepY; dy++) {
        let i = ((y * scale + dy) * image.width + x * scale) * channels;
        for (let dx = 0; dx < stepX; dx++, i += channels) {
          red += image.data[i] ?? 0;
          green += image.data[i + 1] ?? 0;
          blue += image.data[i + 2] ?? 0;
        }
      }
      const o = (y * width + x) * 3;
      data[o] = red * share;
      data[o + 1] = green * share;
      data[o + 2] = blue * share;
    }
  }
  return { width, height, data, channels: 3 };
}

/** Brightness as the eye weighs it, at most `longest` pixels a side. */
export function luminanceOf(image: ColourImage, longest: number): LuminanceImage {
  const small = shrinkColour(image, longest);
  const data = new Uint8Array(small.width * small.height);
  for (let i = 0, o = 0; i < data.length; i++, o += 3) {
    const red = small.data[o] ?? 0;
    data[i] = (77 * red + 150 * (small.data[o + 1] ?? 0) + 29 * (small.data[o + 2] ?? 0)) >> 8;
  }
  small.data.fill(0);
  return shrink({ width: small.width, height: small.height, data }, longest).image;
}

/** The colour of the paper: the middle of the brighter half of a small picture's pixels. */
function paperColour({ data }: ColourImage): readonly [number, number, number] {
  const greens: number[] = [];
  for (let i = 0; i + 2 < data.length; i += 3) greens.push(data[i + 1] ?? 0);
  const level = greens.sort((a, b) => a - b)[Math.floor(greens.length * 0.7)] ?? 255;
  let red = 0;
  let green = 0;
  let blue = 0;
  let count = 0;
  for (let i = 0; i + 2 < data.length; i += 3) {
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
 */
export function fingerAtRim(page: ColourImage): boolean {
  const small = shrinkColour(page, 160);
  const { width, height, data } = small;
  if (width < 40 || height < 40) return false;
  const [paperRed, paperGreen, paperBlue] = paperColour(small);
  const skin = new Uint8Array(width * height);
  for (let i = 0, o = 0; i < skin.length; i++, o += 3) {
    const red = (255 * (data[o] ?? 0)) / paperRed;
    const green = (255 * (data[o + 1] ?? 0)) / paperGreen;
    const blue = (255 * (data[o + 2] ?? 0)) / paperBlue;
    skin[i] = isSkin(red, green, blue) ? 1 : 0;
  }
  data.fill(0);
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
