/**
 * `npm run demo -- --out DIR [--persona ID] [--service ID] [--offline SECONDS] [--papers camera]`: the whole way through
 * the real page, and what came of it in DIR/result.json. Exit 0 only if the platform holds exactly
 * one copy with the same hashes and nothing of the persona can be read under terminal/.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { systemChromium } from '../main/shell/browser/shell.ts';
import { journey, personaById, serviceById } from './citizen/journey.ts';
import { findTraces } from './citizen/traces.ts';
import { BadArguments, readOptions, wholeNumber } from './launch/arguments.ts';
import { ensurePage } from './launch/build-page.ts';
import { drawCameraFilm } from './launch/camera-film.ts';
import { openCuttableLink, type CuttableLink } from './launch/cuttable-link.ts';
import { startStack } from './launch/stack.ts';

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2), [
    'out',
    'persona',
    'service',
    'offline',
    'data',
    'papers',
  ]);
  if (options.out === undefined) throw new BadArguments('请给出 --out 目录 / --out DIR is missing');
  const persona = personaById(options.persona ?? 'returnee');
  const service = serviceById(options.service ?? 'unemployment-reg');
  const seconds =
    options.offline === undefined ? undefined : wholeNumber(options.offline, 'offline', 1);
  if (options.papers !== undefined && !['camera', 'scanner'].includes(options.papers)) {
    throw new BadArguments('--papers: camera | scanner');
  }
  if (options.papers === 'camera' && systemChromium() === undefined) {
    throw new BadArguments(
      '只有系统里装的 Chromium 才有模拟摄像头 / only an installed Chromium can play a film as a camera',
    );
  }
  const out = resolve(options.out);
  mkdirSync(out, { recursive: true });
  const wished = options.data;
  const keep = wished !== undefined;
  const dataDir = keep ? resolve(wished) : mkdtempSync(join(tmpdir(), 'bianmin-demo-'));
  const terminalDir = join(dataDir, 'terminal');
  ensurePage();

  const film = join(dataDir, 'document-camera.mjpeg');
  const byCamera = options.papers === 'camera';
  if (byCamera) {
    mkdirSync(dataDir, { recursive: true });
    await drawCameraFilm(film);
  }
  let link: CuttableLink | undefined;
  const started = performance.now();
  const stack = await startStack({
    dataDir,
    camera: byCamera,
    async link(platformUrl) {
      link = await openCuttableLink(platformUrl);
      return link.url;
    },
  });
  const startToServing = performance.now() - started;
  try {
    const done = await journey({
      stack,
      terminalDir,
      personaId: persona.id,
      serviceId: service.id,
      out,
      ...(byCamera ? { film } : {}),
      ...(seconds === undefined || !link ? {} : { offline: { link, seconds } }),
    });
    const { envelope, item } = done;
    const traces = await findTraces(persona, [terminalDir]);
    const attachments = envelope.header.attachments.map(({ sha256 }) => sha256);
    const result = {
      receiptNumber: envelope.header.receiptNumber,
      submissionId: envelope.header.id,
      service: service.id,
      persona: persona.id,
      queuedWhileOffline: done.queuedWhileOffline,
      platform: {
        copies: item.copies,
        state: item.state,
        caseNumber: item.caseNumber,
        envelopeSha256: item.envelopeSha256,
        attachmentSha256: item.attachmentSha256,
      },
      terminalEnvelopeSha256: envelope.sha256,
      sealedOnDisk: envelope.sealed,
      personalDataFoundOnDisk: traces,
      timingsMs: Object.fromEntries(
        Object.entries({ startToServing, ...done.timings }).map(([name, ms]) => [
          name,
          ms === null ? null : Math.round(ms),
        ]),
      ),
    };
    writeFileSync(join(out, 'result.json'), `${JSON.stringify(result, null, 2)}\n`);
    console.log(JSON.stringify(result, null, 2));
    const fine =
      item.copies === 1 &&
      item.state === 'received' &&
      item.envelopeSha256 === envelope.sha256 &&
      JSON.stringify(item.attachmentSha256) === JSON.stringify(attachments) &&
      envelope.sealed &&
      traces.length === 0;
    if (!fine) console.error('不对：结果和应有的不一样 / the result is not as it must be');
    return fine ? 0 : 1;
  } finally {
    await stack.stop();
    await link?.close();
    if (!keep) rmSync(dataDir, { recursive: true, force: true });
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof BadArguments ? error.message : error);
    process.exit(error instanceof BadArguments ? 2 : 1);
  },
);
