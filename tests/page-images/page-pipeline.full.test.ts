import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runPipeline } from '../../main/core/materials/page-pipeline.ts';
import { chanceOf } from './chance.ts';
import { drawDocument } from './documents.ts';
import { differences, outcomeOf, type Outcome } from './outcome.ts';
import { scanned } from './scans.ts';
import { PhotoStudio, SCENE_COUNT, SCENE_SEED, scenesOf } from './scenes.ts';
import { missOf } from './truth.ts';

/** Corners may lie so far from the truth, in shares of the photograph's longer side: 8 pixels of 1280. */
const CORNER = 0.00625;
/** Of a paper only its rim may be lost, and so much of it, before the margin that is kept around it. */
const LOST = 0.012;
/** So many of the pages with a table that is not white must be found. */
const FOUND = 0.95;
/** So many pages must get the advice that is true, no more and no less. */
const ADVISED = 0.93;

const TIMEOUT = 600_000;

/** What the pictures in docs/images show; another outcome asks for new ones (`tests/page-images/contact-sheet.ts`). */
const KEPT = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../docs/images/page-pipeline.json'), 'utf8'),
) as readonly Outcome[];

describe('photographed pages', () => {
  it(
    'are found where they lie, told what is wrong with them, and never cut where they are not found',
    async () => {
      const studio = new PhotoStudio();
      let findable = 0;
      let found = 0;
      let advised = 0;
      expect(KEPT.length).toBe(SCENE_COUNT);
      for (const [i, scene] of scenesOf(SCENE_SEED, SCENE_COUNT).entries()) {
        const page = await runPipeline({ bytes: await studio.take(scene), source: 'camera' });
        const kept = KEPT[i];
        if (kept) {
          const old = differences(kept, await outcomeOf(scene.name, page));
          expect.soft(old, `${scene.name}: draw the contact sheet anew`).toEqual([]);
        }
        const white = scene.shot.ground === 'white';
        if (!white) findable += 1;
        if (page.quad === undefined) {
          // kept whole, and said so
          expect.soft(page.advice, scene.name).toContain('skewed');
        } else {
          if (!white) found += 1;
          const { corner, lost } = missOf(scene, page.quad);
          expect.soft(corner, `${scene.name}: corner`).toBeLessThan(CORNER);
          expect.soft(lost, `${scene.name}: lost`).toBeLessThan(LOST);
        }
        const said = page.advice.filter((advice) => advice !== 'skewed').sort();
        if (said.join() === [...scene.truth].sort().join()) advised += 1;
      }
      expect(found / findable).toBeGreaterThanOrEqual(FOUND);
      expect(advised / SCENE_COUNT).toBeGreaterThanOrEqual(ADVISED);
    },
    TIMEOUT,
  );
});

describe('scanned pages', () => {
  const text = () => drawDocument('text', chanceOf(5), 1240);

  it(
    'are made straight and upright, whichever way they went in',
    async () => {
      const paper = await text();
      const straight = await runPipeline({
        bytes: await scanned(paper, { skew: 0, quarters: 0, lid: '#f4f4f4' }),
        source: 'scanner',
      });
      expect(straight).toMatchObject({ width: 1240, advice: [] });
      for (const [skew, quarters] of [
        [2.3, 0],
        [-4.7, 0],
        [0.6, 2],
        [-1.2, 1],
        [0, 3],
      ] as const) {
        const page = await runPipeline({
          bytes: await scanned(paper, { skew, quarters, lid: '#f4f4f4' }),
          source: 'scanner',
          earlier: [straight.fingerprint],
        });
        // it lies as the straight one lies: so it is known as the same page
        expect.soft(page.advice, `${skew}° and ${quarters} quarters`).toEqual(['duplicate']);
        expect.soft(page.height).toBeGreaterThan(page.width);
      }
    },
    TIMEOUT,
  );

  it(
    'are blank or not, the same as before or not; black writing needs one bit a pixel, colour more',
    async () => {
      const lie = { skew: 0.4, quarters: 0, lid: '#f4f4f4' } as const;
      const scan = async (kind: 'table' | 'certificate' | 'blank', seed: number) =>
        scanned(await drawDocument(kind, chanceOf(seed), 1240), lie);
      const run = async (bytes: Uint8Array, earlier: readonly Uint8Array[] = []) =>
        runPipeline({ bytes, source: 'scanner', earlier });
      expect(await run(await scan('blank', 1))).toMatchObject({ advice: ['blank'] });
      const one = await run(await scan('table', 5));
      // another person's form of the same kind
      const other = await run(await scan('table', 6), [one.fingerprint]);
      expect(other.advice).toEqual([]);
      const certificate = await run(await scan('certificate', 5));
      const second = await run(await scan('certificate', 6), [certificate.fingerprint]);
      expect(second).toMatchObject({ advice: [], mediaType: 'image/jpeg' });
      // at 200 dpi, as the terminal scans; coarser writing may run into grey and stays JPEG
      const text = await scanned(await drawDocument('text', chanceOf(5), 1654), lie);
      expect(await run(text)).toMatchObject({ mediaType: 'image/png' });
    },
    TIMEOUT,
  );
});
