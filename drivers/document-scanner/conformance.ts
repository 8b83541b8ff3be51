import { afterEach, describe, expect, it } from 'vitest';
import type { DeviceStatus } from '../../domain/device/status.ts';
import type { SimulatorCommand } from '../simulator-host/simulator.ts';
import type { DocumentScanner, ScannedPage, ScanRequest } from './contract.ts';

/** A driver with the scanner behind it, on which a test can lay paper and open the cover. */
export interface ScannerBench {
  readonly scanner: DocumentScanner;
  /** Throws when the scanner behind the driver cannot do that. */
  command(command: SimulatorCommand): void;
  stop(): Promise<void>;
}

/** What a far end cannot do, so that the suite does not ask it of its driver. */
export interface BenchLimits {
  /** It shows its paper and its cover only when it is told to scan. */
  readonly silentBetweenScans?: boolean;
  /** Every sheet in it looks the same. */
  readonly sheetsAlike?: boolean;
  /** It scans on by itself while a page is handed over, so that muted at the first it may have given more. */
  readonly pagesAhead?: boolean;
  /** Commands it cannot carry out; a jam behind the first sheets is `jamAfterPages`. */
  readonly cannot?: readonly (SimulatorCommand['do'] | 'jamAfterPages')[];
}

const FEEDER: ScanRequest = {
  source: 'feeder',
  resolutionDpi: 150,
  colour: 'grey',
  maxPages: 20,
};
const FLATBED: ScanRequest = { ...FEEDER, source: 'flatbed' };
const PATIENT = { deadlineMs: 60_000 };

/** Resolves when the device says so; the test's own time-out ends a wait that is in vain. */
export async function statusIs(
  scanner: DocumentScanner,
  wanted: (status: DeviceStatus) => boolean,
): Promise<DeviceStatus> {
  if (wanted(scanner.status)) return scanner.status;
  return new Promise((resolve) => {
    const stop = scanner.onStatus((status) => {
      if (!wanted(status)) return;
      stop();
      resolve(status);
    });
  });
}

/**
 * What every document scanner with a flatbed and a feeder promises, whatever it speaks. What its far end
 * cannot be made to do is skipped, and seen as skipped.
 */
