import sharp from 'sharp';
import type { PageAdvice, PageSource } from '../../../domain/page-image/advice.ts';
import { bitonalOf, isPlainText } from '../../../domain/page-image/bitonal.ts';
import { fingerAtRim, luminanceOf, type ColourImage } from '../../../domain/page-image/colour.ts';
import { findPage, SURE } from '../../../domain/page-image/find-page.ts';
import { difference, fingerprintOf, SAME_BELOW } from '../../../domain/page-image/fingerprint.ts';
import { inkOf, isBlank } from '../../../domain/page-image/ink.ts';
import type { LuminanceImage, Quad } from '../../../domain/page-image/luminance.ts';
import { homography, straightSize, type Size } from '../../../domain/page-image/perspective.ts';
import {
  cutCorners,
  darkness,
  glareShare,
  QUALITY,
  sharpness,
} from '../../../domain/page-image/quality.ts';
import { standingOf } from '../../../domain/page-image/reading-direction.ts';
import { CLEAR_SKEW, skewOf } from '../../../domain/page-image/skew.ts';
import { quarterTurn, warp } from '../../../domain/page-image/warp.ts';
import { bitonalPng } from './bitonal-png.ts';

/** A4 at 600 dpi has 35 million pixels; more is no page of ours. */
export const LIMIT = { limitInputPixels: 60_000_000, failOn: 'error' } as const;

/** A4 at 300 dpi is 3508 long: what is longer is made smaller, nobody reads more. */
const LONGEST_PX = 4000;
/** Longer side of a preview: a kiosk screen is 1080 wide. */
const PREVIEW_PX = 1400;
/** Longer side of the pictures that are looked at. */
const LOOK_PX = 1400;
/** Sharpness is told in this size, whatever the camera's: it is what a clerk sees. */
const SHARP_PX = 1100;
/** What lies within this share of a paper's size outside its corners is kept: curled rims. */
const MARGIN = 0.006;
/** A page that lies straighter than this is not drawn anew. */
const LEAST_SKEW_DEGREES = 0.12;
/** A scanner's page is cut out only when there is no doubt: most fill the glass. */
const SURE_SCANNER = 0.85;

/** A page after the pipeline. */
export interface PipelinePage {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly mediaType: 'image/jpeg' | 'image/png';
  readonly preview: Uint8Array<ArrayBuffer>;
  readonly fingerprint: Uint8Array<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
  readonly advice: readonly PageAdvice[];
  /** The paper's corners in the picture that came, where they were found surely. */
  readonly quad?: Quad;
}

/** What the pipeline is asked. */
export interface PipelineRequest {
  readonly bytes: Uint8Array;
  readonly source: PageSource;
  /** Fingerprints of the pages that this session has already. */
  readonly earlier?: readonly Uint8Array[];
}

