import { lstatSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { afterEach, describe, expect, it } from 'vitest';
import { describeDocumentScanner, statusIs } from '../../drivers/document-scanner/conformance.ts';
import { listSaneDevices, saneEnvironment } from '../../drivers/document-scanner/sane-program.ts';
import {
  SaneScanner,
  type SaneScannerOptions,
} from '../../drivers/document-scanner/sane-scanner.ts';
import type { ChildProcesses, RunningChild } from '../../drivers/transport/child-process.ts';
import { systemChildProcesses } from '../../drivers/transport/child-process.ts';
import { systemClock } from '../../drivers/transport/system-clock.ts';
import {
  A4_FEEDER,
  saneConfig,
  SANE_TIMING,
  scan,
  TEST_BACKEND,
  TestBackendPaper,
} from './sane-bench.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

describeDocumentScanner(
  'scanimage with SANE’s test backend',
  async () => {
    const config = await saneConfig(TEST_BACKEND);
    const processes = new TestBackendPaper();
    const scanner = new SaneScanner({
      ...{ device: 'test:0', clock: systemClock, timing: SANE_TIMING },
      ...{ configDir: config.dir, processes },
    });
    return {
      scanner,
      command: processes.command,
      stop: async () => {
        await scanner.close();
        await config.remove();
      },
    };
  },
  { silentBetweenScans: true, sheetsAlike: true, cannot: ['jamAfterPages', 'setMute', 'dropLine'] },
);

/** The machine's programs, with every run of prlimit (that is, every scan) at hand. */
class Watched implements ChildProcesses {
  readonly scans: { readonly child: RunningChild; readonly args: readonly string[] }[] = [];
  ended = 0;
  readonly start: ChildProcesses['start'] = async (program, args, options) => {
    const started = await systemChildProcesses.start(program, args, options);
    if (!started.ok || program !== 'prlimit') return started;
    this.scans.push({ child: started.value, args });
    started.value.exited.then(() => (this.ended += 1)).catch(() => undefined);
    return started;
  };
}

async function opened(own: Partial<SaneScannerOptions> = {}) {
  const config = await saneConfig(TEST_BACKEND);
  const processes = new Watched();
  const scanner = new SaneScanner({
    ...{
      device: 'test:0',
      clock: systemClock,
      timing: SANE_TIMING,
      configDir: config.dir,
      processes,
    },
    ...own,
  });
  closers.push(config.remove, () => scanner.close());
  await scanner.open();
  return { scanner, processes, config };
}

const failing = (status: string) =>
  opened({ settings: { 'read-return-value': `SANE_STATUS_${status}` } });
/** A page of more than a minute. */
const SLOW = { 'read-delay': 'yes', 'read-delay-duration': '200000' };

describe('scanimage with SANE’s test backend', () => {
  it('is found', async () => {
    const config = await saneConfig(TEST_BACKEND);
    closers.push(config.remove);
    const found = await listSaneDevices(systemChildProcesses, {
      ...{ clock: systemClock, limitMs: 60_000, environment: saneEnvironment(config.dir) },
    });
    expect(found.ok && found.value.map(({ name, type }) => [name, type])).toEqual([
      ['test:0', 'virtual device'],
      ['test:1', 'virtual device'],
    ]);
  });

  it('gives the whole feeder: ten sheets, A4 in grey, as they were asked for', async () => {
    const { scanner } = await opened({ settings: { 'test-picture': 'Color pattern' } });
    const { result, pages } = await scan(scanner, A4_FEEDER);
    expect(result).toEqual({ ok: true, value: { pages: 10 } });
    const { width, height, channels } = await sharp(pages[0]!.bytes).metadata();
    expect([width, channels]).toEqual([1240, 1]);
    // SANE rounds millimetres as it likes
    expect(Math.abs(height - 1754)).toBeLessThan(2);
  });

  it.each([
    ['JAMMED', 'scanner.jam'],
    ['NO_DOCS', 'scanner.noPaper'],
    ['COVER_OPEN', 'scanner.coverOpen'],
    ['DEVICE_BUSY', 'device.busy'],
    ['IO_ERROR', 'scanner.hardware'],
    ['NO_MEM', 'scanner.hardware'],
    ['ACCESS_DENIED', 'device.misconfigured'],
    ['INVAL', 'device.misconfigured'],
    ['UNSUPPORTED', 'device.unsupported'],
    ['CANCELLED', 'device.cancelled'],
  ])('%s is %s, and no page', async (status, code) => {
    const { scanner, processes } = await failing(status);
    const { result, pages } = await scan(scanner, A4_FEEDER);
    const vendorCode = `SANE_STATUS_${status}`;
    expect(result).toMatchObject({ ok: false, error: { code, vendorCode } });
    expect(pages).toEqual([]);
    await scanner.close();
    expect(processes.ended).toBe(1);
  });

  it('is offline when there is no such device', async () => {
    const { scanner } = await opened({ device: 'test:9' });
    const offline = { code: 'device.offline', vendorCode: 'SANE_STATUS_INVAL' };
    expect(scanner.status).toMatchObject({ state: 'offline', fault: offline });
    expect((await scan(scanner)).result).toMatchObject({ error: offline });
  });

  it('tells how far a slow page is, stops in the middle of it, and is free for the next', async () => {
    const { scanner, processes, config } = await opened({ settings: SLOW });
    const aborter = new AbortController();
    const seen: number[] = [];
    const { result, pages } = await scan(scanner, A4_FEEDER, {
      signal: aborter.signal,
      onProgress: ({ fraction }) => {
        seen.push(fraction);
        if (seen.length === 3) aborter.abort();
      },
    });
    expect(result).toMatchObject({ error: { code: 'device.cancelled' } });
    expect(pages).toEqual([]);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBeLessThan(1);
    await scanner.close();
    expect(processes.ended).toBe(1);
    const next = await opened({ configDir: config.dir });
    expect((await scan(next.scanner)).result).toMatchObject({ ok: true });
  });

  it('ends in the middle of a page at the deadline', async () => {
    const { scanner, processes } = await opened({ settings: SLOW });
    const { result } = await scan(scanner, A4_FEEDER, { deadlineMs: 1_000 });
    expect(result).toMatchObject({ error: { code: 'device.timeout' } });
    await scanner.close();
    expect(processes.ended).toBe(processes.scans.length);
  });

  it('names a program that was killed in the middle of a page, and hands no half page over', async () => {
    const { scanner, processes } = await opened({ settings: SLOW });
    let killed = false;
    const { result, pages } = await scan(scanner, A4_FEEDER, {
      onProgress: () => {
        if (!killed) processes.scans[0]?.child.kill('SIGKILL');
        killed = true;
      },
    });
    expect(result).toMatchObject({
      error: { code: 'scanner.hardware', vendorCode: 'scanimage SIGKILL' },
    });
    expect(pages).toEqual([]);
    await statusIs(scanner, ({ state }) => state === 'hardwareError');
    await statusIs(scanner, ({ state }) => state === 'online');
  });

  it('takes no page above the limit, and stops the program', async () => {
    const { scanner, processes } = await opened({ maxPageBytes: 10_000 });
    const { result, pages } = await scan(scanner, A4_FEEDER);
    expect(result).toMatchObject({ error: { code: 'device.protocol' } });
    expect(pages).toEqual([]);
    await scanner.close();
    expect(processes.ended).toBe(1);
  });

  it('lays no byte of a page on a disk: only pipes have its names', async () => {
    const { scanner, processes } = await opened();
    const kinds: boolean[] = [];
    const look = (): void => {
      const arg = processes.scans[0]?.args.find((one) => one.startsWith('--batch=')) ?? '';
      const folder = dirname(arg.slice('--batch='.length));
      for (const name of readdirSync(folder)) {
        // a pipe whose page has come may be gone by now
        const found = lstatSync(join(folder, name), { throwIfNoEntry: false });
        if (found !== undefined) kinds.push(found.isFIFO());
      }
    };
    const pages = await scanner.scan(A4_FEEDER, look, { deadlineMs: 90_000, onProgress: look });
    expect(pages).toMatchObject({ ok: true });
    expect(kinds.length).toBeGreaterThan(100);
    expect(kinds).not.toContain(false);
  });

  it('cannot lay one there even where the pipes are missing: the kernel ends it', async () => {
    const elsewhere = await saneConfig({});
    closers.push(elsewhere.remove);
    const { scanner } = await opened({
      processes: {
        start: (program, args, options) =>
          systemChildProcesses.start(
            program,
            program === 'prlimit' ? [...args, `--batch=${elsewhere.dir}/%d.jpg`] : args,
            options,
          ),
      },
    });
    const { result } = await scan(scanner, A4_FEEDER);
    expect(result).toMatchObject({ error: { vendorCode: 'scanimage SIGXFSZ' } });
    for (const name of readdirSync(elsewhere.dir)) {
      expect(lstatSync(join(elsewhere.dir, name)).size, name).toBe(0);
    }
  });
});
