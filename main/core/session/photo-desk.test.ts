import { describe, expect, it } from 'vitest';
import { fault } from '../../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../../domain/device/fault.ts';
import { err, ok, type Result } from '../../../domain/result.ts';
import type { DecodedPhoto, PhotoDecoder } from '../../../drivers/id-card/photo-decoder.ts';
import { PhotoDesk } from './photo-desk.ts';

const raw = (): Uint8Array => new Uint8Array(1024).fill(7);
const picture = (): DecodedPhoto => ({
  mediaType: 'image/png',
  bytes: new Uint8Array(100).fill(9),
});
const isEmpty = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0);

function desk() {
  const asked: {
    readonly end: (result: Result<DecodedPhoto, Fault>) => void;
    readonly signal: AbortSignal | undefined;
  }[] = [];
  const log: string[] = [];
  let changes = 0;
  const photoDecoder: PhotoDecoder = {
    decode(_photo, { signal }) {
      const { promise, resolve } = Promise.withResolvers<Result<DecodedPhoto, Fault>>();
      asked.push({ end: resolve, signal });
      return promise;
    },
  };
  let ids = 0;
  const randomness = { bytes: (length: number) => new Uint8Array(length).fill((ids += 1)) };
  const photos = new PhotoDesk(
    { randomness, photoDecoder, log: (text, more) => log.push(`${text} ${JSON.stringify(more)}`) },
    () => (changes += 1),
  );
  return { photos, asked, log, changes: () => changes };
}
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the photo of a card', () => {
  it('is shown once it was decoded, and what came from the card is overwritten', async () => {
    const { photos, asked, changes } = desk();
    const photo = raw();
    photos.take(photo);
    expect([photos.id, isEmpty(photo)]).toEqual([null, false]);
    asked[0]?.end(ok(picture()));
    await settled();
    expect([isEmpty(photo), changes()]).toEqual([true, 1]);
    expect(photos.picture(photos.id ?? '')?.mediaType).toBe('image/png');
    expect(photos.picture('another')).toBeUndefined();
  });

  it('is overwritten when the session ends, and served no more', async () => {
    const { photos, asked } = desk();
    photos.take(raw());
    asked[0]?.end(ok(picture()));
    await settled();
    const id = photos.id ?? '';
    const shown = photos.picture(id);
    photos.forget();
    expect(isEmpty(shown?.bytes ?? raw())).toBe(true);
    expect([photos.id, photos.picture(id)]).toEqual([null, undefined]);
  });

  it('that is decoded after the session has ended is overwritten and never shown', async () => {
    const { photos, asked, changes } = desk();
    const photo = raw();
    photos.take(photo);
    photos.forget();
    expect(asked[0]?.signal?.aborted).toBe(true);
    const late = picture();
    asked[0]?.end(ok(late));
    await settled();
    expect([isEmpty(late.bytes), isEmpty(photo), photos.id, changes()]).toEqual([
      true,
      true,
      null,
      0,
    ]);
  });

  it('that cannot be decoded leaves the place empty, and the log with a code only', async () => {
    const { photos, asked, log, changes } = desk();
    const photo = raw();
    photos.take(photo);
    asked[0]?.end(err(fault('device.timeout', { detail: '/opt/vendor/decode' })));
    await settled();
    expect([isEmpty(photo), photos.id, changes()]).toEqual([true, null, 0]);
    expect(log).toEqual(['the photo of a card was not decoded {"fault":"device.timeout"}']);
  });

  it('is overwritten at once where no program decodes it', () => {
    const photos = new PhotoDesk(
      {
        randomness: { bytes: (length) => new Uint8Array(length) },
        photoDecoder: undefined,
        log: () => undefined,
      },
      () => undefined,
    );
    const photo = raw();
    photos.take(photo);
    expect([isEmpty(photo), photos.id]).toEqual([true, null]);
  });
});
