import { readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { systemChromium } from '../../main/shell/browser/shell.ts';
import { zh } from '../../renderer/messages/zh.ts';
import { filmArguments } from '../../scripts/launch/camera-film.ts';
import { writeFilm } from '../support/camera-film.ts';
import { notRun } from '../support/not-run.ts';
import type { FakeCore } from './fake-core.ts';
import { alone as test, expect, open } from './harness.ts';
import { expectGoodScreen } from './measure.ts';
import { filled, terminalView } from './views.ts';

const chromium = systemChromium();
const film = join(tmpdir(), `bianmin-film-${process.pid}.mjpeg`);
const SHOTS = process.env['BIANMIN_SCREENSHOTS'];
/** Pictures are looked at in a software browser on a busy machine. */
const SLOW = { timeout: 45_000 };

/** A running film keeps a core busy; the camera's screens themselves are among the scenes. */
const full = process.env['BIANMIN_TESTS'] === 'full';
if (full && chromium === undefined) {
  notRun('the document camera', 'the Chromium of npm has no fake camera, and there is no other');
}
test.skip(!full || chromium === undefined);
test.use({
  permissions: ['camera'],
  launchOptions: {
    ...(chromium === undefined ? {} : { executablePath: chromium }),
    args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), ...filmArguments(film)],
  },
});
test.afterAll(() => rm(film, { force: true }));

/** Keeps hold of what the page is given to look through, so that a test can see whether it was let go. */
async function watchTracks(page: Page): Promise<() => Promise<readonly string[]>> {
  await page.addInitScript(() => {
    const tracks: MediaStreamTrack[] = [];
    Object.assign(window, { tracks });
    const media = navigator.mediaDevices;
    const given = media.getUserMedia.bind(media);
    media.getUserMedia = async (wish) => {
      const stream = await given(wish);
      tracks.push(...stream.getTracks());
      return stream;
    };
  });
  return () =>
    page.evaluate(() => {
      const { tracks } = window as unknown as { readonly tracks: readonly MediaStreamTrack[] };
      return tracks.map(({ kind, readyState }) => `${kind} ${readyState}`);
    });
}

/** Ends the browser's own process that holds the camera of this film: its line breaks as if it were pulled out. */
function pullOut(): void {
  const held = readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      return line.includes('VideoCaptureService') && line.includes(film);
    } catch {
      return false;
    }
  });
  expect(held.length).toBeGreaterThan(0);
  for (const pid of held) process.kill(Number(pid), 'SIGKILL');
}

/** The papers screen with a camera that sees this; answers what is drawn over its picture. */
async function atCamera(page: Page, core: FakeCore, scenes: Parameters<typeof writeFilm>[1]) {
  await writeFilm(film, scenes);
  const { devices } = terminalView();
  core.setTerminal({
    camera: { label: 'bianmin-film', minWidth: 640, stillMs: 1_000 },
    devices: { ...devices, documentCamera: { state: 'online' } },
  });
  core.show(filled('pension-enroll'));
  await open(page, core);
  await page.getByRole('button', { name: zh.camera.start, exact: true }).tap();
  return page.locator('.camera-overlay');
}

// a film is as long as it is, on a slow machine longer
test.describe.configure({ timeout: 240_000 });

test('a paper is outlined, taken by itself once, and again when another one lies there', async ({
  page,
  core,
  complaints,
}) => {
  const overlay = await atCamera(page, core, [[{ paper: 'letter' }, 0.2]]);
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
    .toBeGreaterThan(looked + 12);
  expect(core.captures.length).toBe(1);
  // the button always works
  await page.getByRole('button', { name: zh.camera.shoot, exact: true }).tap();
  await expect.poll(() => core.captures.length, SLOW).toBe(2);
  await page.getByRole('button', { name: zh.camera.done, exact: true }).tap();
  await expect(page.locator('video')).toHaveCount(0);
  expect(core.called('camera.report').at(-1)?.input).toMatchObject({ finding: 'found' });
  expect(complaints).toEqual([]);
});

