// The document camera on its whole way: Chromium's fake camera with a drawn film, the real page before the real
// core, and what the reference platform opens in the end.
import { readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { devicesOfSimulators } from '../../main/core/simulated-devices.ts';
import { managedPolicy } from '../../main/shell/browser/settings.ts';
import { zh } from '../../renderer/messages/zh.ts';
import { openBody, openSealed } from '../../scripts/citizen/open-sealed.ts';
import { waitForItem } from '../../scripts/citizen/platform-view.ts';
import { envelopesOnDisk } from '../../scripts/citizen/terminal-view.ts';
import { atStep, walkToReceipt } from '../../scripts/citizen/walk.ts';
import { filmArguments } from '../../scripts/launch/camera-film.ts';
import {
  cameraPicture,
  FILM,
  paperCorners,
  writeFilm,
  type CameraScene,
} from '../support/camera-film.ts';
import { watchTracks } from '../support/camera-tracks.ts';
import { chromiumChoice } from '../support/chromium.ts';
import { openHall, type Hall } from '../support/hall.ts';
import { notRun } from '../support/not-run.ts';
import {
  asksFor,
  launchUnderPolicy,
  mayHavePolicies,
  openStranger,
  type Stranger,
} from './camera-strangers.ts';

type Film = Parameters<typeof writeFilm>[1];

const film = join(tmpdir(), `bianmin-hall-film-${process.pid}.mjpeg`);
/** Pictures are looked at in a software browser on a busy machine. */
const SLOW = { timeout: 120_000 };
const here = (await chromiumChoice()).from === 'system';
if (!here) notRun('the document camera', 'the Chromium of npm has no fake camera');

const ownPolicies = here && mayHavePolicies();
if (here && !ownPolicies) {
  notRun('the camera under the policy of the shell', 'it needs root, unshare and /etc/chromium');
}

const LETTER: CameraScene = { paper: 'letter', turn: 7 };
const EMPTY: CameraScene = { paper: 'none' };
const FRAME_S = 1 / 30;

/** A paper that a hand moves to and fro, while the camera looks for its focus. */
function restless(): Film {
  return Array.from({ length: 24 }, (_, i) => {
    const swing = Math.sin((i * Math.PI) / 12);
    return [{ ...LETTER, push: Math.round(70 * swing), blur: 4.5 + swing, smear: 6 }, FRAME_S];
  });
}

let hall: Hall;
let stranger: Stranger;
let tracks: Awaited<ReturnType<typeof watchTracks>>;
const posted: number[] = [];

beforeAll(async () => {
  if (!here) return;
  await writeFilm(film, [[EMPTY, 0.2]]);
  hall = await openHall({
    film,
    devices: async (control) => {
      const simulated = await devicesOfSimulators(control);
      const documentCamera = {
        driver: 'uvc' as const,
        label: 'bianmin-hall-film',
        minWidth: 640,
        stillMs: 1_000,
        rotate: 0 as const,
      };
      return { ...simulated, devices: { ...simulated.devices, documentCamera } };
    },
  });
  stranger = await openStranger();
  tracks = await watchTracks(hall.page);
  // somebody who is there, however long a slow machine takes to look
  await hall.page.addInitScript(() => {
    setInterval(() => document.dispatchEvent(new PointerEvent('pointerdown')), 5_000);
  });
  hall.page.on('response', (answer) => {
    if (new URL(answer.url()).pathname.startsWith('/capture/')) posted.push(answer.status());
  });
  await hall.page.reload();
});
beforeEach(async () => {
  posted.length = 0;
  if (!here || (await hall.page.locator('.screen').getAttribute('data-step')) === 'attract') return;
  // what a test that failed left behind is none of the next one's
  await hall.cardAway();
  await hall.stack.terminal.kill();
  await hall.stack.restart('terminal');
  await hall.page.goto(hall.stack.terminal.ready.url);
});
afterAll(async () => {
  if (!here) return;
  await hall.close();
  await stranger.close();
  rmSync(film, { force: true });
});

const button = (name: string): Locator => hall.page.getByRole('button', { name, exact: true });
const overlay = (): Locator => hall.page.locator('.camera-overlay');

/** From the papers on: this lies under the camera, and a citizen chooses it. */
async function lookThrough(scenes: Film): Promise<void> {
  await writeFilm(film, scenes);
  await button(zh.camera.start).first().tap();
  await overlay().waitFor(SLOW);
}

async function looked(): Promise<number> {
  return Number(await overlay().getAttribute('data-looked'));
}

/** So many more frames were looked at. */
async function looks(more: number): Promise<void> {
  const enough = (await looked()) + more;
  await expect.poll(looked, SLOW).toBeGreaterThanOrEqual(enough);
}

/** Processes that hold the film open, as a camera's lamp would tell that somebody looks through it. */
function lookers(): readonly string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      const files = `/proc/${pid}/fd`;
      return readdirSync(files).some((name) => readlinkSync(join(files, name)) === film);
    } catch {
      return false;
    }
  });
}

