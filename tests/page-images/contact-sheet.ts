/**
 * `node scripts/node24.mjs tests/page-images/contact-sheet.ts`: photographs the test pages, runs each through
 * the pipeline and puts both side by side into docs/images/page-pipeline.jpg, with the advice given in words.
 * `--seed N` and `--out FILE` for others.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import sharp, { type OverlayOptions } from 'sharp';
import { ink } from '../../drivers/document-scanner/simulator/ink.ts';
import { runPipeline } from '../../main/core/materials/page-pipeline.ts';
import { zhPageAdvice } from '../../renderer/messages/zh-page-advice.ts';
import { PhotoStudio, SCENE_COUNT, SCENE_SEED, scenesOf } from './scenes.ts';

const COLUMNS = 5;
const BEFORE = { width: 150, height: 113 };
const AFTER = { width: 84, height: 113 };
const CELL = { width: BEFORE.width + AFTER.width + 12, height: BEFORE.height + 26 };

const { values } = parseArgs({
  options: { seed: { type: 'string' }, out: { type: 'string' } },
});
const scenes = scenesOf(Number(values.seed ?? SCENE_SEED), SCENE_COUNT);
const out = values.out ?? join(import.meta.dirname, '../../docs/images/page-pipeline.jpg');

const studio = new PhotoStudio();
const parts: OverlayOptions[] = [];
const words: string[] = [];
for (const [i, scene] of scenes.entries()) {
  const left = (i % COLUMNS) * CELL.width + 4;
  const top = Math.floor(i / COLUMNS) * CELL.height + 4;
  const photo = await studio.take(scene);
  const page = await runPipeline({ bytes: Uint8Array.from(photo), source: 'camera' });
  const before = await sharp(photo)
    .resize({ ...BEFORE, fit: 'inside' })
    .toBuffer();
  const after = await sharp(page.bytes)
    .resize({ ...AFTER, fit: 'inside' })
    .toBuffer();
  parts.push({ input: before, left, top }, { input: after, left: left + BEFORE.width + 4, top });
  const said = page.advice
    .map((advice) => zhPageAdvice[advice].split(/[，。？]/u)[0] ?? '')
    .join('；');
  words.push(
    ink(said === '' ? '没有问题' : said, {
      x: left,
      y: top + BEFORE.height + 14,
      size: 10.5,
      fill: said === '' ? '#1c6b3a' : '#8a4b00',
    }),
  );
}
const width = COLUMNS * CELL.width;
const height = Math.ceil(scenes.length / COLUMNS) * CELL.height + 4;
const text = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${words.join('')}</svg>`;
await sharp({ create: { width, height, channels: 3, background: '#f4f2ec' } })
  .composite([...parts, { input: Buffer.from(text), left: 0, top: 0 }])
  .jpeg({ quality: 82 })
  .toFile(out);
console.log(`${out}: ${String(scenes.length)} pages`);