test.describe('the document camera', () => {
  test('says what keeps a paper from being taken well, and takes none by itself then', async ({
    page,
    core,
  }) => {
    test.slow();
    // one film with every trouble in it, again and again
    await atCamera(page, core, [
      [{ paper: 'letter', lamp: true }, 8],
      [{ paper: 'letter', light: 'dusk' }, 8],
      [{ paper: 'letter', push: 420 }, 8],
    ]);
    // how a blurred paper is known stands in renderer/camera/look.full.test.ts
    const { dark, glare, cut } = zh.camera.trouble;
    for (const words of [glare, cut, dark]) {
      await expect(page.getByText(words)).toBeVisible({ timeout: 90_000 });
      if (words !== glare) continue;
      if (SHOTS !== undefined) await page.screenshot({ path: join(SHOTS, 'camera-glare.png') });
    }
    expect(core.captures).toEqual([]);
    // by hand it can be taken all the same
    await page.getByRole('button', { name: zh.camera.shoot, exact: true }).tap();
    await expect.poll(() => core.captures.length, SLOW).toBe(1);
  });

  test('is switched off on leaving, on a hidden page and at the end of the session', async ({
    page,
    core,
  }) => {
    const tracks = await watchTracks(page);
    await atCamera(page, core, [[{ paper: 'none' }, 0.2]]);
    await expect(page.locator('.camera-overlay')).toHaveAttribute('data-looked', /[1-9]/, SLOW);
    await expect(page.getByText(zh.camera.looking)).toBeVisible();
    await expectGoodScreen(page, 'camera, no paper');
    expect(await tracks()).toEqual(['video live']);
    const hide = (hidden: boolean): Promise<void> =>
      page.evaluate((is) => {
        Object.defineProperty(document, 'hidden', { value: is, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
      }, hidden);
    await hide(true);
    expect(await tracks()).toEqual(['video ended']);
    await hide(false);
    await expect.poll(tracks, SLOW).toEqual(['video ended', 'video live']);
    await page.getByRole('button', { name: zh.camera.back, exact: true }).tap();
    await expect(page.locator('.dialog-screen')).toHaveCount(0);
    await expect.poll(tracks).toEqual(['video ended', 'video ended']);
    await page.getByRole('button', { name: zh.camera.start, exact: true }).tap();
    await expect.poll(async () => (await tracks()).at(-1), SLOW).toBe('video live');
    core.show(null);
    await expect(page.locator('.screen[data-step="attract"]')).toBeVisible();
    await expect.poll(tracks).toEqual(['video ended', 'video ended', 'video ended']);
  });

  test('that is pulled out says so, offers another way, and comes back by itself', async ({
    page,
    core,
  }) => {
    await atCamera(page, core, [[{ paper: 'none' }, 0.2]]);
    await expect(page.locator('.camera-overlay')).toHaveAttribute('data-looked', /[1-9]/, SLOW);
    // not there any more, so that it does not come back at once
    await rm(film);
    pullOut();
    await expect(page.getByText(zh.camera.unplugged)).toBeVisible(SLOW);
    await expect(page.getByRole('button', { name: zh.camera.otherWay, exact: true })).toBeVisible();
    await expectGoodScreen(page, 'camera, pulled out');
    await expect
      .poll(() => core.called('camera.report').at(-1)?.input, SLOW)
      .toMatchObject({ finding: 'missing' });
    await writeFilm(film, [[{ paper: 'none' }, 0.2]]);
    await expect(page.getByText(zh.camera.looking)).toBeVisible(SLOW);
    await expect
      .poll(() => core.called('camera.report').at(-1)?.input, SLOW)
      .toMatchObject({ finding: 'found' });
  });

  test('a picture that the core does not take is told in plain words, and may be taken again', async ({
    page,
    core,
  }) => {
    core.captureCode = 'tooMany';
    await atCamera(page, core, [[{ paper: 'form' }, 0.2]]);
    await expect(page.getByText(zh.camera.posted.tooMany)).toBeVisible(SLOW);
    const refused = core.captures.length;
    core.captureCode = 'taken';
    await page.getByRole('button', { name: zh.camera.shoot, exact: true }).tap();
    await expect(page.getByText(zh.camera.taken)).toBeVisible(SLOW);
    expect(core.captures.length).toBe(refused + 1);
  });

  test('a camera of another name, and one that is too coarse, are not used', async ({
    page,
    core,
  }) => {
    await writeFilm(film, [[{ paper: 'letter' }, 0.2]]);
    const { devices } = terminalView();
    const camera = { label: 'HD Document Camera', minWidth: 640, stillMs: 1_000 };
    const setUp = (part: Partial<typeof camera>): void =>
      core.setTerminal({
        camera: { ...camera, ...part },
        devices: { ...devices, documentCamera: { state: 'unknown' } },
      });
    setUp({});
    core.show(filled('pension-enroll'));
    await open(page, core);
    const report = () => core.called('camera.report').at(-1)?.input;
    await expect.poll(report).toMatchObject({ finding: 'missing', seen: [film] });
    await page.getByRole('button', { name: zh.camera.start, exact: true }).tap();
    await expect(page.getByText(zh.camera.away.missing)).toBeVisible(SLOW);
    await page.getByRole('button', { name: zh.camera.otherWay, exact: true }).tap();
    setUp({ label: 'FILM-\\d+', minWidth: 4_000 });
    await expect.poll(report).toMatchObject({ finding: 'found' });
    await page.getByRole('button', { name: zh.camera.start, exact: true }).tap();
    await expect(page.getByText(zh.camera.away.tooCoarse)).toBeVisible(SLOW);
    await expect.poll(report).toMatchObject({ finding: 'tooCoarse' });
  });
});
