import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { sleep, systemClock } from '../transport/system-clock.ts';
import { describeDocumentScanner, statusIs, type ScannerBench } from './conformance.ts';
import type { DocumentScanner, ScannedPage, ScanRequest } from './contract.ts';
import { EsclScanner, type EsclScannerOptions } from './escl-scanner.ts';
import { capabilitiesXml, statusXml } from './escl-xml.ts';
import { EsclSimulator, type EsclSimulatorOptions } from './simulator/escl-simulator.ts';

const QUICK = {
  clock: systemClock,
  timing: { pollMs: 40, firstRetryMs: 40, maxRetryMs: 100 },
  limits: { retryMs: 5, requestMs: 1_000, pageTries: 4, jobTries: 3 },
} satisfies Partial<EsclScannerOptions>;

const FEEDER: ScanRequest = { source: 'feeder', resolutionDpi: 150, colour: 'grey', maxPages: 9 };

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function simulated(options: EsclSimulatorOptions = {}, now = systemClock.now) {
  const simulator = new EsclSimulator(options);
  await simulator.listen(0);
  const clock = { ...systemClock, now };
  const scanner = new EsclScanner({ url: simulator.url, ...QUICK, clock });
  const bench: ScannerBench = {
    scanner,
    command: (command) => {
      const done = simulator.command(command);
      if (!done.ok) throw new Error(done.error);
    },
    stop: async () => {
      await scanner.close();
      await simulator.close();
    },
  };
  return { ...bench, simulator };
}

async function opened(options: EsclSimulatorOptions = {}, now = systemClock.now) {
  const bench = await simulated(options, now);
  closers.push(bench.stop);
  await bench.scanner.open();
  return bench;
}

