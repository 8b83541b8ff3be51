import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { systemChromium } from '../../main/shell/browser/shell.ts';
import { zh } from '../../renderer/messages/zh.ts';
import { filmArguments, writeFilm, type CameraScene } from '../support/camera-film.ts';
import { notRun } from '../support/not-run.ts';
import type { FakeCore } from './fake-core.ts';
import { expect, open, test } from './harness.ts';
import { expectGoodScreen } from './measure.ts';
import { filled, terminalView } from './views.ts';

const chromium = systemChromium();
const film = join(tmpdir(), `bianmin-film-${process.pid}.mjpeg`);
const SHOTS = process.env['BIANMIN_SCREENSHOTS'];
/** Pictures are looked at in a software browser on a busy machine. */
const SLOW = { timeout: 45_000 };

if (chromium === undefined) {
  notRun('the document camera', 'the Chromium of npm has no fake camera, and there is no other');
}
test.skip(chromium === undefined);
test.use({
  permissions: ['camera'],
  launchOptions: {
    ...(chromium === undefined ? {} : { executablePath: chromium }),
    args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), ...filmArguments(film)],
  },
});
test.afterAll(() => rm(film, { force: true }));

/** The papers screen with a camera that sees this; answers what is drawn over its picture. */
async function atCamera(page: Page, core: FakeCore, scene: CameraScene) {
  await writeFilm(film, [[scene, 0.2]]);
  const { devices } = terminalView();
  core.setTerminal({
    camera: { label: 'bianmin-film', minWidth: 640, stillMs: 1_000 },
    devices: { ...devices, documentCamera: { state: 'online' } },
  });
  core.show(filled('pension-enroll'));
  await open(page, core);
  await page.getByRole('button', { name: zh.camera.start }).tap();
  return page.locator('.camera-overlay');
}

test('a paper is outlined, taken by itself once, and again when another one lies there', async ({
  page,
  core,
  complaints,
}) => {
  const overlay = await atCamera(page, core, { paper: 'letter' });
  await expect(page.locator('.camera-paper')).toBeVisible(SLOW);
  await expect.poll(() => core.captures.length, SLOW).toBe(1);
  const [picture] = core.captures;
  expect(picture).toMatchObject({ path: '/capture/household', type: 'image/jpeg' });
  expect([...(picture?.bytes.subarray(0, 3) ?? [])]).toEqual([0xff, 0xd8, 0xff]);
  await expect(page.locator('.camera-taken img')).toBeVisible();
  await expect(page.getByText(zh.camera.taken)).toBeVisible(SLOW);
  if (SHOTS !== undefined) await page.screenshot({ path: join(SHOTS, 'camera-taken.png') });
  await expectGoodScreen(page, 'camera, a page was taken');
  // much longer than a page must lie still: it is not taken again
  const looked = Number(await overlay.getAttribute('data-looked'));
  await expect
    .poll(async () => Number(await overlay.getAttribute('data-looked')), SLOW)
    .toBeGreaterThan(looked + 25);
  expect(core.captures.length).toBe(1);
  // the button always works
  await page.getByRole('button', { name: zh.camera.shoot }).tap();
  await expect.poll(() => core.captures.length, SLOW).toBe(2);
  await page.getByRole('button', { name: zh.camera.done }).tap();
  await expect(page.locator('video')).toHaveCount(0);
  expect(core.called('camera.report').at(-1)?.input).toMatchObject({ finding: 'found' });
  expect(complaints).toEqual([]);
});
