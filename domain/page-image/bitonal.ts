import type { ColourImage } from './colour.ts';
import { boxBlur, surroundings, type LuminanceImage } from './luminance.ts';

/** Shares of a page from which on it is more than black writing on white. */
const MOST = { coloured: 0.0004, pale: 0.0012 } as const;

/** How much of the page is in colour, whatever the tint of its paper. */
function colouredShare({ data, channels }: ColourImage, paper: number): number {
  let coloured = 0;
  for (let i = 0; i + 2 < data.length; i += channels) {
    const red = data[i] ?? 0;
    const green = data[i + 1] ?? 0;
    const blue = data[i + 2] ?? 0;
    const spread = Math.max(red, green, blue) - Math.min(red, green, blue);
    if (spread > 0.16 * paper) coloured += 1;
  }
  return (channels * coloured) / Math.max(channels, data.length);
}

/** The share of tones that black and white would lose: photographs, tints, pencil, faint stamps. */
function paleShare(grey: LuminanceImage): number {
  const { width, height, data } = grey;
  const around = surroundings(grey, 0.02);
  const strong = new Uint8Array(width * height);
  const pale = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const papers = around.row(y);
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const value = data[i] ?? 0;
      const paper = papers[x] ?? 0;
      if (value < 0.6 * paper) strong[i] = 255;
      else if (value < 0.93 * paper) pale[i] = 1;
    }
  }
  // the soft rim of a letter is no tone of its own
  const near = boxBlur({ width, height, data: strong }, 2);
  let count = 0;
  for (let i = 0; i < pale.length; i++) {
    if (pale[i] === 1 && (near.data[i] ?? 0) === 0) count += 1;
  }
  return count / pale.length;
}

function paperLevel({ data }: LuminanceImage): number {
  const histogram = new Uint32Array(256);
  for (const value of data) histogram[value] = (histogram[value] ?? 0) + 1;
  let below = 0;
  for (let value = 0; value < 256; value++) {
    below += histogram[value] ?? 0;
    if (below > 0.8 * data.length) return value;
  }
  return 255;
}

/**
 * Whether a page is plain writing in black on white, so that one bit a pixel loses nothing: no colour, no
 * tones, no dark paper.
 * @param page about 1400 pixels a side; `grey` is its brightness
 */
export function isPlainText(page: ColourImage, grey: LuminanceImage): boolean {
  const paper = paperLevel(grey);
  if (paper < 170) return false;
  // large dark fields would pass for ink
  const dark = grey.data.reduce((sum, value) => sum + (value < 0.6 * paper ? 1 : 0), 0);
  if (dark > 0.2 * grey.data.length) return false;
  return paleShare(grey) < MOST.pale && colouredShare(page, paper) < MOST.coloured;
}

/** One bit a pixel, rows filled up to whole bytes, 1 is white, as PNG wants it. */
export interface Bitonal {
  readonly width: number;
  readonly height: number;
  readonly rowBytes: number;
  readonly bits: Uint8Array;
}

/** One bit a pixel of a page that is black and white already. */
export function blackOrWhite({ width, height, data, channels }: ColourImage): Bitonal {
  const rowBytes = Math.ceil(width / 8);
  const bits = new Uint8Array(rowBytes * height);
  for (let y = 0; y < height; y++) {
    let i = y * width * channels;
    for (let x = 0; x < width; x++, i += channels) {
      if ((data[i] ?? 0) < 128) continue;
      const at = y * rowBytes + (x >> 3);
      bits[at] = (bits[at] ?? 0) | (0x80 >> (x & 7));
    }
  }
  return { width, height, rowBytes, bits };
}

/** Black and white, by the paper around each place. */
export function bitonalOf(page: ColourImage, grey: LuminanceImage): Bitonal {
  const { width, height, data, channels } = page;
  // ink makes the mean of its surroundings darker, so that the limit lies higher than half
  const around = surroundings(grey, 1 / 30);
  const rowBytes = Math.ceil(width / 8);
  const bits = new Uint8Array(rowBytes * height);
  const limits = new Uint16Array(width);
  let limitRow = -1;
  for (let y = 0; y < height; y++) {
    const greyRow = Math.min(grey.height - 1, Math.floor((y * grey.height) / height));
    if (greyRow !== limitRow) {
      limitRow = greyRow;
      const papers = around.row(greyRow);
      for (let x = 0; x < width; x++) {
        const greyX = Math.min(grey.width - 1, Math.floor((x * grey.width) / width));
        // the weights of brightness sum up to 256
        limits[x] = Math.round(0.72 * 256 * (papers[greyX] ?? 0));
      }
    }
    let i = y * width * channels;
    for (let x = 0; x < width; x++, i += channels) {
      const bright = 77 * (data[i] ?? 0) + 150 * (data[i + 1] ?? 0) + 29 * (data[i + 2] ?? 0);
      if (bright < (limits[x] ?? 0)) continue;
      const at = y * rowBytes + (x >> 3);
      bits[at] = (bits[at] ?? 0) | (0x80 >> (x & 7));
    }
  }
  return { width, height, rowBytes, bits };
}
