import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { MOST_FILES } from '../../../domain/envelope/body.ts';
import { systemRandomness } from '../adapters/system-clock.ts';
import { isWiped, wipe } from '../seal/give-back.ts';
import { createImages } from './images.ts';
import { MaterialStore, STORE_LIMITS } from './material-store.ts';

const images = createImages();
afterAll(() => images.close());

async function photo(): Promise<Uint8Array> {
  const plain = sharp({
    create: { width: 800, height: 1000, channels: 3, background: '#eeeeee' },
  }).withExif({ IFD0: { Copyright: 'someone', Software: 'camera' } });
  return Uint8Array.from(await plain.withMetadata({ orientation: 6 }).jpeg().toBuffer());
}

describe('pages of papers', () => {
  it('lose what the camera wrote into them, and stand upright', async () => {
    const page = await images.page(await photo());
    const { exif, orientation, format } = await sharp(page.bytes).metadata();
    expect({ exif, orientation, format }).toEqual({
      exif: undefined,
      orientation: undefined,
      format: 'jpeg',
    });
    expect(page).toMatchObject({ width: 1000, height: 800 });
    expect(Buffer.from(page.bytes).includes('Exif')).toBe(false);
  });

  it('are refused when they are no picture, and the next one is taken', async () => {
    await expect(images.page(Uint8Array.from([1, 2, 3]))).rejects.toThrow();
    await expect(images.page(await photo())).resolves.toMatchObject({ kind: 'page' });
  });

  it('are taken from who gave them; what was wiped before is refused, by whatever way it comes', async () => {
    const given = await photo();
    await images.page(given);
    expect(isWiped(given)).toBe(true);
    const part = new Uint8Array(10_000).subarray(0, 5000);
    part.set((await photo()).subarray(0, 5000));
    wipe(part);
    for (const bytes of [given, part]) {
      await expect(images.page(bytes)).rejects.toThrow('wiped');
      await expect(images.turn({ bytes, mediaType: 'image/jpeg' })).rejects.toThrow('wiped');
      await expect(images.ink(bytes)).resolves.toBeUndefined();
    }
  });

  it('never stall the core: its loop goes on while a big page is worked on', async () => {
    const big = await sharp({
      create: { width: 2480, height: 3508, channels: 3, background: '#ffffff' },
    })
      .jpeg()
      .toBuffer();
    let turns = 0;
    const ticking = setInterval(() => (turns += 1), 1);
    await images.page(Uint8Array.from(big));
    clearInterval(ticking);
    expect(turns).toBeGreaterThan(3);
  });
});

describe('ink', () => {
  const png = (svg: string): Promise<Buffer> =>
    sharp(
      Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="600" height="240">${svg}</svg>`),
    )
      .png()
      .toBuffer();

  it('is taken when something was written, also without a ground', async () => {
    const ink = await png('<path d="M20 20 L500 200" stroke="#000" stroke-width="6"/>');
    expect(await images.ink(Uint8Array.from(ink))).toMatchObject({ width: 600, height: 240 });
  });

  it('is not taken when it is empty, all black, tiny, or no PNG', async () => {
    const empty = await png('');
    const black = await png('<rect width="600" height="240"/>');
    const tiny = await sharp(empty).resize(20, 10).png().toBuffer();
    const jpeg = await sharp(empty).flatten().jpeg().toBuffer();
    for (const bytes of [empty, black, tiny, jpeg, Buffer.from('x')]) {
      expect(await images.ink(Uint8Array.from(bytes))).toBeUndefined();
    }
  });
});

describe('a mark of somebody who does not write', () => {
  it('may be one touch of a finger, which is no signature; nothing at all is no mark', async () => {
    const dot = Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="500">
        <rect width="1200" height="500" fill="#fff"/><circle cx="600" cy="250" r="5.5"/></svg>`,
    );
    const touch = await sharp(dot).png().toBuffer();
    expect(await images.ink(Uint8Array.from(touch), 'mark')).toMatchObject({ kind: 'ink' });
    expect(await images.ink(Uint8Array.from(touch))).toBeUndefined();
    const empty = await sharp(touch)
      .extract({ left: 0, top: 0, width: 400, height: 400 })
      .toBuffer();
    expect(await images.ink(Uint8Array.from(empty), 'mark')).toBeUndefined();
  });
});

describe('the store of pages', () => {
  const page = (size: number) => ({
    kind: 'page' as const,
    bytes: new Uint8Array(size).fill(7),
    mediaType: 'image/jpeg' as const,
    preview: new Uint8Array(10).fill(7),
    fingerprint: new Uint8Array(4).fill(7),
    source: 'scanner' as const,
    advice: [],
    width: 1,
    height: 1,
  });

  it('holds no more pages and bytes than it may, and overwrites what it does not take', () => {
    const store = new MaterialStore(systemRandomness, { maxPages: 2, maxBytes: 100 });
    expect(store.add('a', page(50))).toBeDefined();
    const tooBig = page(50);
    expect(store.add('a', tooBig)).toBeUndefined();
    expect(isWiped(tooBig.bytes)).toBe(true);
    expect(store.add('a', page(10))).toBeDefined();
    expect(store.room).toBe(0);
  });

  it('never holds more than an application may name, with its signature and its summary', () => {
    expect(STORE_LIMITS.maxPages + 2).toBeLessThanOrEqual(MOST_FILES);
  });

  it('puts a page that was scanned again where the old one lay, and keeps what the citizen keeps', () => {
    const store = new MaterialStore(systemRandomness);
    const old = { ...page(5), advice: ['blurred' as const] };
    const first = store.add('a', old)!;
    const second = store.add('a', { ...page(6), advice: ['blank' as const] }, true)!;
    const third = store.add('a', page(7))!;
    store.replace(first.pageId, third);
    expect(store.pages.map(({ pageId }) => pageId)).toEqual([third.pageId, second.pageId]);
    expect(isWiped(old.bytes)).toBe(true);
    expect(store.keep(second.pageId)).toBe(true);
    expect(store.pages[1]).toMatchObject({ advice: [], aside: false });
    expect(store.keep(first.pageId)).toBe(false);
  });

  it('overwrites every page when it is cleared, and gives ids that cannot be guessed', () => {
    const store = new MaterialStore(systemRandomness);
    const pages = [page(5), page(6)];
    const ids = pages.map((each) => store.add('a', each)?.pageId);
    expect(new Set(ids).size).toBe(2);
    expect(ids[0]).toMatch(/^[\w-]{22}$/);
    store.clear();
    for (const { bytes, preview, fingerprint } of pages) {
      // their memory was given back: nothing waits for the collector
      for (const each of [bytes, preview, fingerprint]) expect(each.buffer.detached).toBe(true);
    }
    expect(store.preview(ids[0] ?? '')).toBeUndefined();
    expect(store.pages).toEqual([]);
  });
});