/** The outline as it is drawn, as shares of the picture; undefined where none is. */
async function outline(): Promise<readonly (readonly [number, number])[] | undefined> {
  const points = await hall.page
    .locator('.camera-paper')
    .getAttribute('points', { timeout: 1_000 })
    .catch(() => null);
  const tall = (1000 * FILM.height) / FILM.width;
  return points?.split(' ').map((point) => {
    const [x = 0, y = 0] = point.split(',').map(Number);
    return [x / 1000, y / tall] as const;
  });
}

/** How far the outline lies from the drawn paper at its worst corner, as a share of the picture. */
async function outlineOff(): Promise<number> {
  const seen = await outline();
  if (seen === undefined) return 1;
  const off = paperCorners(LETTER).map(({ x, y }, i) =>
    Math.hypot(x - (seen[i]?.[0] ?? 1), y - (seen[i]?.[1] ?? 1)),
  );
  return Math.max(...off);
}

/** Small and grey: what two pictures of one page have in common. */
function coarse(picture: Uint8Array): Promise<Buffer> {
  return sharp(picture).rotate().greyscale().resize(30, 42, { fit: 'fill' }).raw().toBuffer();
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** The drawn paper alone, straight and upright. */
async function drawnPaper(): Promise<Buffer> {
  const straight = await cameraPicture({ paper: 'letter', turn: 0 });
  return sharp(straight).extract({ left: 340, top: 60, width: 600, height: 848 }).toBuffer();
}

async function difference(one: Uint8Array, other: Uint8Array): Promise<number> {
  const [a, b] = await Promise.all([coarse(one), coarse(other)]);
  return mean([...a].map((shade, i) => Math.abs(shade - (b[i] ?? 0))));
}

describe.runIf(here)('a document camera before the real core', () => {
  it('a paper laid down askew is taken by itself, made a page, kept, and goes sealed to the platform', async () => {
    const { page } = hall;
    let shown: Buffer | undefined;
    const takeByCamera = async (): Promise<void> => {
      await expect
        .poll(async () => (await hall.health())['devices'], SLOW)
        .toMatchObject({ documentCamera: { state: 'online' } });
      expect(lookers()).toEqual([]);
      const answered = page.waitForResponse(/\/capture\/household$/, SLOW);
      await lookThrough([
        [EMPTY, 3],
        [LETTER, 9],
      ]);
      expect(lookers()).not.toEqual([]);
      await expect.poll(outlineOff, SLOW).toBeLessThan(0.02);
      const answer = await answered;
      expect([answer.status(), await answer.json()]).toEqual([200, { code: 'taken' }]);
      await page.locator('.camera-taken img').waitFor(SLOW);
      await hall.shoot('camera-taken');
      // lifted and laid down as it lay, over and over again: it is the same paper
      await page.getByText(zh.camera.looking).waitFor(SLOW);
      await page.getByText(zh.camera.taken).waitFor(SLOW);
      await looks(8);
      expect(posted).toEqual([200]);
      await button(zh.camera.done).tap();
      await overlay().waitFor({ state: 'detached' });
      expect(new Set(await tracks())).toEqual(new Set(['video ended']));
      await expect.poll(lookers, SLOW).toEqual([]);
      const kept = page.locator('.pages img');
      await kept.waitFor(SLOW);
      expect(await kept.count()).toBe(1);
      await hall.shoot('camera-kept');
      const src = await kept.getAttribute('src');
      shown = Buffer.from(
        await page.evaluate(
          async (url) => [...new Uint8Array(await (await fetch(url)).arrayBuffer())],
          src ?? '',
        ),
      );
      // the paper alone, straight and the right way up, without the desk that it lay on
      const { width, height } = await sharp(shown).metadata();
      expect(height / width).toBeCloseTo(848 / 600, 1);
      expect(await difference(shown, await drawnPaper())).toBeLessThan(14);
    };
    await walkToReceipt({
      ...hall.walk('returnee', 'pension-enroll'),
      onPapers: takeByCamera,
    });
    const submissionId = hall.newest();
    const { ready } = hall.stack.platform;
    expect(await waitForItem(ready, submissionId)).toMatchObject({ copies: 1, problems: [] });
    const envelopes = await envelopesOnDisk(hall.terminalDir);
    const envelope = envelopes.find(({ header }) => header.id === submissionId);
    expect(envelope?.sealed).toBe(true);
    const body = await openBody(envelope?.body ?? new Uint8Array(), ready.ageIdentityFile);
    const given = body.materials.find(({ materialId }) => materialId === 'household');
    expect(given).toMatchObject({ means: 'scan', pages: [{ mediaType: 'image/jpeg' }] });
    const [sent] = given?.pages ?? [];
    const sealed = envelope?.attachments.get(sent?.attachment ?? '');
    const clear = await openSealed(sealed ?? new Uint8Array(), ready.ageIdentityFile);
    const opened = clear.subarray(0, sent?.size);
    expect(await difference(opened, shown ?? new Uint8Array())).toBeLessThan(4);
    await hall.clear();
  }, 600_000);

  it('a paper that is moved while the focus is sought is warned about and not taken; then, at rest, it is', async () => {
    const { page } = hall;
    await hall.toMaterials(hall.walk('returnee', 'pension-enroll'));
    await lookThrough(restless());
    await page.getByText(zh.camera.trouble.blur).waitFor(SLOW);
    await hall.shoot('camera-blur');
    await looks(12);
    expect(posted).toEqual([]);
    await button(zh.camera.back).tap();
    await lookThrough([...restless(), ...restless(), ...restless(), [LETTER, 12]]);
    await expect.poll(() => posted, SLOW).toEqual([200]);
    await button(zh.camera.done).tap();
    const pages = page.locator('.pages > li');
    await pages.locator('img').waitFor(SLOW);
    expect(await pages.count()).toBe(1);
    // what lies there is the sharp one: nothing is said about it
    expect(await pages.locator('.advice').count()).toBe(0);
    await hall.clear();
  }, 600_000);

  it('a lamp that shines on the paper is warned about, and it is not taken', async () => {
    const { page } = hall;
    await hall.toMaterials(hall.walk('returnee', 'pension-enroll'));
    await lookThrough([[{ paper: 'letter', lamp: true }, 1]]);
    await page.getByText(zh.camera.trouble.glare).waitFor(SLOW);
    await hall.shoot('camera-glare');
    await looks(12);
    expect(posted).toEqual([]);
    await button(zh.camera.back).tap();
    await hall.clear();
  }, 600_000);

  it('is let go when its step is left, and when the session ends while it is on', async () => {
    const { page } = hall;
    await hall.toMaterials(hall.walk('returnee', 'pension-enroll'));
    await lookThrough([[EMPTY, 0.2]]);
    await looks(1);
    expect((await tracks()).at(-1)).toBe('video live');
    expect(lookers()).not.toEqual([]);
    await button(zh.camera.back).tap();
    await hall.page.locator('.camera-overlay').waitFor({ state: 'detached' });
    expect((await tracks()).at(-1)).toBe('video ended');
    await expect.poll(lookers, SLOW).toEqual([]);
    await button(zh.camera.start).first().tap();
    await looks(1);
    expect((await tracks()).at(-1)).toBe('video live');
    // the core that is gone has forgotten everybody
    await hall.cardAway();
    await hall.stack.terminal.kill();
    await hall.stack.restart('terminal');
    await expect
      .poll(async () => (await tracks()).filter((track) => track.endsWith('live')), SLOW)
      .toEqual([]);
    await expect.poll(lookers, SLOW).toEqual([]);
    await page.goto(hall.stack.terminal.ready.url);
    await atStep(page, 'attract');
    expect(await tracks()).toEqual([]);
    expect(lookers()).toEqual([]);
  }, 600_000);

  it('gives no other origin a picture, nor lets one be framed into the page', async () => {
    const { page } = hall;
    const { origin } = new URL(hall.stack.terminal.ready.url);
    const other = await page.context().newPage();
    try {
      await other.goto(stranger.url);
      expect(await asksFor(other, { video: true })).toBe('NotAllowedError');
      await other.setContent(
        `<iframe allow="camera" src="${hall.stack.terminal.ready.url}"></iframe>`,
      );
      await expect.poll(() => other.frames().at(-1)?.url(), SLOW).toMatch(/^chrome-error:/);
      expect(other.frames().some((frame) => frame.url().startsWith(origin))).toBe(false);
    } finally {
      await other.close();
    }
    const refused = await page.evaluate(
      (url) =>
        new Promise<string>((resolve) => {
          addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective));
          const frame = document.createElement('iframe');
          frame.allow = 'camera';
          frame.src = url;
          document.body.append(frame);
        }),
      stranger.url,
    );
    expect(refused).toBe('frame-src');
    expect(lookers()).toEqual([]);
  }, 600_000);

  it.runIf(ownPolicies)(
    'Chromium under the policy of our shell lets the core’s page look, nobody else, and nobody listen',
    async () => {
      const { url } = hall.stack.terminal.ready;
      const { origin } = new URL(url);
      const managed = managedPolicy(origin);
      const policy = {
        ...managed,
        // the stranger could not even be opened; this is about the camera. Nor could a test look in.
        URLAllowlist: [origin, new URL(stranger.url).origin],
        DeveloperToolsAvailability: 1,
      };
      const { browser, close } = await launchUnderPolicy(policy, filmArguments(film));
      try {
        const page = await browser.newPage();
        await page.goto(url);
        await atStep(page, 'attract');
        expect(await asksFor(page, { video: true })).toBe(`video ${film}`);
        expect(await asksFor(page, { audio: true })).toBe('NotAllowedError');
        await page.goto(stranger.url);
        expect(await asksFor(page, { video: true })).toBe('NotAllowedError');
        await expect(page.goto('file:///etc/hostname')).rejects.toThrow('BLOCKED_BY_ADMINISTRATOR');
      } finally {
        await close();
      }
    },
    600_000,
  );
});
