import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { jpegOf, runPipeline } from '../../main/core/materials/page-pipeline.ts';
import { givePixels } from '../../main/core/materials/pixel-memory.ts';
import { decoded, straighten } from '../../main/core/materials/straighten.ts';
import { chanceOf } from '../../tests/page-images/chance.ts';
import { drawDocument, type Drawn } from '../../tests/page-images/documents.ts';
import { addNoise } from '../../tests/page-images/photograph.ts';
import { scanned } from '../../tests/page-images/scans.ts';
import { hasProgram } from '../../tests/support/not-run.ts';
import { percentile, type Bench, type BenchRow } from './row.ts';

const ROUNDS = 5;
/** So long tjbench writes pages in each round. */
const TURBO_S = 2;
/** A4 at 300 dpi. */
const WIDTH = 2480;
const QUALITY = 80;
/** Of a scanner's sensor, in levels. */
const GRAIN = 3;

/** Seconds of a line that a shell's `times` tells. */
function seconds(line: string): number {
  return [...line.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, rest]) => sum + 60 * Number(minutes) + Number(rest),
    0,
  );
}

/** Milliseconds of the processor that libjpeg-turbo takes for one page, by its own bench. */
function turbo(ppm: string): number {
  const bench = `tjbench "$1" ${QUALITY} -rgb -subsamp 420 -componly -nowrite -benchtime ${TURBO_S} -warmup 0; times`;
  const { stdout } = spawnSync('sh', ['-c', bench, 'sh', ppm], { encoding: 'utf8' });
  const rate = /Frame rate:\s+([\d.]+) fps/.exec(stdout)?.[1];
  // the shell's own times stand in the first line, its children's in the second
  const own = stdout.trimEnd().split('\n').at(-1);
  if (rate === undefined || own === undefined) throw new Error('tjbench told no frame rate');
  return (1000 * seconds(own)) / (Number(rate) * TURBO_S);
}

/** Milliseconds of the processor, all threads together: on a shared machine a clock tells of the others. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

async function sizes(): Promise<{ bitonal: number; jpeg: number }> {
  const text = await drawDocument('text', chanceOf(5), WIDTH);
  const page = await runPipeline({
    bytes: await scanned(text, { skew: 1, quarters: 0, lid: '#f4f4f4' }),
    source: 'scanner',
  });
  if (page.mediaType !== 'image/png') throw new Error('plain writing was not told');
  return { bitonal: page.bytes.length, jpeg: (await jpegOf({ ...image(text) })).length };
}

function image({ rgb, width, height }: Drawn) {
  return { width, height, data: rgb, channels: 3 as const };
}

async function measure(): Promise<readonly BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bianmin-bench-'));
  try {
    const drawn = await drawDocument('certificate', chanceOf(5), WIDTH);
    // a drawn page is cleaner than any scan, and written down too quickly
    addNoise(drawn.rgb, GRAIN, 1);
    const ppm = join(folder, 'page.ppm');
    const head = Buffer.from(`P6\n${drawn.width} ${drawn.height}\n255\n`);
    writeFileSync(ppm, Buffer.concat([head, drawn.rgb]));
    const scan = await scanned(drawn, { skew: 2, quarters: 0, lid: '#f4f4f4' });
    const raw = { raw: { width: drawn.width, height: drawn.height, channels: 3 as const } };
    const limit: number[] = [];
    const alone: number[] = [];
    const straight: number[] = [];
    const whole: number[] = [];
    const peer: number[] = [];
    await runPipeline({ bytes: scan, source: 'scanner' });
    // all in each round, so that a change of the machine's mood meets all
    for (let round = 0; round < ROUNDS; round++) {
      limit.push(turbo(ppm));
      alone.push(
        await timed(() =>
          sharp(drawn.rgb, raw).jpeg({ quality: QUALITY, optimiseCoding: false }).toBuffer(),
        ),
      );
      const picture = await decoded(scan);
      straight.push(
        await timed(async () => {
          const { page } = straighten(picture, 'scanner');
          await jpegOf(page);
          givePixels(page.data);
        }),
      );
      // sharp alone, told by how much: it looks for nothing
      peer.push(
        await timed(() =>
          sharp(picture.data, {
            raw: { width: picture.width, height: picture.height, channels: 3 },
          })
            .rotate(-2, { background: '#f4f4f4' })
            .trim()
            .jpeg({ quality: QUALITY, optimiseCoding: false })
            .toBuffer(),
        ),
      );
      whole.push(await timed(() => runPipeline({ bytes: scan, source: 'scanner' })));
    }
    const floor = percentile(limit, 0.5);
    const row = (what: string, took: readonly number[], goal?: number): BenchRow => ({
      what,
      ours: `${percentile(took, 0.5).toFixed(0)} ms of processor`,
      limit: `tjbench ${floor.toFixed(0)} ms`,
      ratio: percentile(took, 0.5) / floor,
      ...(goal === undefined ? {} : { goal }),
    });
    const { bitonal, jpeg } = await sizes();
    return [
      row('page of A4, 300 dpi: JPEG alone', alone, 1.5),
      row('the same: made straight, cut out, JPEG', straight, 11),
      row('peer, told the angle: sharp turns, trims, JPEG', peer),
      row('the same: from the scanner to page, preview and advice', whole, 30),
      {
        what: 'page of black writing: size at one bit a pixel',
        ours: `${String(Math.round(bitonal / 1024))} KB`,
        limit: `as JPEG ${String(Math.round(jpeg / 1024))} KB`,
        ratio: bitonal / jpeg,
        goal: 0.15,
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What it costs to make a scanned page straight, beside what libjpeg-turbo takes to write it down. */
export const pagePipelineRows: Bench = {
  name: 'page pipeline',
  obstacle: () => (hasProgram('tjbench') ? undefined : 'no tjbench (package libjpeg-turbo-progs)'),
  measure,
};
