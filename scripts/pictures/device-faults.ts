import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { ROOT } from '../launch/part.ts';

/** Where the pictures lie that docs/when-devices-fail.md shows. */
export const FAULT_IMAGES = 'docs/images/faults';

/** The pictures of what a citizen sees when a device fails, by the tests that take them on their way. */
export const FAULT_PICTURES: Readonly<Record<string, readonly string[]>> = {
  'tests/full/bad-input-card.test.ts': ['card-pulled'],
  'tests/full/bad-input-host.test.ts': ['host-card', 'host-scan', 'host-print'],
  'tests/full/bad-input-scanner.test.ts': [
    'scanner-failed',
    'scanner-away',
    'scanner-back',
    'scanner-jam',
  ],
  'tests/full/bad-input-printer.test.ts': [
    'printer-paper-ends-in-the-middle',
    'printer-cover-opened-in-the-middle',
    'printer-the-paper-is-jammed',
    'printer-cutter-stuck',
    'printer-unknown',
  ],
  'tests/full/two-printers.test.ts': [
    'two-printers',
    'ticket-not-taken',
    'two-printers-swapped',
    'printer-other-device',
  ],
};

const WIDTH = 432;

/**
 * Takes them anew: the real page, the real core, simulated devices. Throws when a test fails or a picture
 * was not taken; what lies there then stays as it was.
 *
 * @param only a part of the names of the test files whose pictures are taken; all without it
 */
export async function takeFaultPictures(only = ''): Promise<void> {
  const chosen = Object.entries(FAULT_PICTURES).filter(([file]) => file.includes(only));
  if (chosen.length === 0) throw new Error(`no test of the faults is called ${only}`);
  const taken = mkdtempSync(join(tmpdir(), 'bianmin-fault-pictures-'));
  try {
    const { status } = spawnSync(
      process.execPath,
      [
        join(ROOT, 'node_modules/vitest/vitest.mjs'),
        'run',
        '--config',
        'tests/full/vitest.config.ts',
        ...chosen.map(([file]) => file),
      ],
      {
        cwd: ROOT,
        stdio: 'inherit',
        env: { ...process.env, BIANMIN_TESTS: 'full', BIANMIN_TEST_PICTURES: taken },
      },
    );
    if (status !== 0) throw new Error('a test of the faults failed: no picture was changed');
    const names = chosen.flatMap(([, of]) => of);
    const missing = names.filter((name) => !existsSync(join(taken, `${name}.png`)));
    if (missing.length > 0) throw new Error(`not taken: ${missing.join(', ')}`);
    mkdirSync(join(ROOT, FAULT_IMAGES), { recursive: true });
    for (const name of names) {
      await sharp(join(taken, `${name}.png`))
        .resize({ width: WIDTH })
        .png({ palette: true, quality: 90 })
        .toFile(join(ROOT, FAULT_IMAGES, `${name}.png`));
    }
  } finally {
    rmSync(taken, { recursive: true, force: true });
  }
}