async function decoded(bytes: Uint8Array): Promise<ColourImage> {
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

function grown(quad: Quad, share: number): Quad {
  const cx = (quad[0].x + quad[1].x + quad[2].x + quad[3].x) / 4;
  const cy = (quad[0].y + quad[1].y + quad[2].y + quad[3].y) / 4;
  const out = ({ x, y }: Quad[0]): Quad[0] => ({
    x: cx + (x - cx) * (1 + 2 * share),
    y: cy + (y - cy) * (1 + 2 * share),
  });
  return [out(quad[0]), out(quad[1]), out(quad[2]), out(quad[3])];
}

function sheet({ width, height }: Size): Quad {
  return [
    { x: 0, y: 0 },
    { x: width - 1, y: 0 },
    { x: width - 1, y: height - 1 },
    { x: 0, y: height - 1 },
  ];
}

/** Where the corners of the straightened page lie in a picture that is turned; nothing of it is lost. */
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

interface Straight {
  readonly page: ColourImage;
  /** The paper that was cut out, in pixels of the picture that came. */
  readonly quad?: Quad;
  /** The same in pixels of the picture that is looked at. */
  readonly quadSeen?: Quad;
  /** It lies askew, or on a table, and that could not be mended. */
  readonly leftAskew: boolean;
}

/** Finds the paper and cuts it out; else turns the picture by its writing; else leaves it whole. */
function straighten(image: ColourImage, source: PageSource, look: LuminanceImage): Straight {
  const scale = image.width / look.width;
  const found = findPage(look);
  const sure = source === 'scanner' ? SURE_SCANNER : SURE;
  if (found !== undefined && found.confidence >= sure) {
    const full = found.quad.map(({ x, y }) => ({
      x: (x + 0.5) * scale - 0.5,
      y: (y + 0.5) * scale - 0.5,
    })) as unknown as Quad;
    const size = straightSize(full, image);
    const whole = grown(full, MARGIN);
    return {
      page: warp(image, homography(sheet(size), whole), size),
      quad: full,
      quadSeen: found.quad,
      leftAskew: false,
    };
  }
  const skew = skewOf(inkOf(look));
  const clear = skew !== undefined && skew.clearness >= CLEAR_SKEW;
  if (clear && Math.abs(skew.degrees) >= LEAST_SKEW_DEGREES) {
    const { quad, size } = turnedBack(image, skew.degrees);
    const page = warp(image, homography(sheet(size), quad), size);
    return { page, leftAskew: source !== 'scanner' };
  }
  return { page: image, leftAskew: source !== 'scanner' };
}

/** Turns a page by its own signs, or says that it may stand on its head. */
function upright(page: ColourImage): { page: ColourImage; unsure: boolean } {
  const { standing } = standingOf(inkOf(luminanceOf(page, LOOK_PX)));
  if (standing === 'upsideDown') return { page: quarterTurn(rgb(page), 2), unsure: false };
  if (standing !== 'sideways') return { page, unsure: standing === 'maybeUpsideDown' };
  const turned = quarterTurn(rgb(page), 1);
  const again = standingOf(inkOf(luminanceOf(turned, LOOK_PX))).standing;
  if (again === 'upright') return { page: turned, unsure: false };
  if (again === 'upsideDown') return { page: quarterTurn(turned, 2), unsure: false };
  return { page: turned, unsure: true };
}

/** Without the fourth byte. */
function rgb(image: ColourImage): ColourImage {
  if (image.channels === 3) return image;
  const data = new Uint8Array(image.width * image.height * 3);
  for (let i = 0, o = 0; o < data.length; i += 4, o += 3) {
    data[o] = image.data[i] ?? 0;
    data[o + 1] = image.data[i + 1] ?? 0;
    data[o + 2] = image.data[i + 2] ?? 0;
  }
  return { width: image.width, height: image.height, data, channels: 3 };
}

/** @param look the picture as it came: what was filled up with white is no light */
function qualityAdvice(
  page: ColourImage,
  look: LuminanceImage,
  quad: Quad | undefined,
  source: PageSource,
): readonly PageAdvice[] {
  const advice: PageAdvice[] = [];
  const grey = luminanceOf(page, SHARP_PX);
  const sharp = sharpness(grey);
  grey.data.fill(0);
  if (sharp !== undefined && sharp < QUALITY.leastSharpness) advice.push('blurred');
  if (darkness(look, quad) > QUALITY.mostDarkness) advice.push('tooDark');
  // a scanner's lamp shines on all of the paper
  if (source !== 'scanner' && glareShare(look, quad) > QUALITY.mostGlare) advice.push('glare');
  return advice;
}

async function encoded(
  page: ColourImage,
  grey: LuminanceImage,
  bitonal: boolean,
): Promise<Pick<PipelinePage, 'bytes' | 'mediaType' | 'preview'>> {
  const { width, height, channels } = page;
  const raw = sharp(page.data, { ...LIMIT, raw: { width, height, channels } }).removeAlpha();
  const preview = await raw
    .clone()
    .resize({ width: PREVIEW_PX, height: PREVIEW_PX, fit: 'inside', withoutEnlargement: true })
    .jpeg({ quality: 70, optimiseCoding: false })
    .toBuffer();
  const shown = Uint8Array.from(preview);
  preview.fill(0);
  if (bitonal) {
    const two = bitonalOf(page, grey);
    const png = bitonalPng(two);
    two.bits.fill(0);
    return { bytes: png, mediaType: 'image/png', preview: shown };
  }
  const jpeg = await raw.jpeg({ quality: 80, optimiseCoding: false }).toBuffer();
  const bytes = Uint8Array.from(jpeg);
  jpeg.fill(0);
  return { bytes, mediaType: 'image/jpeg', preview: shown };
}

/**
 * From what a scanner, a document camera or a phone gave to a page that can be handed in: found,
 * straightened, cut out, turned upright, judged. What is doubtful is left as it came, with advice.
 */
export async function runPipeline({
  bytes,
  source,
  earlier = [],
}: PipelineRequest): Promise<PipelinePage> {
  const image = await decoded(bytes);
  const look = luminanceOf(image, LOOK_PX);
  const straight = straighten(image, source, look);
  const { page, unsure } = upright(straight.page);
  const grey = luminanceOf(page, LOOK_PX);
  const ink = inkOf(grey);
  const advice: PageAdvice[] = [];
  const blank = isBlank(ink);
  const fingerprint = Uint8Array.from(fingerprintOf(ink));
  if (blank) advice.push('blank');
  else {
    if (earlier.some((print) => difference(print, fingerprint) < SAME_BELOW)) {
      advice.push('duplicate');
    }
    const { quadSeen } = straight;
    advice.push(...qualityAdvice(page, look, quadSeen, source));
    if (straight.leftAskew) advice.push('skewed');
    if (unsure) advice.push('upsideDownUnsure');
  }
  const { quad } = straight;
  if (quad !== undefined && cutCorners(image, quad).includes(true)) advice.push('cutCorner');
  if (quad !== undefined && source !== 'scanner' && fingerAtRim(page)) advice.push('finger');
  const plain = source === 'scanner' && !blank && !advice.includes('blurred');
  const { width, height } = page;
  const files = await encoded(page, grey, plain && isPlainText(page, grey));
  for (const each of [image.data, look.data, straight.page.data, page.data, grey.data, ink.data]) {
    each.fill(0);
  }
  return { ...files, fingerprint, width, height, advice, ...(quad === undefined ? {} : { quad }) };
}
