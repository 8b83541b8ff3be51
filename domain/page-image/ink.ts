import { surroundings, type LuminanceImage } from './luminance.ts';

/** Where something is written: 1 where a pixel is ink, 0 where it is paper. */
export interface InkMap {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
  /** How many pixels are ink. */
  readonly count: number;
}

/** How much darker than the paper around it ink is, in levels and as a share of the paper. */
const DARKER = { levels: 14, share: 0.1 } as const;

/**
 * Tells ink from paper by the paper around it, so that neither shadow nor a grey paper is ink. The picture's
 * rim is left out: there lie the shadows of a sheet's edge.
 * @param rim share of the shorter side that is left out all around
 */
export function inkOf(image: LuminanceImage, rim = 0.02): InkMap {
  const { width, height, data } = image;
  const around = surroundings(image, 0.02);
  const ink = new Uint8Array(width * height);
  const edge = Math.round(rim * Math.min(width, height));
  let count = 0;
  for (let y = edge; y < height - edge; y++) {
    const papers = around.row(y);
    for (let x = edge; x < width - edge; x++) {
      const i = y * width + x;
      const paper = papers[x] ?? 0;
      const darker = paper - (data[i] ?? 0);
      if (darker < DARKER.levels || darker < DARKER.share * paper) continue;
      ink[i] = 1;
      count += 1;
    }
  }
  return { width, height, data: ink, count };
}

/** A stray pixel is a speck; ink has neighbours. */
function withNeighbours({ width, height, data }: InkMap): number {
  let count = 0;
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const i = y * width + x;
      if (data[i] !== 1) continue;
      const beside =
        (data[i - 1] ?? 0) + (data[i + 1] ?? 0) + (data[i - width] ?? 0) + (data[i + width] ?? 0);
      if (beside >= 2) count += 1;
    }
  }
  return count;
}

/** A page with less than this share of ink is blank: two short words on A4 are more. */
export const BLANK_BELOW = 0.0002;

/** Whether nothing is on a page. Made for pages that were straightened; a stamp or one line is not nothing. */
export function isBlank(ink: InkMap): boolean {
  return withNeighbours(ink) < BLANK_BELOW * ink.width * ink.height;
}
