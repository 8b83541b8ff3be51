import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { describeDocumentPrinter } from './conformance.ts';
import { ending, pdf, until, WatchedPrinter } from './conformance-support.ts';
import { systemClock } from '../transport/system-clock.ts';
import { IPP_LIMITS, IppClient } from './ipp-client.ts';
import { IppPrinter } from './ipp-printer.ts';
import { QUICK, simulated } from './ipp-test-support.ts';
import { IppSimulator, type IppSimulatorOptions } from './simulator/ipp-simulator.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function opened(options: IppSimulatorOptions = {}): Promise<WatchedPrinter> {
  const own = new WatchedPrinter(await simulated(options));
  closers.push(
    () => own.simulator.close(),
    () => own.printer.close(),
  );
  await own.printer.open();
  return own;
}

describeDocumentPrinter('IPP, job and document apart', () => simulated());

describe('a driver whose forerunner was killed', () => {
  it("calls off what the queue still holds of its own terminal, and nobody else's", async () => {
    const simulator = new IppSimulator({ pageMs: 60_000 });
    await simulator.listen(0);
    closers.push(() => simulator.close());
    const leave = async (owner: string): Promise<number> => {
      const client = new IppClient(simulator.url, systemClock, IPP_LIMITS, { owner });
      const made = await client.printJob({ name: 'bianmin' }, pdf('0001', 3));
      return made.ok ? made.value.id : 0;
    };
    const [printing, others, waiting] = [await leave('a1'), await leave('b2'), await leave('a1')];
    const printer = new IppPrinter({ ...QUICK, url: simulator.url, owner: 'a1' });
    closers.push(() => printer.close());
    const watching = new IppClient(simulator.url, systemClock, IPP_LIMITS);
    const stateOf = async (id: number): Promise<number> => {
      const view = await watching.job(id);
      return view.ok ? view.value.state : 0;
    };
    await printer.open();
    await until(
      async () => (await stateOf(printing)) === 7 && (await stateOf(waiting)) === 7,
      () => JSON.stringify(printer.status),
    );
    // the other terminal's waits for its turn
    expect(await stateOf(others)).toBe(3);
  });
});

describe('IPP printers with habits of their own', () => {
  it('knows that a document cut off in its middle did not come out, where the job is made first', async () => {
    const own = await opened();
    own.command({ do: 'dropLine', afterBytes: 100_000 });
    expect(ending(await own.print(pdf('0001', 1, 400_000)))).toBe('failed device.offline');
  });

  it('does not know it where all goes in Print-Job', async () => {
    const own = await opened({ createJob: false });
    own.command({ do: 'dropLine', afterBytes: 100_000 });
    expect(ending(await own.print(pdf('0001', 1, 400_000)))).toBe('unknown printer.unconfirmed');
  });

  it('says unknown of a printer that forgets its jobs, never printed', async () => {
    const own = await opened({ forgetsJobs: true });
    expect(await own.print(pdf('0001'))).toMatchObject({
      outcome: 'unknown',
      fault: { code: 'printer.unconfirmed', detail: 'the printer has forgotten the job' },
    });
  });

  it('says unknown of a cancelled job when the printer does not count its sheets', async () => {
    const own = await opened({ tellsImpressions: false, pageMs: 50 });
    const calledOff = new AbortController();
    const printing = own.print(pdf('0001', 500), { signal: calledOff.signal });
    await own.waiting('a job', () => own.simulator.state()['activeJobs'] === 1);
    await own.status({ state: 'deviceBusy' });
    calledOff.abort();
    expect(ending(await printing)).toBe('unknown printer.unconfirmed');
  });

  it.each(['-warning', ''] as const)(
    'believes a stopped printer whatever the suffix of its reason: "%s"',
    async (reasonSuffix) => {
      const own = await opened({ reasonSuffix });
      own.command({ do: 'setPaper', paper: 'out', afterPages: 1 });
      expect(ending(await own.print(pdf('0001', 2)))).toBe('failed printer.paperOut');
    },
  );

  it('names a printer that takes no PDF', async () => {
    const own = await opened({ formats: ['image/pwg-raster', 'image/urf'] });
    expect(own.printer.capabilities.formats).toEqual(['image/pwg-raster', 'image/urf']);
    expect(own.printer.status.state).toBe('online');
    expect(ending(await own.print(pdf('0001')))).toBe('failed device.unsupported');
  });

  it('names a printer that has one side only', async () => {
    const own = await opened({ duplex: false });
    expect(own.printer.capabilities.duplex).toBe(false);
    expect(ending(await own.print(pdf('1'), { sides: 'two-sided-long-edge' }))).toBe(
      'failed device.unsupported',
    );
    expect(ending(await own.print(pdf('2')))).toBe('printed');
  });

  it('is broken without toner', async () => {
    const own = await opened();
    own.command({ do: 'setToner', percent: 0 });
    await own.status({ state: 'hardwareError' });
    expect(own.printer.supplies.at(-1)).toMatchObject({ kind: 'toner', level: 0, state: 'empty' });
    expect(ending(await own.print(pdf('1')))).toBe('failed printer.hardware');
  });

  it('is unknown while a login page answers, and comes back', async () => {
    const own = await opened();
    own.command({ do: 'answerHtml', html: true });
    await own.status({ state: 'unknown' });
    expect(own.printer.status.fault?.code).toBe('device.protocol');
    expect(ending(await own.print(pdf('1')))).toBe('failed device.protocol');
    own.command({ do: 'answerHtml', html: false });
    await own.status({ state: 'online' });
  });

  it.each([true, false])(
    'leaves no job behind that is called off while it is made (Create-Job: %s)',
    async (createJob) => {
      const own = await opened({ createJob });
      own.command({ do: 'setDelay', ms: 100 });
      const calledOff = new AbortController();
      const printing = own.print(pdf('0001', 5_000), { signal: calledOff.signal });
      await own.waiting('a job', () => own.simulator.state()['jobs'] === 1);
      calledOff.abort();
      expect((await printing).outcome).not.toBe('printed');
      expect(own.simulator.state()).toMatchObject({ jobs: 1, activeJobs: 0, whole: 0 });
    },
  );

  it('bears one lost answer without a word', async () => {
    const own = await opened();
    const seen = own.statuses.length;
    own.command({ do: 'dropLine' });
    expect(ending(await own.print(pdf('1')))).toBe('printed');
    expect(own.statuses.slice(seen).map(({ state }) => state)).not.toContain('offline');
  });
});

