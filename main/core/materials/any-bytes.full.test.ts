import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { createImages } from './images.ts';
import { sheetOnTable } from './sheet.test-helper.ts';

const images = createImages();
afterAll(() => images.close());

describe('the image worker', { timeout: 600_000 }, () => {
  it('refuses what is no picture, whatever the bytes, and goes on', async () => {
    const good = await sheetOnTable();
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 400 }),
        fc.nat({ max: 200 }),
        async (noise, at) => {
          const spoilt = Uint8Array.from(good);
          spoilt.set(noise, Math.min(at, spoilt.length - noise.length));
          for (const bytes of [Uint8Array.from(noise), spoilt]) {
            const told = await images.page(bytes, 'phone').then(
              ({ kind }) => kind,
              (error: unknown) => (error instanceof Error ? error.name : 'unknown'),
            );
            expect(['page', 'WorkerError']).toContain(told);
          }
        },
      ),
      { numRuns: 60 },
    );
    await expect(images.page(good, 'camera')).resolves.toMatchObject({ kind: 'page' });
  });
});
