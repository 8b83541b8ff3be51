import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { EsclSimulator } from './escl-simulator.ts';

const run = promisify(execFile);
const missing = spawnSync('scanimage', ['--version']).error
  ? 'scanimage is not installed'
  : !/airscan/.test(spawnSync('ldconfig', ['-p'], { encoding: 'utf8' }).stdout) &&
      spawnSync('sh', ['-c', 'ls /usr/lib/*/sane/libsane-airscan.so.1']).status !== 0
    ? 'sane-airscan is not installed'
    : undefined;
if (missing !== undefined) {
  console.log(`NOT RUN: sane-airscan against our eSCL simulator: ${missing}`);
}

describe.skipIf(missing !== undefined)('an independent eSCL program', () => {
  const scanWith = async (simulator: EsclSimulator, source: string, dir: string) => {
    await writeFile(join(dir, 'dll.conf'), 'airscan\n');
    await writeFile(
      join(dir, 'airscan.conf'),
      `[devices]\n"Sim" = ${simulator.url}, eSCL\n[options]\ndiscovery = disable\n`,
    );
    const ending = await run(
      'scanimage',
      [
        ...['-d', 'airscan:e0:Sim', '--source', source, '--resolution', '150', '--mode', 'Gray'],
        ...['--format=png', `--batch=${join(dir, 'p%d.png')}`],
        ...(source === 'Flatbed' ? ['--batch-count=1'] : []),
      ],
      { env: { ...process.env, SANE_CONFIG_DIR: dir, LC_ALL: 'C' }, timeout: 60_000 },
    ).then(
      ({ stderr }) => ({ code: 0, stderr }),
      (error: unknown) => error as { code: number; stderr: string },
    );
    const pages = (await readdir(dir)).filter((name) => name.endsWith('.png')).sort();
    return { ending, pages: await Promise.all(pages.map((name) => readFile(join(dir, name)))) };
  };

  it.each([
    ['Flatbed', 'flatbed', 1, false],
    ['ADF', 'feeder', 3, false],
    ['ADF', 'feeder', 1, true],
  ] as const)(
    'scans from our simulator: %s (%s, %i pages, jam behind them: %s)',
    async (source, tray, pages, jam) => {
      const simulator = new EsclSimulator();
      await simulator.listen(0);
      const dir = await mkdtemp(join(tmpdir(), 'bianmin-airscan-'));
      try {
        const count = jam ? pages + 2 : pages;
        expect(simulator.command({ do: 'loadPages', source: tray, count }).ok).toBe(true);
        const stuck = { do: 'setJam', jammed: jam, afterPages: pages } as const;
        expect(simulator.command(stuck).ok).toBe(true);
        const scanned = await scanWith(simulator, source, dir);
        expect(scanned.pages, scanned.ending.stderr).toHaveLength(pages);
        // SANE_STATUS_JAMMED is 6.
        expect(scanned.ending.code, scanned.ending.stderr).toBe(jam ? 6 : 0);
        const { width, height } = await sharp(scanned.pages[0]).metadata();
        // It asks for the whole glass: 8.5 inches by the length of A4.
        expect([width, height].map((side) => Math.round(side / 10))).toEqual([128, 175]);
      } finally {
        await simulator.close();
        await rm(dir, { recursive: true });
      }
    },
    120_000,
  );
});
