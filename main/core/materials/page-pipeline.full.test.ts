import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { createImages } from './images.ts';
import { runPipeline } from './page-pipeline.ts';
import { sheetOnTable } from './sheet.test-helper.ts';

const images = createImages();
afterAll(() => images.close());

/** Under a loaded machine the thread starts slowly. */
const PATIENCE = { timeout: 120_000 };

describe('the page pipeline', PATIENCE, () => {
  it('cuts a sheet out of a photograph and makes it stand as it was', async () => {
    const page = await images.page(await sheetOnTable(), 'camera');
    expect(page).toMatchObject({ source: 'camera', mediaType: 'image/jpeg', advice: [] });
    expect(page.height / page.width).toBeGreaterThan(1.5);
    // nothing of the table is left
    const { data } = await sharp(page.bytes)
      .extract({ left: 20, top: 8, width: page.width - 40, height: 12 })
      .greyscale()
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect(Math.min(...data)).toBeGreaterThan(150);
  });

  it('cuts a photograph of a large sensor where its paper lies', async () => {
    const small = await sheetOnTable();
    const { width } = await sharp(small).metadata();
    // larger than the picture that is looked at, so that places must be told over
    const large = await sharp(small).resize({ width: 2800 }).jpeg({ quality: 90 }).toBuffer();
    const before = await runPipeline({ bytes: small, source: 'camera' });
    const after = await runPipeline({ bytes: Uint8Array.from(large), source: 'camera' });
    const scale = 2800 / width;
    before.quad?.forEach(({ x, y }, i) => {
      const there = after.quad?.[i as 0];
      expect(Math.abs((there?.x ?? 0) - x * scale)).toBeLessThan(20);
      expect(Math.abs((there?.y ?? 0) - y * scale)).toBeLessThan(20);
    });
    expect(before.quad).toBeDefined();
    expect(after.quad).toBeDefined();
  });

  it('knows a page that came before, and only then', async () => {
    const first = await images.page(await sheetOnTable(), 'camera');
    const again = await images.page(await sheetOnTable(), 'camera', [
      Uint8Array.from(first.fingerprint),
    ]);
    expect(again.advice).toEqual(['duplicate']);
    const blank = await sharp({
      create: { width: 300, height: 424, channels: 3, background: '#fcfcfa' },
    })
      .jpeg()
      .toBuffer();
    const empty = await images.page(Uint8Array.from(blank), 'scanner', [first.fingerprint]);
    expect(empty.advice).toEqual(['blank']);
  });

  it('takes pictures of every shape, and keeps all of what it is not sure of', async () => {
    for (const [width, height] of [
      [1, 1],
      [1, 700],
      [900, 2],
      [33, 31],
    ] as const) {
      for (const background of ['#000', '#fff', '#7a7a7a']) {
        const bytes = await sharp({ create: { width, height, channels: 3, background } })
          .png()
          .toBuffer();
        for (const source of ['scanner', 'camera', 'phone'] as const) {
          expect(await runPipeline({ bytes, source })).toMatchObject({ width, height });
        }
      }
    }
  });
});
