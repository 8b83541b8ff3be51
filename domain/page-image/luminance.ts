/** A grey picture: one byte a pixel, row by row from the top, 0 black and 255 white. */
export interface LuminanceImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** A place in a picture, in its pixels; (0, 0) is the middle of the first pixel. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The corners of a paper, clockwise from its top left. They may lie outside the picture. */
export type Quad = readonly [Point, Point, Point, Point];

/** A picture made smaller, and how many of the old pixels one new pixel is. */
export interface Shrunk {
  readonly image: LuminanceImage;
  readonly scale: number;
}

/** Makes a picture smaller by whole steps until no side is longer than `longest`; never larger. */
export function shrink(image: LuminanceImage, longest: number): Shrunk {
  const scale = Math.max(1, Math.ceil(Math.max(image.width, image.height) / longest));
  if (scale === 1) return { image, scale };
  const width = Math.max(1, Math.floor(image.width / scale));
  const height = Math.max(1, Math.floor(image.height / scale));
  const data = new Uint8Array(width * height);
  // a side shorter than one step is read as far as it goes
  const stepX = Math.min(scale, image.width);
  const stepY = Math.min(scale, image.height);
  const share = 1 / (stepX * stepY);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let dy = 0; dy < stepY; dy++) {
        const row = (y * scale + dy) * image.width + x * scale;
        for (let dx = 0; dx < stepX; dx++) sum += image.data[row + dx] ?? 0;
      }
      data[y * width + x] = Math.round(sum * share);
    }
  }
  return { image: { width, height, data }, scale };
}

/** The mean of each pixel's neighbourhood of (2 × reach + 1)² pixels, fewer at the edges. */
export function boxBlur(image: LuminanceImage, reach: number): LuminanceImage {
  const { width, height, data } = image;
  const rows = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const row = y * width;
    let sum = 0;
    for (let x = 0; x < Math.min(reach, width); x++) sum += data[row + x] ?? 0;
    for (let x = 0; x < width; x++) {
      if (x + reach < width) sum += data[row + x + reach] ?? 0;
      if (x - reach - 1 >= 0) sum -= data[row + x - reach - 1] ?? 0;
      rows[row + x] = sum / (Math.min(width - 1, x + reach) - Math.max(0, x - reach) + 1);
    }
  }
  const blurred = new Uint8Array(width * height);
  const sums = new Float64Array(width);
  for (let y = 0; y < Math.min(reach, height); y++) {
    for (let x = 0; x < width; x++) sums[x] = (sums[x] ?? 0) + (rows[y * width + x] ?? 0);
  }
  for (let y = 0; y < height; y++) {
    const enter = y + reach < height ? (y + reach) * width : -1;
    const leave = y - reach - 1 >= 0 ? (y - reach - 1) * width : -1;
    const share = 1 / (Math.min(height - 1, y + reach) - Math.max(0, y - reach) + 1);
    for (let x = 0; x < width; x++) {
      let sum = sums[x] ?? 0;
      if (enter >= 0) sum += rows[enter + x] ?? 0;
      if (leave >= 0) sum -= rows[leave + x] ?? 0;
      sums[x] = sum;
      blurred[y * width + x] = Math.round(sum * share);
    }
  }
  return { width, height, data: blurred };
}

/** How bright it is around each place of a picture. */
export interface Surroundings {
  /** @param y row of the picture; the array is overwritten by the next call */
  row(y: number): Uint8Array;
}

/** The mean of about `share` of the picture's longer side around each place, told coarsely. */
export function surroundings(image: LuminanceImage, share: number): Surroundings {
  const longer = Math.max(image.width, image.height);
  const small = shrink(image, Math.max(32, Math.ceil(longer / 4)));
  const reach = Math.max(2, Math.round((share * longer) / small.scale));
  const soft = boxBlur(small.image, reach);
  const columns = Uint32Array.from({ length: image.width }, (_, x) =>
    Math.min(soft.width - 1, Math.floor(x / small.scale)),
  );
  const line = new Uint8Array(image.width);
  let drawn = -1;
  return {
    row(y) {
      const from = Math.min(soft.height - 1, Math.floor(y / small.scale));
      if (from !== drawn) {
        drawn = from;
        for (let x = 0; x < line.length; x++) {
          line[x] = soft.data[from * soft.width + (columns[x] ?? 0)] ?? 0;
        }
      }
      return line;
    },
  };
}
