import sharp from 'sharp';
import { serve, type Done } from '../workers/serve.ts';
import type { ImageAnswer, ImageRequest } from './images.ts';

/** A4 at 600 dpi has 35 million pixels; more is no page of ours. */
const LIMIT = { limitInputPixels: 60_000_000, failOn: 'error' } as const;

/** Longer side of a preview: a kiosk screen is 1080 wide. */
const PREVIEW_PX = 1400;

/** Ink on paper covers more than this share of the pixels, a slip of the finger does not. */
const LEAST_INK = 0.0005;

/** One touch on the page's pad covers 0.00016. */
const LEAST_MARK = 0.0001;

function owned(buffer: Buffer): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(buffer);
}

async function page(bytes: Uint8Array): Promise<Done<ImageAnswer>> {
  // sharp drops all metadata (EXIF, maker notes, place) unless told to keep it
  const upright = sharp(bytes, LIMIT).rotate();
  const { data, info } = await upright
    .jpeg({ quality: 80, optimiseCoding: false })
    .toBuffer({ resolveWithObject: true });
  const preview = await sharp(data)
    .resize({ width: PREVIEW_PX, height: PREVIEW_PX, fit: 'inside', withoutEnlargement: true })
    .jpeg({ quality: 70, optimiseCoding: false })
    .toBuffer();
  const value = { bytes: owned(data), preview: owned(preview) };
  data.fill(0);
  preview.fill(0);
  return {
    value: { kind: 'page', ...value, width: info.width, height: info.height },
    transfer: [value.bytes.buffer, value.preview.buffer],
  };
}

async function ink(bytes: Uint8Array, least: number): Promise<Done<ImageAnswer>> {
  const image = sharp(bytes, { ...LIMIT, limitInputPixels: 8_000_000 });
  const { format, width, height } = await image.metadata();
  if (format !== 'png' || width < 120 || height < 60) return { value: { kind: 'unclear' } };
  const paper = image.flatten({ background: '#ffffff' }).greyscale();
  const { data: raw } = await paper.clone().raw().toBuffer({ resolveWithObject: true });
  let dark = 0;
  for (const value of raw) if (value < 128) dark += 1;
  const share = dark / raw.length;
  raw.fill(0);
  if (share < least || share > 0.6) return { value: { kind: 'unclear' } };
  const png = await paper.png({ compressionLevel: 9 }).toBuffer();
  const value = owned(png);
  png.fill(0);
  return { value: { kind: 'ink', bytes: value, width, height }, transfer: [value.buffer] };
}

serve<ImageAnswer>(async (request: ImageRequest) => {
  try {
    if (request.do === 'page') return await page(request.bytes);
    return await ink(request.bytes, request.do === 'mark' ? LEAST_MARK : LEAST_INK);
  } finally {
    // moved here by the caller: nobody else holds it
    request.bytes.fill(0);
  }
});
