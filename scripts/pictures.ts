/**
 * `npm run pictures`: takes the README's pictures from a real journey, so that they show what is.
 * `npm run pictures -- faults`: takes those of what a citizen sees when a device fails; with a part of a
 * test's name after it, those of that test.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { journey } from './citizen/journey.ts';
import { ensurePage } from './launch/build-page.ts';
import { ROOT } from './launch/part.ts';
import { startStack } from './launch/stack.ts';
import { takeFaultPictures } from './pictures/device-faults.ts';

const IMAGES = join(ROOT, 'docs/images');
const SHOWN = {
  attract: /attract/,
  find: /find/,
  guide: /guide/,
  form: /form-1\.png/,
  materials: /materials/,
  receipt: /receipt/,
} as const;

async function takeJourneyPictures(): Promise<void> {
  ensurePage();
  const dir = mkdtempSync(join(tmpdir(), 'bianmin-pictures-'));
  const stack = await startStack({ dataDir: join(dir, 'data') });
  try {
    const out = join(dir, 'out');
    const done = await journey({
      stack,
      terminalDir: join(dir, 'data/terminal'),
      personaId: 'returnee',
      serviceId: 'pension-enroll',
      out,
    });
    const screens = readdirSync(join(out, 'screens'));
    for (const [name, pattern] of Object.entries(SHOWN)) {
      const file = screens.find((screen) => pattern.test(screen));
      if (file === undefined) throw new Error(`no screen for ${name}`);
      await sharp(join(out, 'screens', file))
        .resize({ width: 540 })
        .png({ palette: true, quality: 90 })
        .toFile(join(IMAGES, `${name}.png`));
    }
    await sharp(done.receipt.png)
      .extend({ top: 0, bottom: 0, left: 24, right: 24, background: '#ffffff' })
      .resize({ width: 540, height: 960, fit: 'contain', background: '#e8e4da', position: 'top' })
      .png({ palette: true })
      .toFile(join(IMAGES, 'paper.png'));
  } finally {
    await stack.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

if (process.argv[2] === 'faults') await takeFaultPictures(process.argv[3]);
else await takeJourneyPictures();
