import sharp from 'sharp';
import type { PageSource } from '../../../domain/page-image/advice.ts';
import { luminanceOf, shrinkColour, type ColourImage } from '../../../domain/page-image/colour.ts';
import { findPage, SURE } from '../../../domain/page-image/find-page.ts';
import { inkOf } from '../../../domain/page-image/ink.ts';
import type { LuminanceImage, Quad } from '../../../domain/page-image/luminance.ts';
import { homography, straightSize, type Size } from '../../../domain/page-image/perspective.ts';
import { standingOf } from '../../../domain/page-image/reading-direction.ts';
import { CLEAR_SKEW, skewOf } from '../../../domain/page-image/skew.ts';
import { quarterTurn, warp } from '../../../domain/page-image/warp.ts';
import { givePixels, takePixels } from './pixel-memory.ts';

/** A4 at 600 dpi has 35 million pixels; more is no page of ours. */
export const LIMIT = { limitInputPixels: 60_000_000, failOn: 'error' } as const;

/** A4 at 300 dpi is 3508 long: what is longer is made smaller, nobody reads more. */
const LONGEST_PX = 4000;
/** Longer side of the pictures that are looked at. */
export const LOOK_PX = 1400;
/** What lies within this share of a paper's size outside its corners is kept: curled rims. */
const MARGIN = 0.006;
/** A page that lies straighter than this is not drawn anew. */
const LEAST_SKEW_DEGREES = 0.12;
/** A scanner's page is cut out only when there is no doubt: most fill the glass. */
const SURE_SCANNER = 0.85;

/** A picture of four bytes a pixel, upright by its own word (EXIF), without metadata. */
export async function decoded(bytes: Uint8Array): Promise<ColourImage> {
  // sharp drops all metadata (EXIF, maker notes, place) unless told to keep it
  const { data, info } = await sharp(bytes, LIMIT)
    .rotate()
    .resize({ width: LONGEST_PX, height: LONGEST_PX, fit: 'inside', withoutEnlargement: true })
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data, channels: 4 };
}

/** A page that was made straight, and the same small, for looking at it. */
export interface Straight {
  /** To be given back with `givePixels`, or handed on to `upright`. */
  readonly page: ColourImage;
  readonly small: ColourImage;
  /** The paper that was cut out, in pixels of the picture that came. */
  readonly quad?: Quad;
  /** The same in pixels of `look`. */
  readonly quadSeen?: Quad;
  /** The picture that came, small and grey. */
  readonly look: LuminanceImage;
  /** It lies askew, or on a table, and that could not be mended. */
  readonly leftAskew: boolean;
}

function each(quad: Quad, move: (corner: Quad[0]) => Quad[0]): Quad {
  return [move(quad[0]), move(quad[1]), move(quad[2]), move(quad[3])];
}

function grown(quad: Quad, share: number): Quad {
  const cx = (quad[0].x + quad[1].x + quad[2].x + quad[3].x) / 4;
  const cy = (quad[0].y + quad[1].y + quad[2].y + quad[3].y) / 4;
  const by = 1 + 2 * share;
  return each(quad, ({ x, y }) => ({ x: cx + (x - cx) * by, y: cy + (y - cy) * by }));
}

function sheet({ width, height }: Size): Quad {
  return [
    { x: 0, y: 0 },
    { x: width - 1, y: 0 },
    { x: width - 1, y: height - 1 },
    { x: 0, y: height - 1 },
  ];
}

/** The corners of the straightened page in a picture that is turned; nothing of the picture is lost. */
function turnedBack({ width, height }: Size, degrees: number): { quad: Quad; size: Size } {
  const turn = (degrees * Math.PI) / 180;
  const cos = Math.cos(turn);
  const sin = Math.sin(turn);
  const wide = width * cos + height * Math.abs(sin);
  const high = height * cos + width * Math.abs(sin);
  const at = (x: number, y: number): Quad[0] => ({
    x: width / 2 + x * cos - y * sin - 0.5,
    y: height / 2 + x * sin + y * cos - 0.5,
  });
  return {
    quad: [
      at(-wide / 2, -high / 2),
      at(wide / 2, -high / 2),
      at(wide / 2, high / 2),
      at(-wide / 2, high / 2),
    ],
    size: { width: Math.round(wide), height: Math.round(high) },
  };
}

/** Draws the corners of a picture as a page, large and small. */
function drawn(image: ColourImage, seen: ColourImage, quad: Quad, size: Size) {
  const scale = image.width / seen.width;
  const small = {
    width: Math.max(1, Math.round(size.width / scale)),
    height: Math.max(1, Math.round(size.height / scale)),
  };
  const there = each(quad, ({ x, y }) => ({
    x: (x + 0.5) / scale - 0.5,
    y: (y + 0.5) / scale - 0.5,
  }));
  return {
    page: warp(image, homography(sheet(size), quad), size, takePixels(size.width * size.height)),
    small: warp(seen, homography(sheet(small), there), small),
  };
}

/**
 * Finds the paper and cuts it out; else turns the picture back by its writing; else leaves it whole. What
 * is not sure is not cut away.
 */
export function straighten(image: ColourImage, source: PageSource): Straight {
  const seen = shrinkColour(image, LOOK_PX);
  const look = luminanceOf(seen);
  const scale = image.width / look.width;
  const found = findPage(look);
  if (found !== undefined && found.confidence >= (source === 'scanner' ? SURE_SCANNER : SURE)) {
    const quad = each(found.quad, ({ x, y }) => ({
      x: (x + 0.5) * scale - 0.5,
      y: (y + 0.5) * scale - 0.5,
    }));
    const made = drawn(image, seen, grown(quad, MARGIN), straightSize(quad, image));
    seen.data.fill(0);
    return { ...made, quad, quadSeen: found.quad, look, leftAskew: false };
  }
  const ink = inkOf(look);
  const skew = skewOf(ink);
  ink.data.fill(0);
  const leftAskew = source !== 'scanner';
  if (
    skew === undefined ||
    skew.clearness < CLEAR_SKEW ||
    Math.abs(skew.degrees) < LEAST_SKEW_DEGREES
  ) {
    return { page: image, small: seen, look, leftAskew };
  }
  const { quad, size } = turnedBack(image, skew.degrees);
  const made = drawn(image, seen, quad, size);
  seen.data.fill(0);
  return { ...made, look, leftAskew };
}

/** A page, large and small, and whether it may stand on its head. */
export interface Upright {
  readonly page: ColourImage;
  readonly small: ColourImage;
  readonly unsure: boolean;
}

function standing(small: ColourImage) {
  const grey = luminanceOf(small);
  const ink = inkOf(grey);
  const told = standingOf(ink);
  grey.data.fill(0);
  ink.data.fill(0);
  return told.standing;
}

/**
 * Turns a page by its own signs; the pictures it was given are overwritten, and their memory is given back,
 * when others take their place.
 */
export function upright({ page, small }: Pick<Straight, 'page' | 'small'>): Upright {
  const turn = (quarters: 1 | 2 | 3, unsure: boolean): Upright => {
    const turned = {
      page: quarterTurn(page, quarters, takePixels(page.width * page.height)),
      small: quarterTurn(small, quarters),
      unsure,
    };
    givePixels(page.data);
    small.data.fill(0);
    return turned;
  };
  const first = standing(small);
  if (first === 'upsideDown') return turn(2, false);
  if (first !== 'sideways') return { page, small, unsure: first === 'maybeUpsideDown' };
  const tried = quarterTurn(small, 1);
  const second = standing(tried);
  tried.data.fill(0);
  return second === 'upsideDown' ? turn(3, false) : turn(1, second !== 'upright');
}
