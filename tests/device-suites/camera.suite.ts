import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { devicesOfSimulators } from '../../main/core/simulated-devices.ts';
import { systemChromium } from '../../main/shell/browser/shell.ts';
import { zh } from '../../renderer/messages/zh.ts';
import { FILM, writeFilm } from '../support/camera-film.ts';
import { openHall, type Hall } from '../support/hall.ts';
import { notRun } from '../support/not-run.ts';

/** A software browser looks at the film, on a machine that does all else too. */
const SLOW = { timeout: 90_000 };

const chromium = systemChromium();
if (chromium === undefined) {
  notRun('document camera', 'the Chromium of npm has no fake camera, and there is no other');
}

const folder = mkdtempSync(join(tmpdir(), 'bianmin-film-'));
const film = join(folder, 'film.mjpeg');
let hall: Hall;

const touch = (name: string): Promise<void> =>
  hall.page.getByRole('button', { name, exact: true }).first().tap();

interface Given {
  readonly width: number;
  readonly height: number;
}

/** The pages that lie among the papers, as the core tells their size. */
function pages(): Promise<readonly Given[]> {
  return hall.page.locator('.pages img').evaluateAll((all) =>
    all.map((one) => ({
      width: Number(one.getAttribute('width')),
      height: Number(one.getAttribute('height')),
    })),
  );
}

describe.skipIf(chromium === undefined)(
  'a document camera before the real page and the real core',
  () => {
    beforeAll(async () => {
      await writeFilm(film, [[{ paper: 'letter' }, 0.2]]);
      hall = await openHall({
        film,
        async devices(control) {
          const layer = await devicesOfSimulators(control);
          const documentCamera = { driver: 'uvc', label: '', minWidth: 640, stillMs: null } as const;
          return { ...layer, devices: { ...layer.devices, documentCamera } };
        },
      });
      await hall.toMaterials(hall.walk('returnee', 'pension-enroll'));
    });

    afterAll(async () => {
      await hall.close();
      rmSync(folder, { recursive: true, force: true });
    });

    it('takes a paper by itself, which is cut out and lies among the papers', async () => {
      await touch(zh.camera.start);
      await hall.page.locator('.camera-taken img').first().waitFor(SLOW);
      await hall.page.getByText(zh.camera.taken).waitFor(SLOW);
      await touch(zh.camera.done);
      const [page, ...more] = await pages();
      expect(more).toEqual([]);
      // of the table nothing is left, and the paper has the shape of A4
      expect(page?.width).toBeLessThan(0.6 * FILM.width);
      expect((page?.height ?? 0) / (page?.width ?? 1)).toBeCloseTo(Math.SQRT2, 1);
      const src = (await hall.page.locator('.pages img').getAttribute('src')) ?? '';
      expect((await hall.page.request.get(new URL(src, hall.page.url()).href)).status()).toBe(200);
      await hall.shoot('camera-page');
    });

    it('is turned by hand when it stands sideways', async () => {
      const [before] = await pages();
      await touch('把第 1 页向右转一下，居民户口簿（首页及本人页）');
      await expect
        .poll(pages, SLOW)
        .toEqual([{ width: before?.height ?? 0, height: before?.width ?? 0 }]);
    });

    it('warns of a paper that is blurred, and takes it only by hand', async () => {
      await writeFilm(film, [[{ paper: 'letter', blur: 5 }, 0.2]]);
      await touch(zh.camera.more);
      await hall.page.getByText(zh.camera.trouble.blur).waitFor(SLOW);
      await hall.shoot('camera-blur');
      expect(await pages()).toHaveLength(1);
      await touch(zh.camera.shoot);
      await expect.poll(async () => (await pages()).length, SLOW).toBe(2);
    });
  },
);
