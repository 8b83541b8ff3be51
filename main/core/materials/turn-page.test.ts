import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { systemRandomness } from '../adapters/system-clock.ts';
import { isWiped } from '../seal/give-back.ts';
import { bitonalPng } from './bitonal-png.ts';
import { createImages, type CleanPage } from './images.ts';
import { MaterialStore } from './material-store.ts';

const images = createImages();
afterAll(() => images.close());

/** A white page with a black square in its top left corner. */
const marked = sharp(
  Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="300" height="424">
    <rect width="300" height="424" fill="#fff"/><rect width="60" height="60"/></svg>`),
);

const cornersOf = async (bytes: Uint8Array): Promise<readonly boolean[]> => {
  const { data, info } = await sharp(bytes).greyscale().raw().toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const black = (x: number, y: number): boolean => (data[y * width + x] ?? 255) < 60;
  return [
    black(20, 20),
    black(width - 20, 20),
    black(width - 20, height - 20),
    black(20, height - 20),
  ];
};

const page = async (): Promise<CleanPage> => ({
  kind: 'page',
  bytes: Uint8Array.from(await marked.clone().jpeg().toBuffer()),
  preview: Uint8Array.of(1),
  fingerprint: Uint8Array.of(1),
  mediaType: 'image/jpeg',
  source: 'camera',
  advice: ['upsideDownUnsure', 'tooDark'],
  width: 300,
  height: 424,
});

describe('a page that is turned by hand', { timeout: 60_000 }, () => {
  it('goes round to the right, and its small picture with it', async () => {
    const given = await page();
    const turned = await images.turn(given);
    expect(turned).toMatchObject({ width: 424, height: 300, mediaType: 'image/jpeg' });
    expect(await cornersOf(turned.bytes)).toEqual([false, true, false, false]);
    expect(await cornersOf(turned.preview)).toEqual([false, true, false, false]);
    // what was given can still be shown until the other is there
    expect(await cornersOf(given.bytes)).toEqual([true, false, false, false]);
  });

  it('loses nothing at one bit a pixel: after four turns it is what it was', async () => {
    const rowBytes = Math.ceil(101 / 8);
    const bits = Uint8Array.from({ length: rowBytes * 60 }, (_, i) => (i * 73) & 255);
    const png = bitonalPng({ width: 101, height: 60, rowBytes, bits });
    let turned = { bytes: png, mediaType: 'image/png' as const };
    for (let quarter = 0; quarter < 4; quarter++) {
      const { bytes, mediaType } = await images.turn(turned);
      expect(mediaType).toBe('image/png');
      turned = { bytes, mediaType: 'image/png' };
    }
    const pixels = (bytes: Uint8Array): Promise<Buffer> =>
      sharp(bytes).greyscale().raw().toBuffer();
    expect(await pixels(turned.bytes)).toEqual(await pixels(png));
  });

  it('that goes while it is being turned is turned all the same, and what came of it goes, too', async () => {
    const store = new MaterialStore(systemRandomness);
    const first = store.add('a', await page());
    if (first === undefined) throw new Error('no room');
    const turning = images.turn(first);
    store.clear();
    const turned = await turning;
    expect(await cornersOf(turned.bytes)).toEqual([false, true, false, false]);
    expect(store.exchange(first.pageId, turned)).toBe(false);
    expect(isWiped(turned.bytes)).toBe(true);
  });

  it('lies where it lay, under another id, and no doubt is left which way it stands', async () => {
    const store = new MaterialStore(systemRandomness);
    const [first, second] = [store.add('a', await page()), store.add('a', await page())];
    if (first === undefined || second === undefined) throw new Error('no room');
    expect(store.exchange(first.pageId, await images.turn(first))).toBe(true);
    const [turned, other] = store.pages;
    expect(turned).toMatchObject({ width: 424, height: 300, advice: ['tooDark'] });
    expect(other?.pageId).toBe(second.pageId);
    expect(store.preview(first.pageId)).toBeUndefined();
    expect(isWiped(first.bytes)).toBe(true);
    const late = await images.turn(second);
    store.remove(second.pageId);
    expect(store.exchange(second.pageId, late)).toBe(false);
    expect(isWiped(late.bytes)).toBe(true);
  });
});