describe('what is no printer at the address', () => {
  async function against(listener: RequestListener): Promise<IppPrinter> {
    const server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const printer = new IppPrinter({ url: `http://127.0.0.1:${port}/ipp/print`, ...QUICK });
    closers.push(
      () =>
        new Promise((resolve) => {
          server.closeAllConnections();
          server.close(() => resolve());
        }),
      () => printer.close(),
    );
    await printer.open();
    return printer;
  }

  it.each([
    [401, 'device.misconfigured'],
    [404, 'device.misconfigured'],
    [302, 'device.protocol'],
    [500, 'device.protocol'],
    [503, 'device.busy'],
  ])('HTTP %i is %s', async (status, code) => {
    const printer = await against((request, response) => {
      request.resume();
      response.writeHead(status, { location: 'http://elsewhere.invalid/' }).end();
    });
    expect(printer.status).toMatchObject({ state: 'unknown', fault: { code } });
  });

  it('an answer without end is cut off', async () => {
    const printer = await against((request, response) => {
      request.resume();
      const more = (): void => {
        while (response.write(Buffer.alloc(65_536, 1)));
      };
      response.on('drain', more);
      more();
    });
    expect(printer.status.fault).toMatchObject({ code: 'device.protocol' });
  });

  it('an answer to another question is not believed', async () => {
    const printer = await against((request, response) => {
      request.resume();
      response.end(Buffer.from('0101000000bada550103', 'hex'));
    });
    expect(printer.status.fault).toMatchObject({ code: 'device.protocol' });
  });

  it('nobody is offline', async () => {
    const simulator = new IppSimulator();
    await simulator.listen(0);
    const { url } = simulator;
    await simulator.close();
    const printer = new IppPrinter({ url, ...QUICK });
    await printer.open();
    expect(printer.status).toMatchObject({ state: 'offline', fault: { code: 'device.offline' } });
    await printer.close();
  });

  it('an address of another kind is a mistake of the caller', () => {
    expect(() => new IppPrinter({ url: 'ftp://printer/', ...QUICK })).toThrow(TypeError);
    expect(() => new IppPrinter({ url: 'printer', ...QUICK })).toThrow(TypeError);
  });
});