export function describeDocumentScanner(
  name: string,
  make: () => Promise<ScannerBench>,
  {
    silentBetweenScans = false,
    sheetsAlike = false,
    pagesAhead = false,
    cannot = [],
  }: BenchLimits = {},
): void {
  const itNeeding = (...needed: readonly (typeof cannot)[number][]) =>
    it.skipIf(needed.some((one) => cannot.includes(one)));
  describe(`${name} keeps the document scanner contract`, () => {
    let bench: ScannerBench | undefined;
    const open = async (): Promise<ScannerBench> => {
      bench = await make();
      await bench.scanner.open();
      return bench;
    };
    const scan = async (
      { scanner }: ScannerBench,
      request: ScanRequest,
      options: { deadlineMs: number; signal?: AbortSignal } = PATIENT,
      onPage?: () => void,
    ) => {
      const pages: ScannedPage[] = [];
      const result = await scanner.scan(
        request,
        (page) => {
          pages.push(page);
          onPage?.();
        },
        options,
      );
      return { result, pages };
    };
    afterEach(async () => {
      await bench?.stop();
      bench = undefined;
    });

    it('is starting until it was opened, then online with its sources and its paper', async () => {
      bench = await make();
      expect(bench.scanner.status).toEqual({ state: 'starting' });
      await bench.scanner.open();
      await statusIs(bench.scanner, (status) => status.state === 'online');
      const paper = silentBetweenScans ? 'unknown' : 'out';
      expect(bench.scanner.status).toEqual({ state: 'online', paper });
      expect(bench.scanner.capabilities.sources).toEqual(['flatbed', 'feeder']);
    });

    it('gives one page from the flatbed, a JPEG', async () => {
      const own = await open();
      own.command({ do: 'loadPages', source: 'flatbed', count: 1 });
      const { result, pages } = await scan(own, FLATBED);
      expect(result).toEqual({ ok: true, value: { pages: 1 } });
      expect(pages.map((page) => [...page.bytes.subarray(0, 2)])).toEqual([[0xff, 0xd8]]);
    });

    it('gives every page of the feeder, in order, and stops where the paper ends', async () => {
      const own = await open();
      own.command({ do: 'loadPages', source: 'feeder', count: 3 });
      const { result, pages } = await scan(own, FEEDER);
      expect(result).toEqual({ ok: true, value: { pages: 3 } });
      const different = new Set(pages.map((page) => Buffer.from(page.bytes).toString('base64')));
      expect(different.size).toBe(sheetsAlike ? 1 : 3);
    });

    it('stops after as many pages as were asked for and leaves the rest in the feeder', async () => {
      const own = await open();
      own.command({ do: 'loadPages', source: 'feeder', count: 3 });
      expect((await scan(own, { ...FEEDER, maxPages: 2 })).result).toEqual({
        ok: true,
        value: { pages: 2 },
      });
      expect((await scan(own, FEEDER)).result).toEqual({ ok: true, value: { pages: 1 } });
    });

    it('says that there is no paper', async () => {
      const own = await open();
      const { result, pages } = await scan(own, FEEDER);
      expect(result).toMatchObject({ ok: false, error: { code: 'scanner.noPaper' } });
      expect(pages).toEqual([]);
    });

    itNeeding('jamAfterPages')(
      'keeps the two pages before a jam at the third, and names the jam',
      async () => {
        const own = await open();
        own.command({ do: 'loadPages', source: 'feeder', count: 5 });
        own.command({ do: 'setJam', jammed: true, afterPages: 2 });
        const { result, pages } = await scan(own, FEEDER);
        expect(result).toMatchObject({
          ok: false,
          error: { code: 'scanner.jam', remedy: 'clear' },
        });
        expect(pages).toHaveLength(2);
        await statusIs(own.scanner, (status) => status.state === 'userError');
        expect(own.scanner.status).toMatchObject({
          paper: 'jammed',
          fault: { code: 'scanner.jam' },
        });
        own.command({ do: 'setJam', jammed: false });
        await statusIs(own.scanner, (status) => status.state === 'online');
        expect((await scan(own, FEEDER)).result).toEqual({ ok: true, value: { pages: 3 } });
      },
    );

    it.skipIf(silentBetweenScans)(
      'shows an open cover by itself, and that it was closed',
      async () => {
        const own = await open();
        own.command({ do: 'setCover', open: true });
        const status = await statusIs(own.scanner, (one) => one.state === 'userError');
        expect(status.fault?.code).toBe('scanner.coverOpen');
        expect((await scan(own, FEEDER)).result).toMatchObject({
          error: { code: 'scanner.coverOpen' },
        });
        expect((await scan(own, FLATBED)).result).toMatchObject({
          error: { code: 'scanner.coverOpen' },
        });
        own.command({ do: 'setCover', open: false });
        await statusIs(own.scanner, (one) => one.state === 'online');
      },
    );

    it('names an open cover when it is told to scan, and scans when it was closed', async () => {
      const own = await open();
      own.command({ do: 'loadPages', source: 'feeder', count: 1 });
      own.command({ do: 'setCover', open: true });
      expect((await scan(own, FEEDER)).result).toMatchObject({
        error: { code: 'scanner.coverOpen', remedy: 'clear' },
      });
      await statusIs(own.scanner, (status) => status.fault?.code === 'scanner.coverOpen');
      own.command({ do: 'setCover', open: false });
      await statusIs(own.scanner, (status) => status.state === 'online');
      expect((await scan(own, FEEDER)).result).toEqual({ ok: true, value: { pages: 1 } });
    });

    it('says busy when the scanner works for somebody else, and scans when that is over', async () => {
      const own = await open();
      own.command({ do: 'loadPages', source: 'feeder', count: 1 });
      own.command({ do: 'setBusy', busy: true });
      expect((await scan(own, FEEDER)).result).toMatchObject({ error: { code: 'device.busy' } });
      own.command({ do: 'setBusy', busy: false });
      expect((await scan(own, FEEDER)).result).toEqual({ ok: true, value: { pages: 1 } });
    });

    it('names a failure of the scanner itself and can be asked again', async () => {
      const own = await open();
      own.command({ do: 'failNext' });
      expect((await scan(own, FLATBED)).result).toMatchObject({
        error: { code: 'scanner.hardware' },
      });
      expect((await scan(own, FLATBED)).result).toMatchObject({ ok: true });
    });

    itNeeding('setMute')(
      'ends at the deadline, keeps the pages that came, and works again afterwards',
      async () => {
        const own = await open();
        const scanUntil = async (deadlineMs: number) => {
          own.command({ do: 'loadPages', source: 'feeder', count: 5 });
          const done = await scan(own, FEEDER, { deadlineMs }, () => {
            own.command({ do: 'setMute', mute: true });
          });
          expect(done.result).toMatchObject({ ok: false, error: { code: 'device.timeout' } });
          return done.pages;
        };
        let deadlineMs = 3_000;
        let pages = await scanUntil(deadlineMs);
        // the deadline is to run out after a page, however long a busy machine takes for one
        while (pages.length === 0 && deadlineMs < 24_000) {
          deadlineMs *= 2;
          pages = await scanUntil(deadlineMs);
        }
        // a server that was stopped may have sent another page before
        if (pagesAhead) expect(pages.length).toBeGreaterThanOrEqual(1);
        else expect(pages).toHaveLength(1);
        own.command({ do: 'setMute', mute: false });
        expect((await scan(own, FLATBED)).result).toMatchObject({ ok: true });
      },
    );

    it('can be cancelled before and between pages, and takes its job back', async () => {
      const own = await open();
      own.command({ do: 'loadPages', source: 'feeder', count: 5 });
      const before = await scan(own, FEEDER, { ...PATIENT, signal: AbortSignal.abort() });
      expect(before.result).toMatchObject({ error: { code: 'device.cancelled' } });
      expect(before.pages).toEqual([]);
      const aborter = new AbortController();
      const between = await scan(own, FEEDER, { ...PATIENT, signal: aborter.signal }, () => {
        aborter.abort();
      });
      expect(between.result).toMatchObject({ error: { code: 'device.cancelled' } });
      expect(between.pages).toHaveLength(1);
      expect((await scan(own, FEEDER)).result).toEqual({ ok: true, value: { pages: 4 } });
    });

    it('does one scan after the other, however many are asked for at once', async () => {
      const own = await open();
      own.command({ do: 'loadPages', source: 'feeder', count: 3 });
      const one = { ...FEEDER, maxPages: 1 };
      const all = await Promise.all([scan(own, one), scan(own, one), scan(own, one)]);
      expect(all.map(({ result }) => result)).toEqual(
        all.map(() => ({ ok: true, value: { pages: 1 } })),
      );
    });

    itNeeding('dropLine')(
      'names a line that breaks under a scan, goes offline, and comes back by itself',
      async () => {
        const own = await open();
        own.command({ do: 'loadPages', source: 'feeder', count: 10 });
        let dropped = false;
        const { result, pages } = await scan(own, FEEDER, PATIENT, () => {
          // until it is told to be back: what a busy machine is late to look at is still away
          if (!dropped) own.command({ do: 'dropLine', forMs: 600_000 });
          dropped = true;
        });
        expect(result).toMatchObject({ ok: false, error: { code: 'device.offline' } });
        // Pages that were under way may still come; the last ones cannot.
        expect(pages.length).toBeGreaterThan(0);
        expect(pages.length).toBeLessThan(10);
        await statusIs(own.scanner, (status) => status.state === 'offline');
        own.command({ do: 'dropLine', forMs: 0 });
        await statusIs(own.scanner, (status) => status.state === 'online');
        expect((await scan(own, FLATBED)).result).toMatchObject({ ok: true });
      },
    );

    itNeeding('setMute')('calls a scanner that says nothing offline, never fine', async () => {
      const own = await open();
      own.command({ do: 'setMute', mute: true });
      const status = await statusIs(own.scanner, (one) => one.state === 'offline');
      expect(status.fault?.code).toBe('device.timeout');
      expect((await scan(own, FLATBED)).result).toMatchObject({
        error: { code: 'device.timeout' },
      });
    });

    it('never tells the same status twice', async () => {
      bench = await make();
      const seen: string[] = [];
      bench.scanner.onStatus((status) => seen.push(JSON.stringify(status)));
      await bench.scanner.open();
      bench.command({ do: 'loadPages', source: 'feeder', count: 2 });
      await scan(bench, FEEDER);
      await scan(bench, FEEDER);
      expect(seen.filter((status, i) => status === seen[i - 1])).toEqual([]);
    });

    it('closes while it scans', async () => {
      const own = await open();
      own.command({ do: 'loadPages', source: 'feeder', count: 50 });
      let closed: Promise<void> | undefined;
      const { result } = await scan(own, FEEDER, PATIENT, () => {
        closed ??= own.scanner.close();
      });
      await closed;
      expect(result).toMatchObject({ error: { code: 'device.cancelled' } });
    });
  });
}
