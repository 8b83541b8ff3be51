import sharp from 'sharp';
import { serve, type Done } from '../workers/serve.ts';
import type { ImageAnswer, ImageRequest } from './images.ts';
import { runPipeline } from './page-pipeline.ts';
import { LIMIT } from './straighten.ts';
import { turnPage } from './turn-page.ts';

/** Ink on paper covers more than this share of the pixels, a slip of the finger does not. */
const LEAST_INK = 0.0005;

/** One touch on the page's pad covers 0.00016. */
const LEAST_MARK = 0.0001;

function owned(buffer: Buffer): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(buffer);
}

async function page(request: ImageRequest): Promise<Done<ImageAnswer>> {
  const { bytes, source = 'scanner', earlier = [] } = request;
  try {
    const { quad: _, ...done } = await runPipeline({ bytes, source, earlier });
    return {
      value: { kind: 'page', source, ...done },
      transfer: [done.bytes.buffer, done.preview.buffer, done.fingerprint.buffer],
    };
  } finally {
    for (const print of earlier) print.fill(0);
  }
}

async function turned({ bytes, mediaType }: ImageRequest): Promise<Done<ImageAnswer>> {
  const done = await turnPage({ bytes, mediaType: mediaType ?? 'image/jpeg' });
  return {
    value: { kind: 'turned', ...done },
    transfer: [done.bytes.buffer, done.preview.buffer, done.fingerprint.buffer],
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
    if (request.do === 'page') return await page(request);
    if (request.do === 'turn') return await turned(request);
    return await ink(request.bytes, request.do === 'mark' ? LEAST_MARK : LEAST_INK);
  } finally {
    // moved here by the caller: nobody else holds it
    request.bytes.fill(0);
  }
});
