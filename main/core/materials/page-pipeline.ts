import sharp, { type Sharp } from 'sharp';
import type { PageAdvice, PageSource } from '../../../domain/page-image/advice.ts';
import { bitonalOf, isPlainText } from '../../../domain/page-image/bitonal.ts';
import {
  fingerAtRim,
  luminanceOf,
  shrinkColour,
  type ColourImage,
} from '../../../domain/page-image/colour.ts';
import { difference, fingerprintOf, SAME_BELOW } from '../../../domain/page-image/fingerprint.ts';
import { inkOf, isBlank } from '../../../domain/page-image/ink.ts';
import type { LuminanceImage, Quad } from '../../../domain/page-image/luminance.ts';
import {
  brightening,
  cutCorners,
  darkness,
  glareShare,
  QUALITY,
  sharpness,
} from '../../../domain/page-image/quality.ts';
import { bitonalPng } from './bitonal-png.ts';
import { givePixels } from './pixel-memory.ts';
import { decoded, LIMIT, straighten, upright, type Straight } from './straighten.ts';

/** Longer side of a preview: a kiosk screen is 1080 wide. */
const PREVIEW_PX = 1400;

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

/** What is wrong with the picture itself; told of the picture as it came, for filled up white is no light. */
function qualityAdvice(
  grey: LuminanceImage,
  { look, quadSeen }: Straight,
  source: PageSource,
): readonly PageAdvice[] {
  const advice: PageAdvice[] = [];
  const sharp = sharpness(grey);
  if (sharp !== undefined && sharp < QUALITY.leastSharpness) advice.push('blurred');
  if (darkness(look, quadSeen) > QUALITY.mostDarkness) advice.push('tooDark');
  // a scanner's lamp shines on all of the paper
  if (source !== 'scanner' && glareShare(look, quadSeen) > QUALITY.mostGlare) advice.push('glare');
  return advice;
}

async function owned(picture: Sharp): Promise<Uint8Array<ArrayBuffer>> {
  const buffer = await picture.toBuffer();
  const bytes = Uint8Array.from(buffer);
  buffer.fill(0);
  return bytes;
}

/** A page as JPEG. */
export function jpegOf(
  page: ColourImage,
  light = 1,
  quality = 80,
): Promise<Uint8Array<ArrayBuffer>> {
  return owned(picture(page, light).jpeg({ quality, optimiseCoding: false }));
}

function picture({ data, width, height, channels }: ColourImage, light: number): Sharp {
  const plain = sharp(data, { ...LIMIT, raw: { width, height, channels } });
  const opaque = channels === 4 ? plain.removeAlpha() : plain;
  return light === 1 ? opaque : opaque.linear(light, 0);
}

/** The same smaller, for the screen. */
export function previewOf(page: ColourImage, light: number): Promise<Uint8Array<ArrayBuffer>> {
  return owned(
    picture(page, light)
      .resize({ width: PREVIEW_PX, height: PREVIEW_PX, fit: 'inside', withoutEnlargement: true })
      .jpeg({ quality: 70, optimiseCoding: false }),
  );
}

function pngOf(page: ColourImage, grey: LuminanceImage): Uint8Array<ArrayBuffer> {
  const two = bitonalOf(page, grey);
  const png = bitonalPng(two);
  two.bits.fill(0);
  return png;
}

/**
 * From what a scanner, a document camera or a phone gave to a page that can be handed in: found,
 * straightened, cut out, turned upright, judged. What is doubtful is left as it came, with advice.
 */
export async function runPipeline(request: PipelineRequest): Promise<PipelinePage> {
  const { bytes, source, earlier = [] } = request;
  const image = await decoded(bytes);
  const straight = straighten(image, source);
  const { page, small, unsure } = upright(straight);
  const grey = luminanceOf(small);
  const ink = inkOf(grey);
  const advice: PageAdvice[] = [];
  const blank = isBlank(ink);
  const fingerprint = Uint8Array.from(fingerprintOf(ink));
  if (blank) advice.push('blank');
  else {
    if (earlier.some((print) => difference(print, fingerprint) < SAME_BELOW)) {
      advice.push('duplicate');
    }
    advice.push(...qualityAdvice(grey, straight, source));
    if (straight.leftAskew) advice.push('skewed');
    if (unsure) advice.push('upsideDownUnsure');
  }
  const { quad, quadSeen, look } = straight;
  if (quad !== undefined && cutCorners(image, quad).includes(true)) advice.push('cutCorner');
  if (quad !== undefined && source !== 'scanner') {
    const tiny = shrinkColour(small, 160);
    if (fingerAtRim(tiny)) advice.push('finger');
    tiny.data.fill(0);
  }
  const plain = source === 'scanner' && advice.length === 0 && isPlainText(small, grey);
  const light = source === 'scanner' || quad === undefined ? 1 : brightening(look, quadSeen);
  const preview = await previewOf(page, light);
  const file = plain ? pngOf(page, grey) : await jpegOf(page, light);
  // a page that was turned has given its memory back: it may be another one's by now
  for (const { data } of [image, straight.small, look, small, grey, ink]) data.fill(0);
  givePixels(page.data);
  return {
    bytes: file,
    mediaType: plain ? 'image/png' : 'image/jpeg',
    preview,
    fingerprint,
    width: page.width,
    height: page.height,
    advice,
    ...(quad === undefined ? {} : { quad }),
  };
}
