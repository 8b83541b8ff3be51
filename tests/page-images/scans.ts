import sharp from 'sharp';
import type { Drawn } from './documents.ts';

/** How a flat page lies on the glass of a scanner, or goes through its feeder. */
export interface Lie {
  /** Degrees, clockwise. */
  readonly skew: number;
  /** Quarters of a turn, clockwise: 2 is upside down. */
  readonly quarters: 0 | 1 | 2 | 3;
  /** Colour of the lid that is seen where no paper lies. */
  readonly lid: string;
}

/** What the scanner hands over: JPEG of a page that fills the glass. */
export async function scanned({ rgb, width, height }: Drawn, lie: Lie): Promise<Uint8Array> {
  const raw = { raw: { width, height, channels: 3 as const } };
  const turned = await sharp(
    await sharp(rgb, raw).rotate(lie.skew, { background: lie.lid }).png().toBuffer(),
  )
    .rotate(lie.quarters * 90)
    .jpeg({ quality: 85 })
    .toBuffer();
  return new Uint8Array(turned);
}
