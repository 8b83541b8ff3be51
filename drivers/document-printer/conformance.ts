// Test support: what every driver of a document printer must do, whatever its protocol. Not part of the product.
import { describe, expect, it } from 'vitest';
import { benches, ending, pdf, type DocumentPrinterBench } from './conformance-support.ts';

/** A document that is sent in many pieces. */
const LARGE = 400_000;

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
    const { bench, online } = benches(make);

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
      watched.command({ do: 'setDelay', ms: 50 });
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
      watched.command({ do: 'setDelay', ms: 50 });
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

/** The same, for what takes its time: silence, a line that is away, a deadline. */
export function describePatientDocumentPrinter(
  name: string,
  make: () => Promise<DocumentPrinterBench>,
): void {
  describe(`a document printer in bad times: ${name}`, { timeout: 60_000 }, () => {
    const { online } = benches(make);

    it('does not take silence for success', async () => {
      const watched = await online();
      watched.command({ do: 'setPaper', paper: 'out', afterPages: 1 });
      watched.command({ do: 'setMute', mute: true, afterBytes: 100 });
      const outcome = await watched.print(pdf('0001', 3), { deadlineMs: 8_000 });
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

    it('cancels the job at the printer when the time is up', async () => {
      const watched = await online();
      const outcome = await watched.print(pdf('0001', 5_000), { deadlineMs: 8_000 });
      expect(ending(outcome)).toBe('unknown printer.unconfirmed');
      expect(watched.simulator.state()['activeJobs']).toBe(0);
      expect(await watched.whole()).toEqual([]);
    });

    it('is offline while the line cannot be had, fails, and comes back by itself', async () => {
      const watched = await online();
      watched.command({ do: 'dropLine', forMs: 600_000 });
      await watched.status({ state: 'offline' });
      expect(ending(await watched.print(pdf('0001')))).toBe('failed device.offline');
      watched.command({ do: 'dropLine' });
      await watched.status({ state: 'online' });
      expect(ending(await watched.print(pdf('0002')))).toBe('printed');
      expect(await watched.whole()).toHaveLength(1);
    });
  });
}
