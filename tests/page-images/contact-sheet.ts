/**
 * `node scripts/node24.mjs tests/page-images/contact-sheet.ts`: photographs the test pages, runs each through
 * the pipeline and puts both side by side into docs/images/page-pipeline-N.jpg, with the advice given in words,
 * and what became of each into page-pipeline.json. `--seed N` and `--out FOLDER` for others.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import sharp, { type OverlayOptions } from 'sharp';
import { ink } from '../../drivers/document-scanner/simulator/ink.ts';
import { runPipeline } from '../../main/core/materials/page-pipeline.ts';
import { zhPageAdvice } from '../../renderer/messages/zh-page-advice.ts';
import { outcomeOf, type Outcome } from './outcome.ts';
import { PhotoStudio, SCENE_COUNT, SCENE_SEED, scenesOf } from './scenes.ts';

const COLUMNS = 3;
const ON_A_SHEET = 15;
const BEFORE = { width: 344, height: 258 };
const AFTER = { width: 190, height: 258 };
const CELL = { width: BEFORE.width + AFTER.width + 16, height: BEFORE.height + 34 };

const { values } = parseArgs({
  options: { seed: { type: 'string' }, out: { type: 'string' } },
});
const scenes = scenesOf(Number(values.seed ?? SCENE_SEED), SCENE_COUNT);
const out = values.out ?? join(import.meta.dirname, '../../docs/images');

interface Sheet {
  readonly parts: OverlayOptions[];
  readonly words: string[];
}

const studio = new PhotoStudio();
const outcomes: Outcome[] = [];
const sheets = Array.from({ length: Math.ceil(scenes.length / ON_A_SHEET) }, (): Sheet => ({
  parts: [],
  words: [],
}));
for (const [i, scene] of scenes.entries()) {
  const place = i % ON_A_SHEET;
  const sheet = sheets[Math.floor(i / ON_A_SHEET)];
  const left = (place % COLUMNS) * CELL.width + 6;
  const top = Math.floor(place / COLUMNS) * CELL.height + 6;
  const photo = await studio.take(scene);
  const page = await runPipeline({ bytes: Uint8Array.from(photo), source: 'camera' });
  outcomes.push(await outcomeOf(scene.name, page));
  const before = await sharp(photo)
    .resize({ ...BEFORE, fit: 'inside' })
    .toBuffer();
  const after = await sharp(page.bytes)
    .resize({ ...AFTER, fit: 'inside' })
    .toBuffer();
  sheet?.parts.push(
    { input: before, left, top },
    { input: after, left: left + BEFORE.width + 6, top },
  );
  const said = page.advice
    .map((advice) => zhPageAdvice[advice].split(/[，。？]/u)[0] ?? '')
    .join('；');
  sheet?.words.push(
    ink(said === '' ? '没有问题' : said, {
      x: left,
      y: top + BEFORE.height + 20,
      size: 16,
      fill: said === '' ? '#1c6b3a' : '#8a4b00',
    }),
  );
}
for (const [i, { parts, words }] of sheets.entries()) {
  const width = COLUMNS * CELL.width;
  const height = Math.ceil(parts.length / 2 / COLUMNS) * CELL.height + 6;
  const text = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${words.join('')}</svg>`;
  const file = join(out, `page-pipeline-${String(i + 1)}.jpg`);
  await sharp({ create: { width, height, channels: 3, background: '#f4f2ec' } })
    .composite([...parts, { input: Buffer.from(text), left: 0, top: 0 }])
    .jpeg({ quality: 80 })
    .toFile(file);
  console.log(`${file}: ${String(parts.length / 2)} pages`);
}
const rows = outcomes.map((outcome) => `  ${JSON.stringify(outcome)}`);
writeFileSync(join(out, 'page-pipeline.json'), `[\n${rows.join(',\n')}\n]\n`);
