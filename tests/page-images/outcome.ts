import sharp from 'sharp';
import type { PipelinePage } from '../../main/core/materials/page-pipeline.ts';

/** What became of one test page: kept beside the pictures of it, so that they can be told to be old. */
export interface Outcome {
  readonly name: string;
  readonly advice: readonly string[];
  /** Corners in whole pixels of the photograph, as x, y; null when it was kept whole. */
  readonly corners: readonly (readonly [number, number])[] | null;
  /** Of the page that came out. */
  readonly size: readonly [number, number];
  /** How bright it is in so many fields, row by row, from 0 to 255. */
  readonly grey: readonly number[];
}

const FIELDS = { width: 4, height: 6 };
/** Another processor rounds otherwise. */
const PIXELS = 2;
const SHADES = 6;

/** What became of a page. */
export async function outcomeOf(name: string, page: PipelinePage): Promise<Outcome> {
  const grey = await sharp(page.bytes)
    .resize({ ...FIELDS, fit: 'fill' })
    .toColourspace('b-w')
    .raw()
    .toBuffer();
  return {
    name,
    advice: page.advice,
    corners: page.quad?.map(({ x, y }) => [Math.round(x), Math.round(y)] as const) ?? null,
    size: [page.width, page.height],
    grey: [...grey],
  };
}

/** In what two outcomes differ, in words; empty when a picture of one is a picture of the other. */
export function differences(kept: Outcome, now: Outcome): readonly string[] {
  const far = (one: readonly number[], other: readonly number[], most: number): boolean =>
    one.length !== other.length || one.some((value, i) => Math.abs(value - (other[i] ?? 0)) > most);
  return [
    ...(kept.name === now.name ? [] : [`another scene: ${now.name}`]),
    ...(kept.advice.join() === now.advice.join() ? [] : [`advice ${now.advice.join()}`]),
    ...(far(kept.corners?.flat() ?? [], now.corners?.flat() ?? [], PIXELS) ? ['corners'] : []),
    ...(far(kept.size, now.size, 2 * PIXELS) ? ['size'] : []),
    ...(far(kept.grey, now.grey, SHADES) ? ['what it shows'] : []),
  ];
}
