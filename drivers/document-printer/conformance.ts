// Test support: what every driver of a document printer must do, whatever its protocol. Not part of the product.
import { afterEach, describe, expect, it } from 'vitest';
import type { FaultCode } from '../../domain/device/fault-catalogue.ts';
import type { DeviceStatus } from '../../domain/device/status.ts';
import type { DocumentPrinter, DocumentPrintRequest, PrintOutcome } from './contract.ts';
import type { DocumentPrinterCommand, IppSimulator } from './simulator/ipp-simulator.ts';

/** A printer that is not open yet, and the simulator at the other end of its line, already listening. */
export interface DocumentPrinterBench {
  readonly printer: DocumentPrinter;
  readonly simulator: Pick<IppSimulator, 'command' | 'state' | 'artifacts' | 'artifact' | 'close'>;
}

const PATIENCE_MS = 15_000;
/** Longer than any printing takes on a busy machine. */
const GENEROUS_MS = 60_000;

/** Waits until something holds; fails with `what` after a generous while. */
export async function until(holds: () => boolean, what: () => string): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`waited in vain for ${what()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Bytes that a printer takes for a PDF of so many pages, with a mark to know them by. */
export function pdf(mark: string, pages = 1, padding = 0): Uint8Array {
  const page = (i: number): string =>
    `${i + 3} 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>\nendobj\n`;
  return Buffer.from(
    [
      `%PDF-1.4\n% ${mark}\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n`,
      `2 0 obj\n<< /Type /Pages /Count ${pages} >>\nendobj\n`,
      ...Array.from({ length: pages }, (_, i) => page(i)),
      `% ${'.'.repeat(padding)}\n%%EOF\n`,
    ].join(''),
    'latin1',
  );
}

/** A document that is sent in many pieces. */
const LARGE = 400_000;

/** An outcome in few words, `failed printer.jam`. */
export function ending(outcome: PrintOutcome): string {
  return outcome.outcome === 'printed'
    ? 'printed'
    : `${outcome.outcome} ${outcome.fault.code satisfies FaultCode}`;
}

/** A bench with eyes: what the printer said, what came out. */
export class WatchedPrinter {
  readonly statuses: DeviceStatus[] = [];
  readonly printer: DocumentPrinter;
  readonly simulator: DocumentPrinterBench['simulator'];

  constructor({ printer, simulator }: DocumentPrinterBench) {
    this.printer = printer;
    this.simulator = simulator;
    printer.onStatus((status) => this.statuses.push(status));
  }

  command(command: DocumentPrinterCommand): void {
    expect(this.simulator.command(command)).toEqual({ ok: true, value: undefined });
  }

  status(wanted: Partial<DeviceStatus>): Promise<void> {
    return until(
      () => {
        const { state, paper } = this.printer.status;
        return state === (wanted.state ?? state) && paper === (wanted.paper ?? paper);
      },
      () => `${JSON.stringify(wanted)}, it is ${JSON.stringify(this.printer.status)}`,
    );
  }

  async online(): Promise<void> {
    await this.printer.open();
    await this.status({ state: 'online' });
  }

  print(
    document: Uint8Array,
    more: Partial<DocumentPrintRequest> & { deadlineMs?: number; signal?: AbortSignal } = {},
  ): Promise<PrintOutcome> {
    const { deadlineMs = GENEROUS_MS, signal, ...request } = more;
    return this.printer.print(
      { bytes: document, mediaType: 'application/pdf', copies: 1, sides: 'one-sided', ...request },
      signal === undefined ? { deadlineMs } : { deadlineMs, signal },
    );
  }

  /** The documents that came out whole, in order. */
  async whole(): Promise<readonly Buffer[]> {
    const names = this.simulator.artifacts().filter((name) => !name.includes('partial'));
    const files = await Promise.all(names.map((name) => this.simulator.artifact(name)));
    return files.map((file) => Buffer.from(file?.bytes ?? []));
  }

  /** Waits until no job is left in the printer. */
  idle(): Promise<void> {
    return until(
      () => this.simulator.state()['activeJobs'] === 0,
      () => `an empty printer, it is ${JSON.stringify(this.simulator.state())}`,
    );
  }

  waiting(what: string, holds: () => boolean): Promise<void> {
    return until(holds, () => `${what}, it is ${JSON.stringify(this.simulator.state())}`);
  }
}

const TROUBLES = [
  [{ do: 'setPaper', paper: 'out' }, { do: 'setPaper', paper: 'full' }, 'printer.paperOut'],
  [{ do: 'setCover', open: true }, { do: 'setCover', open: false }, 'printer.coverOpen'],
  [{ do: 'setJam', jammed: true }, { do: 'setJam', jammed: false }, 'printer.jam'],
] as const;

/** Describes what a driver of a document printer promises, against its simulator on a real line. */
export function describeDocumentPrinter(
  name: string,
  make: () => Promise<DocumentPrinterBench>,
): void {
  describe(`a document printer: ${name}`, () => {
    let own: WatchedPrinter | undefined;
    const bench = async (): Promise<WatchedPrinter> => {
      own = new WatchedPrinter(await make());
      return own;
    };
    const online = async (): Promise<WatchedPrinter> => {
      const watched = await bench();
      await watched.online();
      return watched;
    };

    afterEach(async () => {
      if (own === undefined) return;
      await own.printer.close();
      await own.simulator.close();
      const said = own.statuses.map((status) => JSON.stringify(status));
      expect(
        said.filter((status, i) => status === said[i - 1]),
        'the same status twice in a row',
      ).toEqual([]);
      own = undefined;
    });

    it('is starting until it has asked the hardware, then online with what it can do and holds', async () => {
      const watched = await bench();
      expect(watched.printer.status).toEqual({ state: 'starting', paper: 'unknown' });
      expect(watched.printer.capabilities.formats).toEqual([]);
      await watched.online();
      expect(watched.statuses).toEqual([{ state: 'online', paper: 'full' }]);
      expect(watched.printer.capabilities).toMatchObject({ duplex: true, colour: false });
      expect(watched.printer.capabilities.formats).toContain('application/pdf');
      expect(watched.printer.capabilities.media).toContain('iso_a4_210x297mm');
      expect(watched.printer.supplies).toEqual([
        { kind: 'paper', name: 'main', level: 80, state: 'ok' },
        { kind: 'toner', name: 'Black Toner', level: 80, state: 'ok' },
      ]);
    });

    it('prints a document once, byte for byte, and says so', async () => {
      const watched = await online();
      const document = pdf('0001', 3, LARGE);
      expect(await watched.print(document)).toEqual({ outcome: 'printed' });
      const whole = await watched.whole();
      expect(whole).toHaveLength(1);
      expect(whole[0]?.equals(document)).toBe(true);
    });

    it('prints documents that are asked for at once one after the other', async () => {
      const watched = await online();
      const documents = ['0001', '0002', '0003'].map((mark) => pdf(mark));
      const outcomes = await Promise.all(documents.map((one) => watched.print(one)));
      expect(outcomes.map(ending)).toEqual(['printed', 'printed', 'printed']);
      expect((await watched.whole()).map(String)).toEqual(documents.map(String));
    });

    it('asks for copies and both sides, and names the job after the receipt or after nobody', async () => {
      const watched = await online();
      const receiptNumber = '50019900100126112400018';
      await watched.print(pdf('1'), { copies: 2, sides: 'two-sided-long-edge', receiptNumber });
      await watched.print(pdf('2'), { receiptNumber: '张三丰 500199199001010010' });
      expect(watched.simulator.state()['tickets']).toEqual([
        {
          name: receiptNumber,
          user: 'bianmin',
          copies: 2,
          sides: 'two-sided-long-edge',
          media: 'iso_a4_210x297mm',
        },
        {
          name: 'bianmin',
          user: 'bianmin',
          copies: 1,
          sides: 'one-sided',
          media: 'iso_a4_210x297mm',
        },
      ]);
    });

    it('warns of little paper and little toner, and still prints', async () => {
      const watched = await online();
      watched.command({ do: 'setToner', percent: 5 });
      watched.command({ do: 'setPaper', paper: 'low' });
      await watched.status({ state: 'online', paper: 'low' });
      expect(watched.printer.supplies).toEqual([
        { kind: 'paper', name: 'main', level: 4, state: 'low' },
        { kind: 'toner', name: 'Black Toner', level: 5, state: 'low' },
      ]);
      expect(ending(await watched.print(pdf('0001')))).toBe('printed');
    });

    it.each(TROUBLES)(
      'with %o refuses, sends nothing, and works again after %o',
      async (ill, well, code) => {
        const watched = await online();
        watched.command(ill);
        await watched.status({ state: 'userError' });
        expect(watched.printer.status.fault?.code).toBe(code);
        expect(ending(await watched.print(pdf('0001')))).toBe(`failed ${code}`);
        expect(watched.simulator.state()['jobs']).toBe(0);
        watched.command(well);
        await watched.status({ state: 'online', paper: 'full' });
        expect(ending(await watched.print(pdf('0002')))).toBe('printed');
        expect(await watched.whole()).toHaveLength(1);
      },
    );

    it.each(TROUBLES)(
      'stopped in its middle by %o fails; the rest never comes out, also after %o',
      async (ill, well, code) => {
        const watched = await online();
        watched.command({ ...ill, afterPages: 1 });
        expect(ending(await watched.print(pdf('0001', 3)))).toBe(`failed ${code}`);
        expect(watched.simulator.state()['activeJobs']).toBe(0);
        watched.command(well);
        await watched.status({ state: 'online' });
        expect(ending(await watched.print(pdf('0002')))).toBe('printed');
        expect((await watched.whole()).map(String)).toEqual([pdf('0002')].map(String));
      },
    );

    it('does not know how many copies are out when it stops between two', async () => {
      const watched = await online();
      watched.command({ do: 'setPaper', paper: 'out', afterPages: 1 });
      expect(ending(await watched.print(pdf('0001'), { copies: 2 }))).toBe(
        'unknown printer.unconfirmed',
      );
      expect(watched.simulator.state()['activeJobs']).toBe(0);
    });

    it('goes on when the printer goes on by itself', async () => {
      const watched = await online();
      watched.command({ do: 'setDelay', ms: 20 });
      expect(ending(await watched.print(pdf('0001', 5)))).toBe('printed');
    });

    it('never says printed when the line drops in the middle of a document, and never repeats it', async () => {
      const watched = await online();
      watched.command({ do: 'dropLine', afterBytes: LARGE / 4 });
      const outcome = await watched.print(pdf('0001', 1, LARGE));
      expect(outcome.outcome).not.toBe('printed');
      await watched.idle();
      await watched.status({ state: 'online' });
      expect(ending(await watched.print(pdf('0002')))).toBe('printed');
      expect((await watched.whole()).map(String)).toEqual([pdf('0002')].map(String));
      expect(watched.simulator.state()['jobs']).toBe(2);
    });

    it('does not take silence for success', async () => {
      const watched = await online();
      watched.command({ do: 'setPaper', paper: 'out', afterPages: 1 });
      watched.command({ do: 'setMute', mute: true, afterBytes: 100 });
      const outcome = await watched.print(pdf('0001', 3), { deadlineMs: 3_000 });
      expect(ending(outcome)).toBe('unknown printer.unconfirmed');
    });

    it('is unknown, not broken, while it does not answer', async () => {
      const watched = await online();
      watched.command({ do: 'setMute', mute: true });
      await watched.status({ state: 'unknown', paper: 'unknown' });
      expect(watched.printer.supplies).toEqual([]);
      expect(ending(await watched.print(pdf('0001')))).toBe('failed device.timeout');
      watched.command({ do: 'setMute', mute: false });
      await watched.status({ state: 'online', paper: 'full' });
      expect(watched.statuses.map(({ state }) => state)).toEqual(['online', 'unknown', 'online']);
    });

    it('fails when the printer gives the job up, and prints the next one', async () => {
      const watched = await online();
      watched.command({ do: 'failNext' });
      expect(ending(await watched.print(pdf('0001')))).toBe('failed printer.hardware');
      expect(ending(await watched.print(pdf('0002')))).toBe('printed');
      expect((await watched.whole()).map(String)).toEqual([pdf('0002')].map(String));
    });

    it('takes back a job that the printer holds', async () => {
      const watched = await online();
      watched.command({ do: 'holdJobs', hold: true });
      expect(ending(await watched.print(pdf('0001')))).toBe('failed device.misconfigured');
      expect(watched.simulator.state()['activeJobs']).toBe(0);
    });

    it('waits for slow answers', async () => {
      const watched = await online();
      watched.command({ do: 'setDelay', ms: 200 });
      expect(ending(await watched.print(pdf('0001')))).toBe('printed');
      expect(await watched.whole()).toHaveLength(1);
    });

    it('asks a busy printer again, and says busy when it stays so', async () => {
      const watched = await online();
      watched.command({ do: 'setBusy', busy: true });
      expect(ending(await watched.print(pdf('0001')))).toBe('failed device.busy');
      watched.command({ do: 'setBusy', busy: false });
      expect(ending(await watched.print(pdf('0002')))).toBe('printed');
      expect(await watched.whole()).toHaveLength(1);
    });

    it('sends nothing of a document that nobody wants any more', async () => {
      const watched = await online();
      const outcome = await watched.print(pdf('0001'), { signal: AbortSignal.abort() });
      expect(ending(outcome)).toBe('failed device.cancelled');
      expect(watched.simulator.state()['jobs']).toBe(0);
    });

    it('answers at once for a document that waits behind another and is called off', async () => {
      const watched = await online();
      watched.command({ do: 'setDelay', ms: 100 });
      const calledOff = new AbortController();
      const first = watched.print(pdf('0001'));
      const second = watched.print(pdf('0002'), { signal: calledOff.signal });
      calledOff.abort();
      expect(ending(await second)).toBe('failed device.cancelled');
      expect(ending(await first)).toBe('printed');
      expect(await watched.whole()).toHaveLength(1);
    });

    it('cancels the job at the printer when it is called off', async () => {
      const watched = await online();
      const calledOff = new AbortController();
      const printing = watched.print(pdf('0001', 5_000), { signal: calledOff.signal });
      await watched.waiting('a job', () => watched.simulator.state()['activeJobs'] === 1);
      calledOff.abort();
      expect((await printing).outcome).not.toBe('printed');
      expect(watched.simulator.state()['activeJobs']).toBe(0);
      expect(await watched.whole()).toEqual([]);
    });

    it('cancels the job at the printer when the time is up', async () => {
      const watched = await online();
      const outcome = await watched.print(pdf('0001', 5_000), { deadlineMs: 2_500 });
      expect(ending(outcome)).toBe('unknown printer.unconfirmed');
      expect(watched.simulator.state()['activeJobs']).toBe(0);
      expect(await watched.whole()).toEqual([]);
    });

    it('takes back after a silence what the printer still holds, before anybody gets it', async () => {
      const watched = await online();
      watched.command({ do: 'setPaper', paper: 'out', afterPages: 0 });
      watched.command({ do: 'setMute', mute: true, afterBytes: 100 });
      const outcome = await watched.print(pdf('0001'), { deadlineMs: 3_000 });
      expect(outcome.outcome).toBe('unknown');
      watched.command({ do: 'setMute', mute: false });
      await watched.status({ state: 'userError' });
      await watched.idle();
      watched.command({ do: 'setPaper', paper: 'full' });
      await watched.status({ state: 'online' });
      expect(await watched.whole()).toEqual([]);
    });

    it('is offline while the line cannot be had, fails, and comes back by itself', async () => {
      const watched = await online();
      watched.command({ do: 'dropLine', forMs: 2_000 });
      await watched.status({ state: 'offline' });
      expect(ending(await watched.print(pdf('0001')))).toBe('failed device.offline');
      await watched.status({ state: 'online' });
      expect(ending(await watched.print(pdf('0002')))).toBe('printed');
      expect(await watched.whole()).toHaveLength(1);
    });

    it('refuses what is no PDF, no number of copies, no way of printing that it has', async () => {
      const watched = await online();
      const outcomes = [
        await watched.print(Buffer.from('<html>')),
        await watched.print(new Uint8Array()),
        await watched.print(pdf('0001'), { copies: 0 }),
        await watched.print(pdf('0001'), { copies: Number.NaN }),
        await watched.print(pdf('0001'), { copies: 1_000 }),
        await watched.print(pdf('0001'), { sides: 'two-sided-short-edge' }),
      ];
      expect(outcomes.map(ending)).toEqual(outcomes.map(() => 'failed device.unsupported'));
      expect(watched.simulator.state()['jobs']).toBe(0);
    });

    it('closes while it prints, and is offline then', async () => {
      const watched = await online();
      const printing = watched.print(pdf('0001', 5_000));
      await watched.waiting('a job', () => watched.simulator.state()['activeJobs'] === 1);
      await watched.printer.close();
      expect((await printing).outcome).not.toBe('printed');
      expect(watched.simulator.state()['activeJobs']).toBe(0);
      expect(watched.printer.status.state).toBe('offline');
      expect(ending(await watched.print(pdf('0002')))).toBe('failed device.offline');
    });
  });
}
