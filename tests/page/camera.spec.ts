import { readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import sharp from 'sharp';
import type { CameraSettings } from '../../main/contract/camera.ts';
import { systemChromium } from '../../main/shell/browser/shell.ts';
import { zh } from '../../renderer/messages/zh.ts';
import { filmArguments } from '../../scripts/launch/camera-film.ts';
import { FILM, paperCorners, writeFilm } from '../support/camera-film.ts';
import { watchTracks } from '../support/camera-tracks.ts';
import { notRun } from '../support/not-run.ts';
import type { FakeCore } from './fake-core.ts';
import { alone as test, expect, open } from './harness.ts';
import { expectGoodScreen } from './measure.ts';
import { knock } from './service-hands.ts';
import { serviceView } from './service-views.ts';
import { filled, terminalView } from './views.ts';
import { FULL, WINDOW } from './window.ts';

const chromium = systemChromium();
const film = join(tmpdir(), `bianmin-film-${process.pid}.mjpeg`);
const SHOTS = process.env['BIANMIN_SCREENSHOTS'];
/** Pictures are looked at in a software browser on a busy machine. */
const SLOW = { timeout: 45_000 };

/** A running film keeps a core busy; the camera's screens themselves are among the scenes. */
if (FULL && chromium === undefined) {
  notRun('the document camera', 'the Chromium of npm has no fake camera, and there is no other');
}
test.skip(!FULL || chromium === undefined);
test.use({
  permissions: ['camera'],
  launchOptions: {
    ...(chromium === undefined ? {} : { executablePath: chromium }),
    args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), ...filmArguments(film)],
  },
});
test.afterAll(() => rm(film, { force: true }));

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
async function atCamera(
  page: Page,
  core: FakeCore,
  scenes: Parameters<typeof writeFilm>[1],
  rotate: CameraSettings['rotate'] = 0,
) {
  await writeFilm(film, scenes);
  const { devices } = terminalView();
  core.setTerminal({
    camera: { label: 'bianmin-film', minWidth: 640, stillMs: 1_000, rotate },
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

/** Where the light part of a picture lies, in shares of its sides. */
async function lightPart(picture: Buffer) {
  const { data, info } = await sharp(picture)
    .greyscale()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const light = [...data.keys()].filter((i) => i % channels === 0 && (data[i] ?? 0) > 190);
  const across = light.map((i) => ((i / channels) % width) / width);
  const down = light.map((i) => Math.floor(i / channels / width) / height);
  const ends = (of: readonly number[]): readonly [number, number] => [
    of.reduce((least, one) => Math.min(least, one), 1),
    of.reduce((most, one) => Math.max(most, one), 0),
  ];
  return { across: ends(across), down: ends(down) };
}

for (const rotate of [90, 180, 270] as const) {
  test(`a picture that comes turned is set upright by ${String(rotate)}° for the eye, the outline and the page`, async ({
    page,
    core,
  }) => {
    const scene = { paper: 'letter', push: 120 } as const;
    await atCamera(page, core, [[scene, 0.2]], rotate);
    await expect.poll(() => core.captures.length, SLOW).toBe(1);
    // where the paper lies in the turned picture
    const corners = paperCorners(scene).map(({ x, y }) =>
      rotate === 90
        ? { x: 1 - y, y: x }
        : rotate === 180
          ? { x: 1 - x, y: 1 - y }
          : { x: y, y: 1 - x },
    );
    const across = [Math.min(...corners.map(({ x }) => x)), Math.max(...corners.map(({ x }) => x))];
    const down = [Math.min(...corners.map(({ y }) => y)), Math.max(...corners.map(({ y }) => y))];
    const isThere = (seen: Awaited<ReturnType<typeof lightPart>>): void => {
      for (const [i, share] of [...seen.across, ...seen.down].entries()) {
        expect([i, Math.abs(share - ([...across, ...down][i] ?? 2)) < 0.02]).toEqual([i, true]);
      }
    };
    const taken = Buffer.from(core.captures[0]?.bytes ?? []);
    const upright = rotate === 180 ? FILM : { width: FILM.height, height: FILM.width };
    expect(await sharp(taken).metadata()).toMatchObject(upright);
    isThere(await lightPart(taken));
    // the outline, and under it what a person sees
    await expect(page.locator('.camera-paper')).toBeVisible(SLOW);
    const tall = (1000 * upright.height) / upright.width;
    const points = ((await page.locator('.camera-paper').getAttribute('points')) ?? '')
      .split(' ')
      .map((point) => point.split(',').map(Number));
    const xs = points.map(([x = 0]) => x / 1000);
    const ys = points.map(([, y = 0]) => y / tall);
    isThere({
      across: [Math.min(...xs), Math.max(...xs)],
      down: [Math.min(...ys), Math.max(...ys)],
    });
    // however high the picture stands, the way on is on the screen
    for (const name of [zh.camera.shoot, zh.camera.done]) {
      await expect(page.getByRole('button', { name, exact: true })).toBeInViewport({ ratio: 1 });
    }
    const stage = page.locator('.camera-stage');
    if (SHOTS !== undefined) {
      await page.screenshot({ path: join(SHOTS, `camera-turned-${String(rotate)}.png`) });
    }
    await page.locator('.camera-overlay').evaluate((overlay) => {
      overlay.setAttribute('visibility', 'hidden');
      // nor does the light ground show at round corners
      if (overlay.parentElement !== null) overlay.parentElement.style.borderRadius = '0';
    });
    const box = await stage.boundingBox();
    if (box === null) throw new Error('no stage');
    // the picture stands in the middle of the stage, as large as it can
    const width = Math.min(box.width, (box.height * upright.width) / upright.height);
    const height = Math.min(box.height, (box.width * upright.height) / upright.width);
    const shot = await page.screenshot({
      clip: {
        ...{ width, height },
        x: box.x + (box.width - width) / 2,
        y: box.y + (box.height - height) / 2,
      },
    });
    isThere(await lightPart(shot));
  });
}

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

  test('shows the technician what it sees while it asks about it, at every screen, no longer', async ({
    page,
    core,
  }) => {
    const tracks = await watchTracks(page);
    await writeFilm(film, [[{ paper: 'letter' }, 0.2]]);
    const [first] = serviceView().devices;
    if (first === undefined) throw new Error('no device in the view');
    const asks = (state: 'ask' | 'passed'): void =>
      core.showService(
        serviceView({
          devices: [
            {
              ...first,
              ...{ device: 'documentCamera', connection: 'bianmin-film', hardware: {} },
              ...{ test: { state }, record: null },
            },
          ],
        }),
      );
    core.setTerminal({
      camera: { label: 'bianmin-film', minWidth: 640, stillMs: 1_000, rotate: 0 },
    });
    asks('ask');
    await open(page, core);
    await knock(page, 5);
    await page.getByRole('button', { name: zh.service.technician }).tap();
    for (const digit of '271828') {
      await page.getByRole('button', { name: digit, exact: true }).tap();
    }
    await page.getByRole('button', { name: zh.service.enter }).tap();
    await expect(page.getByText(zh.service.ask.documentCamera)).toBeVisible(SLOW);
    const picture = page.locator('.camera-trial');
    await expect(picture).toContainText(`${String(FILM.width)} × ${String(FILM.height)}`, SLOW);
    // Chromium plays only what is on the screen, and the page is longer than the screen
    await picture.scrollIntoViewIfNeeded();
    // not only a box: the paper is in it
    const brightest = (): Promise<number> =>
      picture.locator('video').evaluate((video: HTMLVideoElement) => {
        const canvas = document.createElement('canvas');
        canvas.width = 40;
        canvas.height = 30;
        const context = canvas.getContext('2d');
        context?.drawImage(video, 0, 0, 40, 30);
        return Math.max(
          ...(context?.getImageData(0, 0, 40, 30).data ?? [0]).filter((_, i) => i % 4 === 0),
        );
      });
    await expect.poll(brightest, SLOW).toBeGreaterThan(200);
    await expectGoodScreen(page, 'the trial of the camera');
    for (const size of [WINDOW.viewport, { width: 1920, height: 1080 }]) {
      await page.setViewportSize(size);
      const yes = page.getByRole('button', { name: zh.service.yes });
      await yes.evaluate((button) => button.scrollIntoView({ block: 'end' }));
      if (SHOTS !== undefined) {
        await page.screenshot({ path: join(SHOTS, `camera-trial-${String(size.width)}.png`) });
      }
      // one sees the picture while one answers
      await expect(yes).toBeInViewport({ ratio: 0.95 });
      await expect(picture.locator('.turned')).toBeInViewport({ ratio: 0.9 });
    }
    expect(await tracks()).toEqual(['video live']);
    asks('passed');
    await expect(picture).toHaveCount(0);
    await expect.poll(tracks).toEqual(['video ended']);
    expect(core.captures).toEqual([]);
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
    // it is looked for again and again, and stays what it is: one that was there
    await page.evaluate(() => {
      const media = navigator.mediaDevices;
      const real = media.enumerateDevices.bind(media);
      Object.assign(media, { looks: 0 });
      media.enumerateDevices = () => {
        (media as unknown as { looks: number }).looks += 1;
        return real();
      };
    });
    const looks = (): Promise<number> =>
      page.evaluate(() => (navigator.mediaDevices as unknown as { looks: number }).looks);
    await expect.poll(looks, SLOW).toBeGreaterThan(1);
    await expect(page.getByText(zh.camera.unplugged)).toBeVisible();
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
    const camera = {
      label: 'HD Document Camera',
      minWidth: 640,
      stillMs: 1_000,
      rotate: 0 as const,
    };
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