/** A far end that answers what a test wants, to a driver that was opened. */
async function against(
  listener: RequestListener,
  limits: EsclScannerOptions['limits'] = {},
  now = systemClock.now,
) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const scanner = new EsclScanner({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/eSCL`,
    ...QUICK,
    clock: { ...systemClock, now },
    limits: { ...QUICK.limits, ...limits },
  });
  closers.push(
    () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
    () => scanner.close(),
  );
  await scanner.open();
  return scanner;
}

const CAPS = capabilitiesXml({
  version: '2.0',
  model: 'far end',
  inputs: { flatbed: { resolutionsDpi: [300], colourModes: ['RGB24'] } },
});
const IDLE = statusXml({ state: 'Idle', jobs: [] }, '2.0');

/** Answers like a healthy flatbed, except where a test has its own answer. */
function healthyBut(own: Record<string, RequestListener>): RequestListener {
  return (request, response) => {
    const asked = `${request.method} ${request.url}`;
    const mine = own[asked];
    request.resume();
    if (mine) mine(request, response);
    else if (asked.endsWith('/ScannerCapabilities')) response.end(CAPS);
    else if (asked.endsWith('/ScannerStatus')) response.end(IDLE);
    else if (asked.startsWith('POST')) {
      response.writeHead(201, { location: '/eSCL/ScanJobs/1' }).end();
    } else if (asked.endsWith('NextDocument')) response.end(Buffer.from('ffd8ffd9', 'hex'));
    else response.end();
  };
}

async function scan(scanner: DocumentScanner, request: ScanRequest = FEEDER) {
  const pages: ScannedPage[] = [];
  const result = await scanner.scan(request, (page) => pages.push(page), { deadlineMs: 20_000 });
  return { result, pages };
}
const flatbed = { ...FEEDER, source: 'flatbed' } as const;

describeDocumentScanner('eSCL', () => simulated());

describe('eSCL scanners with habits of their own', () => {
  it('waits for one that answers 503 right after the job was made', async () => {
    const own = await opened({ notReadyAnswers: 3 });
    own.command({ do: 'loadPages', source: 'feeder', count: 2 });
    expect((await scan(own.scanner)).result).toEqual({ ok: true, value: { pages: 2 } });
  });

  it('gives up on one that answers 503 for ever, and says busy', async () => {
    const own = await opened({ notReadyAnswers: 1_000 });
    own.command({ do: 'loadPages', source: 'feeder', count: 2 });
    expect((await scan(own.scanner)).result).toMatchObject({ error: { code: 'device.busy' } });
  });

  it('takes 409 at the end of the paper as the end it is', async () => {
    const own = await opened({ endOfPaper: 409 });
    own.command({ do: 'loadPages', source: 'feeder', count: 2 });
    expect((await scan(own.scanner)).result).toEqual({ ok: true, value: { pages: 2 } });
  });

  it('works with a feeder alone and with a flatbed alone, and says what it cannot do', async () => {
    const feeder = await opened({ sources: ['feeder'] });
    expect(feeder.scanner.capabilities.sources).toEqual(['feeder']);
    feeder.command({ do: 'loadPages', source: 'feeder', count: 1 });
    expect((await scan(feeder.scanner)).result).toMatchObject({ ok: true });
    expect((await scan(feeder.scanner, flatbed)).result).toMatchObject({
      error: { code: 'device.unsupported' },
    });
    const glass = await opened({ sources: ['flatbed'] });
    expect(glass.scanner.status).toEqual({ state: 'online' });
    expect((await scan(glass.scanner, flatbed)).result).toMatchObject({ ok: true });
    expect((await scan(glass.scanner)).result).toMatchObject({
      error: { code: 'device.unsupported' },
    });
  });

  it('never follows Location to another host', async () => {
    const own = await opened({ locationHost: 'elsewhere.invalid:1' });
    own.command({ do: 'loadPages', source: 'feeder', count: 1 });
    expect((await scan(own.scanner)).result).toEqual({ ok: true, value: { pages: 1 } });
  });

  it('deletes the job after the last page and after a jam', async () => {
    const own = await opened();
    own.command({ do: 'loadPages', source: 'feeder', count: 2 });
    await scan(own.scanner);
    own.command({ do: 'loadPages', source: 'feeder', count: 2 });
    own.command({ do: 'setJam', jammed: true, afterPages: 1 });
    await scan(own.scanner);
    await own.scanner.close();
    expect(own.simulator.state()).toMatchObject({ deletedJobs: 2, activeJobs: 0 });
  });

  it.each([{ tellsAge: true }, { tellsAge: false }])(
    'takes back a job whose making was cut off (%o), so that the scanner is free for the next',
    async ({ tellsAge }) => {
      // where only being early tells whose it is, no time goes by for the driver: machines may be slow
      const now = tellsAge ? systemClock.now : () => 0;
      const own = await opened({ tellsAge, cutOffJobs: 1 }, now);
      own.command({ do: 'loadPages', source: 'flatbed', count: 1 });
      expect((await scan(own.scanner, flatbed)).result).toMatchObject({
        error: { code: 'device.offline' },
      });
      expect((await scan(own.scanner, flatbed)).result).toEqual({ ok: true, value: { pages: 1 } });
      await own.scanner.close();
      expect(own.simulator.state()).toMatchObject({ jobs: 2, deletedJobs: 2, activeJobs: 0 });
    },
  );

  it('hands over a picture that was laid in byte for byte', async () => {
    const own = await opened();
    const jpeg = Buffer.from('ffd8ffe000104a46494600ffd9', 'hex');
    own.command({
      do: 'loadPageImage',
      source: 'flatbed',
      jpegBase64: jpeg.toString('base64'),
    });
    const { pages } = await scan(own.scanner, flatbed);
    expect(Buffer.from(pages[0]!.bytes)).toEqual(jpeg);
  });

  it('is found when it is switched on after the driver', async () => {
    const late = new EsclSimulator();
    const port = await late.listen(0);
    await late.close();
    const scanner = new EsclScanner({ url: `http://127.0.0.1:${port}/eSCL`, ...QUICK });
    closers.push(() => scanner.close());
    await scanner.open();
    expect(scanner.status).toMatchObject({ state: 'offline', fault: { code: 'device.offline' } });
    const again = new EsclSimulator();
    closers.push(() => again.close());
    await again.listen(port);
    await statusIs(scanner, (status) => status.state === 'online');
  });

  it('is not called gone for a single lost answer', async () => {
    let asked = 0;
    const scanner = await against(
      healthyBut({
        'GET /eSCL/ScannerStatus': (_request, response) => {
          asked += 1;
          if (asked === 3) response.destroy();
          else response.end(IDLE);
        },
      }),
    );
    const seen: string[] = [];
    scanner.onStatus((status) => seen.push(status.state));
    while (asked < 6) await sleep(systemClock, 10);
    expect(seen).toEqual([]);
  });
});

