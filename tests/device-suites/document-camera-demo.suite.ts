// The film that a demonstration shows instead of a document camera, as `npm start` and `npm run demo` play it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { journey } from '../../scripts/citizen/journey.ts';
import { openBody, openSealed } from '../../scripts/citizen/open-sealed.ts';
import { ensurePage } from '../../scripts/launch/build-page.ts';
import { drawCameraFilm } from '../../scripts/launch/camera-film.ts';
import { startStack, type Stack } from '../../scripts/launch/stack.ts';
import { chromiumChoice } from '../support/chromium.ts';
import { notRun } from '../support/not-run.ts';

const here = (await chromiumChoice()).from === 'system';
if (!here) notRun('the film of demonstrations', 'the Chromium of npm has no fake camera');

const dir = mkdtempSync(join(tmpdir(), 'bianmin-demo-film-'));
const film = join(dir, 'document-camera.mjpeg');
let stack: Stack;

beforeAll(async () => {
  if (!here) return;
  ensurePage();
  await drawCameraFilm(film);
  stack = await startStack({ dataDir: join(dir, 'data'), camera: true });
});
afterAll(async () => {
  if (here) await stack.stop();
  rmSync(dir, { recursive: true, force: true });
});

describe.runIf(here)('the film of demonstrations', () => {
  it('is taken as a page by itself, though nobody says that the page may look', async () => {
    const terminalDir = join(dir, 'data/terminal');
    const done = await journey({
      ...{ stack, terminalDir, film },
      ...{ personaId: 'returnee', serviceId: 'pension-enroll' },
    });
    const identity = stack.platform.ready.ageIdentityFile;
    const body = await openBody(done.envelope.body, identity);
    const [page] = body.materials.find(({ materialId }) => materialId === 'household')?.pages ?? [];
    const sealed = done.envelope.attachments.get(page?.attachment ?? '');
    const clear = await openSealed(sealed ?? new Uint8Array(), identity);
    const { width, height } = await sharp(clear.subarray(0, page?.size)).metadata();
    // a whole sheet of A4, upright
    expect(height / width).toBeCloseTo(297 / 210, 1);
    expect(done.item).toMatchObject({ copies: 1, problems: [] });
  }, 600_000);
});
