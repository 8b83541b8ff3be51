import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../transport/system-clock.ts';
import { describeDocumentScanner, statusIs } from './conformance.ts';
import type { ScannedPage, ScanOptions, ScanRequest } from './contract.ts';
import { SaneScanner, type SaneScannerOptions } from './sane-scanner.ts';
import { SimulatedScanimage } from './simulator/simulated-scanimage.ts';

const QUICK = {
  device: 'airscan:e0:Sim',
  clock: systemClock,
  timing: {
    ...{ pollMs: 40, firstRetryMs: 40, maxRetryMs: 100 },
    ...{ lookMs: 300, faultShownMs: 200, stopMs: 200 },
  },
} satisfies SaneScannerOptions;

const FEEDER: ScanRequest = { source: 'feeder', resolutionDpi: 150, colour: 'grey', maxPages: 9 };
const FLATBED = { ...FEEDER, source: 'flatbed' } as const;
// Pages come through named pipes.
const canRun = spawnSync('mkfifo', ['--version']).status === 0;
if (!canRun) console.log('NOT RUN: SANE driver against a simulated scanimage: no mkfifo here');

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

function bench(own: Partial<SaneScannerOptions> = {}) {
  const processes = new SimulatedScanimage();
  const scanner = new SaneScanner({ ...QUICK, processes, ...own });
  return { scanner, processes, command: processes.command, stop: () => scanner.close() };
}

async function opened(own: Partial<SaneScannerOptions> = {}, options?: string) {
  const made = bench(own);
  if (options !== undefined) made.processes.options = options;
  closers.push(made.stop);
  await made.scanner.open();
  return made;
}

async function scan(
  { scanner }: ReturnType<typeof bench>,
  request: ScanRequest = FEEDER,
  options: Partial<ScanOptions> = {},
) {
  const pages: ScannedPage[] = [];
  const patient = { deadlineMs: 20_000, ...options };
  const result = await scanner.scan(request, (page) => pages.push(page), patient);
  return { result, pages };
}

if (canRun) {
  describeDocumentScanner('SANE', () => Promise.resolve(bench()), { silentBetweenScans: true });
}

