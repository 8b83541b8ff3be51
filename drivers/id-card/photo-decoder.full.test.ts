import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DriverClock } from '../device.ts';
import {
  systemChildProcesses,
  type ChildExit,
  type ChildProcesses,
} from '../transport/child-process.ts';
import { systemClock } from '../transport/system-clock.ts';
import { MOST_PICTURE_BYTES, programPhotoDecoder, type PhotoDecoder } from './photo-decoder.ts';

const PHOTO = Uint8Array.from({ length: 1024 }, (_, i) => i % 251);
const PNG = '89504e470d0a1a0a';
const GENEROUS = { deadlineMs: 60_000 };
/** What each script begins with: all of standard input, as one Buffer. */
const READ = `
  const pieces = [];
  process.stdin.on('data', (piece) => pieces.push(piece));
  process.stdin.on('end', () => decode(Buffer.concat(pieces)));
`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bianmin-decoder-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** A decoder that is a script of this test. */
async function decoder(script: string): Promise<PhotoDecoder> {
  const file = join(folder, 'decoder.cjs');
  await writeFile(file, script);
  return programPhotoDecoder(
    { program: process.execPath, args: [file] },
    systemChildProcesses,
    systemClock,
  );
}

describe('the program that decodes photos', () => {
  it.each([
    ['image/png', PNG],
    ['image/jpeg', 'ffd8ffe0'],
    ['image/bmp', '424d'],
  ])('is given the whole photo, and its picture is known: %s', async (mediaType, begin) => {
    const echo = await decoder(`${READ}
      const decode = (photo) => process.stdout.write(
        Buffer.concat([Buffer.from('${begin}', 'hex'), photo]));`);
    const decoded = await echo.decode(PHOTO, GENEROUS);
    expect(decoded).toMatchObject({ ok: true, value: { mediaType } });
    const head = begin.length / 2;
    expect(decoded.ok && Buffer.from(decoded.value.bytes.subarray(head))).toEqual(
      Buffer.from(PHOTO),
    );
  });

  it.each([
    ['writes nothing', 'const decode = () => undefined;', 'no picture'],
    ['writes words', `const decode = () => console.log('licence expired');`, 'no picture'],
    [
      'fails after a picture',
      `const decode = () => {
        process.stdout.write(Buffer.from('${PNG}', 'hex'));
        process.exitCode = 3;
      };`,
      'exit 3',
    ],
    ['crashes', 'const decode = () => process.kill(process.pid, "SIGSEGV");', 'SIGSEGV'],
  ])('that %s gives none', async (_what, script, how) => {
    const broken = await decoder(`${READ}${script}`);
    expect(await broken.decode(PHOTO, GENEROUS)).toMatchObject({
      ok: false,
      error: { code: 'device.protocol', vendorCode: `photo decoder: ${how}` },
    });
  });

  it('that does not read its input gives none, and does no harm', async () => {
    const deaf = await decoder('process.stdin.destroy();');
    expect(await deaf.decode(new Uint8Array(1024 * 1024), GENEROUS)).toMatchObject({ ok: false });
  });

  it('that writes endlessly is stopped', async () => {
    const endless = await decoder(`
      const piece = Buffer.alloc(${String(MOST_PICTURE_BYTES / 4)}, 0x42);
      const go = () => process.stdout.write(piece, go);
      go();`);
    expect(await endless.decode(PHOTO, GENEROUS)).toMatchObject({
      ok: false,
      error: { code: 'device.protocol' },
    });
  });

  it('that hangs and will not end is killed when its time is over', async () => {
    const file = join(folder, 'decoder.cjs');
    await writeFile(
      file,
      `process.on('SIGTERM', () => undefined);
      setInterval(() => undefined, 1_000);
      process.stdout.write('BM');`,
    );
    const hangs = Promise.withResolvers<undefined>();
    const ended = Promise.withResolvers<ChildExit>();
    const watched: ChildProcesses = {
      async start(program, args, options) {
        const onStdout = (bytes: Uint8Array): void => {
          options.onStdout?.(bytes);
          hangs.resolve(undefined);
        };
        const started = await systemChildProcesses.start(program, args, { ...options, onStdout });
        if (started.ok) started.value.exited.then(ended.resolve, ended.reject);
        return started;
      },
    };
    let timeIsOver: () => void = () => undefined;
    const clock: DriverClock = {
      now: () => systemClock.now(),
      after(ms, callback) {
        if (ms !== GENEROUS.deadlineMs) return systemClock.after(ms, callback);
        timeIsOver = callback;
        return () => undefined;
      },
    };
    const program = { program: process.execPath, args: [file] };
    const decoded = programPhotoDecoder(program, watched, clock).decode(PHOTO, GENEROUS);
    await hangs.promise;
    timeIsOver();
    expect(await decoded).toMatchObject({ ok: false, error: { code: 'device.timeout' } });
    expect((await ended.promise).signal).toBe('SIGKILL');
  });

  it('is called off with the session', async () => {
    const slow = await decoder('setInterval(() => undefined, 1_000);');
    const stop = new AbortController();
    const ended = slow.decode(PHOTO, { ...GENEROUS, signal: stop.signal });
    stop.abort();
    expect(await ended).toMatchObject({ ok: false, error: { code: 'device.cancelled' } });
  });

  it('that is not there is told as such', async () => {
    const none = programPhotoDecoder(
      { program: join(folder, 'no-such-decoder'), args: [] },
      systemChildProcesses,
      systemClock,
    );
    expect(await none.decode(PHOTO, GENEROUS)).toMatchObject({
      ok: false,
      error: { code: 'device.missingLibrary' },
    });
  });

  it.runIf(process.platform === 'linux')('cannot write the photo to a file', async () => {
    const leaky = await decoder(`${READ}
      const { writeFileSync } = require('node:fs');
      const decode = (photo) => {
        try {
          writeFileSync(${JSON.stringify(join(folder, 'leak'))}, photo);
        } catch {
          // EFBIG
        }
        process.stdout.write(Buffer.concat([Buffer.from('${PNG}', 'hex'), photo]));
      };`);
    // it worked, and still there is nothing on the disk
    expect(await leaky.decode(PHOTO, GENEROUS)).toMatchObject({ ok: true });
    const leaked = await readFile(join(folder, 'leak')).catch(() => Buffer.alloc(0));
    expect(leaked).toHaveLength(0);
  });
});
