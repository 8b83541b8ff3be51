import { blackOrWhite } from '../../../domain/page-image/bitonal.ts';
import { luminanceOf, shrinkColour } from '../../../domain/page-image/colour.ts';
import { fingerprintOf } from '../../../domain/page-image/fingerprint.ts';
import { inkOf } from '../../../domain/page-image/ink.ts';
import { quarterTurn } from '../../../domain/page-image/warp.ts';
import { bitonalPng } from './bitonal-png.ts';
import { jpegOf, previewOf, type PipelinePage } from './page-pipeline.ts';
import { givePixels, takePixels } from './pixel-memory.ts';
import { decoded, LOOK_PX } from './straighten.ts';

/** Turned and written four times, a page is still as good as it was to the eye. */
const QUALITY = 92;

/** Turns a page that went through the pipeline by a quarter, clockwise. Rejects when the bytes are no picture. */
export async function turnPage({
  bytes,
  mediaType,
}: Pick<PipelinePage, 'bytes' | 'mediaType'>): Promise<Omit<PipelinePage, 'advice' | 'quad'>> {
  const image = await decoded(bytes);
  const page = quarterTurn(image, 1, takePixels(image.width * image.height));
  image.data.fill(0);
  const small = shrinkColour(page, LOOK_PX);
  const grey = luminanceOf(small);
  const ink = inkOf(grey);
  const fingerprint = Uint8Array.from(fingerprintOf(ink));
  const preview = await previewOf(page, 1);
  const file =
    mediaType === 'image/png' ? bitonalPng(blackOrWhite(page)) : await jpegOf(page, 1, QUALITY);
  for (const { data } of [small, grey, ink]) data.fill(0);
  const { width, height } = page;
  givePixels(page.data);
  return { bytes: file, mediaType, preview, fingerprint, width, height };
}