describe('a far end that is no good scanner', () => {
  it('is unknown, not fine, when it answers as a web page', async () => {
    const scanner = await against((_request, response) => response.end('<html><body>hi</body>'));
    expect(scanner.status).toMatchObject({ state: 'unknown', fault: { code: 'device.protocol' } });
    expect((await scan(scanner, flatbed)).result).toMatchObject({
      error: { code: 'device.protocol' },
    });
  });

  it('cannot make the driver swallow an endless answer', async () => {
    const scanner = await against(
      healthyBut({
        'GET /eSCL/ScanJobs/1/NextDocument': (_request, response) => {
          const more = () => {
            while (response.write(Buffer.alloc(65_536, 0xff)));
            response.once('drain', more);
          };
          more();
        },
      }),
      { maxPageBytes: 500_000 },
    );
    expect((await scan(scanner, flatbed)).result).toMatchObject({
      error: { code: 'device.protocol' },
    });
  });

  it('cannot pass off half a page as a page', async () => {
    const scanner = await against(
      healthyBut({
        'GET /eSCL/ScanJobs/1/NextDocument': (_request, response) => {
          response.end(Buffer.from('ffd8ffe000104a464946', 'hex'));
        },
      }),
    );
    const { result, pages } = await scan(scanner, flatbed);
    expect(result).toMatchObject({ error: { code: 'device.protocol' } });
    expect(pages).toEqual([]);
  });

  it('cannot send the driver to another address by a redirect', async () => {
    const scanner = await against((_request, response) => {
      response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end();
    });
    expect(scanner.status).toMatchObject({ state: 'unknown', fault: { vendorCode: 'HTTP 302' } });
  });

  it('is rid of a job that it never told of, also when the driver is closed meanwhile', async () => {
    const asked: string[] = [];
    const posted = Promise.withResolvers<undefined>();
    let posts = 0;
    const listener = healthyBut({
      'GET /eSCL/ScannerStatus': (_request, response) => {
        const job = { path: '/eSCL/ScanJobs/new', state: 'Processing', reasons: [] };
        const state = posts > 0 ? 'Processing' : 'Idle';
        response.end(statusXml({ state, jobs: posts > 0 ? [{ ...job, ageSeconds: 0 }] : [] }, '2'));
      },
      'POST /eSCL/ScanJobs': () => {
        posts += 1;
        posted.resolve(undefined);
      },
    });
    const scanner = await against(
      (request, response) => {
        asked.push(`${request.method} ${request.url}`);
        listener(request, response);
      },
      { requestMs: 60_000 },
      () => 0,
    );
    const scanning = scan(scanner, flatbed);
    await posted.promise;
    await scanner.close();
    expect((await scanning).result).toMatchObject({ error: { code: 'device.cancelled' } });
    expect(asked.filter((one) => one.startsWith('DELETE'))).toEqual(['DELETE /eSCL/ScanJobs/new']);
  });

  it.each([
    { before: 'Idle', first: 503, theirs: 1 },
    { before: 'Idle', first: undefined, theirs: 2 },
    { before: 'Processing', first: undefined, theirs: 1 },
  ] as const)(
    'is asked to end no job that may be somebody else’s (%o)',
    async ({ before, first, theirs }) => {
      const asked: string[] = [];
      const jobs = Array.from({ length: theirs }, (_, i) => ({
        path: `/eSCL/ScanJobs/theirs-${i}`,
        state: 'Processing',
        reasons: [],
        ageSeconds: 0,
      }));
      let posts = 0;
      const listener = healthyBut({
        'GET /eSCL/ScannerStatus': (_request, response) => {
          const status =
            posts > 0 ? { state: 'Processing' as const, jobs } : { state: before, jobs: [] };
          response.end(statusXml(status, '2.0'));
        },
        'POST /eSCL/ScanJobs': (_request, response) => {
          posts += 1;
          if (posts === 1 && first !== undefined) response.writeHead(first).end();
          else response.destroy();
        },
      });
      const scanner = await against((request, response) => {
        asked.push(`${request.method} ${request.url}`);
        listener(request, response);
      });
      expect((await scan(scanner, flatbed)).result).toMatchObject({
        error: { code: 'device.offline' },
      });
      const looks = (): number => asked.slice(asked.lastIndexOf('POST /eSCL/ScanJobs')).length;
      while (looks() < 4) await sleep(systemClock, 10);
      expect(asked.filter((one) => one.startsWith('DELETE'))).toEqual([]);
    },
  );

  it('is told apart by what it says after 404: an aborted job is no whole stack', async () => {
    const aborted = statusXml(
      {
        state: 'Idle',
        adfState: 'ScannerAdfEmpty',
        jobs: [{ path: '/eSCL/ScanJobs/1', state: 'Aborted', reasons: [] }],
      },
      '2.0',
    );
    let asked = 0;
    let pages = 0;
    const scanner = await against(
      healthyBut({
        'GET /eSCL/ScannerCapabilities': (_request, response) =>
          response.end(
            capabilitiesXml({
              version: '2.0',
              model: '',
              inputs: { feeder: { resolutionsDpi: [300], colourModes: ['RGB24'] } },
            }),
          ),
        'GET /eSCL/ScannerStatus': (_request, response) => {
          asked += 1;
          const loaded = { state: 'Idle', adfState: 'ScannerAdfLoaded', jobs: [] } as const;
          response.end(pages > 0 ? aborted : statusXml(loaded, '2.0'));
        },
        'GET /eSCL/ScanJobs/1/NextDocument': (_request, response) => {
          pages += 1;
          if (pages === 1) response.end(Buffer.from('ffd8ffd9', 'hex'));
          else response.writeHead(404).end();
        },
      }),
    );
    const { result, pages: got } = await scan(scanner);
    expect(asked).toBeGreaterThan(0);
    expect(result).toMatchObject({ error: { code: 'scanner.hardware', vendorCode: 'Aborted' } });
    expect(got).toHaveLength(1);
  });
});