describe.skipIf(!canRun)('a scanner of SANE', () => {
  it('is scanned with no file that it could write and no core it could leave', async () => {
    const own = await opened();
    own.command({ do: 'loadPages', source: 'feeder', count: 1 });
    await scan(own);
    const run = own.processes.runs.find(([program]) => program === 'prlimit') ?? [];
    expect(run.slice(1, 4)).toEqual(['--fsize=0', '--core=1', 'scanimage']);
    const settings = ['--source=ADF', '--mode=Gray', '--resolution=150', '-x210', '-y297'];
    expect(run.slice(4, 10)).toEqual(['--device-name=airscan:e0:Sim', ...settings]);
  });

  it('tells how far a page is', async () => {
    const own = await opened();
    own.command({ do: 'loadPages', source: 'feeder', count: 2 });
    const seen: string[] = [];
    await scan(own, FEEDER, {
      onProgress: ({ page, fraction }) => seen.push(`${page}: ${fraction}`),
    });
    expect(seen).toEqual(['1: 0.5', '1: 1', '2: 0.5', '2: 1']);
  });

  it('hands a page over byte for byte, and refuses one above the limit', async () => {
    const own = await opened({ maxPageBytes: 1_000_000 });
    const whole = Buffer.alloc(1_000_000, 7);
    whole.set([0xff, 0xd8]);
    whole.set([0xff, 0xd9], whole.length - 2);
    own.processes.picture = () => whole;
    expect(Buffer.from((await scan(own, FLATBED)).pages[0]!.bytes).equals(whole)).toBe(true);
    own.processes.picture = () => Buffer.concat([whole, Buffer.alloc(1)]);
    const { result, pages } = await scan(own, FLATBED);
    expect(result).toMatchObject({ error: { code: 'device.protocol' } });
    expect(pages).toEqual([]);
    own.processes.picture = undefined;
    expect((await scan(own, FLATBED)).result).toMatchObject({ ok: true });
  });

  it('does not pass off half a page as a page', async () => {
    const own = await opened();
    own.processes.picture = () => Buffer.from('ffd8ffe000104a464946', 'hex');
    const { result, pages } = await scan(own, FLATBED);
    expect(result).toMatchObject({ error: { code: 'device.protocol' } });
    expect(pages).toEqual([]);
  });

  it('is free again when the program would neither end nor be asked to', async () => {
    const own = await opened();
    own.processes.deaf = true;
    own.processes.lingers = true;
    own.command({ do: 'loadPages', source: 'feeder', count: 9 });
    own.command({ do: 'setJam', jammed: true, afterPages: 1 });
    const { result, pages } = await scan(own);
    expect(result).toMatchObject({ error: { code: 'scanner.jam' } });
    expect(pages).toHaveLength(1);
    await own.scanner.close();
    expect(own.processes.active).toBe(0);
  });

  it('leaves no pipe behind, however a scan ends', async () => {
    const own = await opened();
    own.command({ do: 'loadPages', source: 'feeder', count: 2 });
    await scan(own);
    await scan(own);
    const aborter = new AbortController();
    own.processes.picture = () => {
      aborter.abort();
      return Buffer.from('ffd8ffd9', 'hex');
    };
    expect((await scan(own, FLATBED, { signal: aborter.signal })).result).toMatchObject({
      error: { code: 'device.cancelled' },
    });
    await own.scanner.close();
    const folders = own.processes.runs
      .flatMap((run) => run.filter((one) => one.startsWith('--batch=')))
      .map((one) => dirname(one.slice('--batch='.length)));
    expect(folders).toHaveLength(3);
    expect(folders.filter((folder) => existsSync(folder))).toEqual([]);
  });

  it.each(['writesToNobody', 'strangeStatus', 'spins'] as const)(
    'never takes a line that broke for the end of the paper: it %s',
    async (breaks) => {
      const behindSaned = await opened({ device: 'net:10.0.0.9:test:0' });
      const seen: string[] = [];
      behindSaned.scanner.onStatus(({ state }) => seen.push(state));
      behindSaned.command({ do: 'loadPages', source: 'feeder', count: 5 });
      behindSaned.processes.breaks = breaks;
      const { result, pages } = await scan(behindSaned);
      expect(result).toMatchObject({ ok: false, error: { code: 'device.offline' } });
      expect(pages).toHaveLength(1);
      expect(seen).toContain('offline');
      // the line is back already
      await statusIs(behindSaned.scanner, ({ state }) => state === 'online');
      const here = await opened();
      here.command({ do: 'loadPages', source: 'feeder', count: 5 });
      here.processes.breaks = breaks;
      expect((await scan(here)).result).toMatchObject({ ok: false });
    },
  );

  it('shows cover and paper where the backend has sensors for them', async () => {
    const sensors = (loaded: string, cover: string): string => `
All options specific to device \`fujitsu:fi-7160:1':
  Scan Mode:
    --source ADF Front|ADF Back|ADF Duplex [ADF Front]
  Sensors:
    --page-loaded[=(yes|no)] [${loaded}] [hardware]
    --cover-open[=(yes|no)] [${cover}] [hardware]
`;
    const own = await opened({}, sensors('yes', 'no'));
    expect(own.scanner.capabilities.sources).toEqual(['feeder']);
    expect(own.scanner.status).toEqual({ state: 'online', paper: 'full' });
    own.processes.options = sensors('no', 'yes');
    const open = await statusIs(own.scanner, ({ state }) => state === 'userError');
    expect(open).toMatchObject({ paper: 'out', fault: { code: 'scanner.coverOpen' } });
  });

  it.each(['scanimage', 'prlimit', 'mkfifo'])('says that %s is not installed', async (program) => {
    const own = bench();
    closers.push(own.stop);
    own.processes.missing.add(program);
    await own.scanner.open();
    const missing = { code: 'device.missingLibrary', detail: program };
    if (program === 'scanimage') {
      expect(own.scanner.status).toMatchObject({ state: 'offline', fault: missing });
    }
    expect((await scan(own, FLATBED)).result).toMatchObject({ error: missing });
  });

  it('refuses settings that would say where a page goes', () => {
    for (const name of ['output-file', 'batch', 'form', 'icc-profile', 'd', '-o']) {
      expect(() => bench({ settings: { [name]: 'x' } }), name).toThrow(RangeError);
    }
    expect(() => bench({ settings: { swdeskew: 'yes' } })).not.toThrow();
  });

  it('is not called gone for a single look that failed', async () => {
    const own = await opened();
    const seen: string[] = [];
    own.scanner.onStatus((status) => seen.push(status.state));
    own.processes.garbled = 1;
    const asked = own.processes.runs.length;
    await vi.waitFor(() => expect(own.processes.runs.length).toBeGreaterThan(asked + 2), 60_000);
    expect(seen).toEqual([]);
  });
});
