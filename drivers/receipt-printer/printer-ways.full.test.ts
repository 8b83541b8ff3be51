import { afterEach, describe, expect, it } from 'vitest';
import type { FaultCode } from '../../domain/device/fault-catalogue.ts';
import { createBitmap, fillRect } from '../glyph/bitmap.ts';
import type { SimulatorCommand } from '../simulator-host/simulator.ts';
import { answerPattern } from './answer-pattern.ts';
import { receipt, until } from './conformance.ts';
import { EscPosPrinter } from './escpos-printer.ts';
import { systemClock } from '../transport/system-clock.ts';
import { tcpTransport } from '../transport/tcp.ts';
import type { EscPosPrinterOptions } from './printer-options.ts';
import { keyOf } from './picture-memory.ts';
import { printerOnTcp, WRITTEN_DOWN } from './printer-test-support.ts';
import type { PrinterProfile } from './profile.ts';
import { PROFILES } from './profile.ts';
import { profileFromTemplate } from './template.ts';
import type { EscPosSimulator, EscPosSimulatorOptions } from './simulator/escpos-simulator.ts';

const { generic80, generic80Automatic, generic58RasterQr, custom80Presenter } = PROFILES;
const GENEROUS = { deadlineMs: 60_000 };
/** Never asked again by itself: what is told then was told by the printer. */
const SELDOM = 600_000;

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

async function open(
  profile: PrinterProfile,
  more: Partial<EscPosPrinterOptions> = {},
  simulated: EscPosSimulatorOptions = {},
): ReturnType<typeof printerOnTcp> {
  const both = await printerOnTcp(profile, more, simulated);
  opened.push(both.printer, both.simulator);
  await both.printer.open();
  return both;
}

function tell(to: EscPosSimulator, command: SimulatorCommand): void {
  expect(to.command(command)).toEqual({ ok: true, value: undefined });
}

async function becomes(printer: EscPosPrinter, state: string, code?: FaultCode): Promise<void> {
  await until(
    () => printer.status.state === state && printer.status.fault?.code === code,
    () => `${state} ${code ?? ''}, it is ${JSON.stringify(printer.status)}`,
  );
}

describe('a printer that tells by itself', () => {
  it('is believed at once, though it is asked again in ten minutes only', async () => {
    const { printer, simulator } = await open(generic80Automatic, { pollMs: SELDOM });
    await becomes(printer, 'online');
    tell(simulator, { do: 'setCover', open: true });
    await becomes(printer, 'userError', 'printer.coverOpen');
    tell(simulator, { do: 'setCover', open: false });
    await becomes(printer, 'online');
    expect(await printer.print(receipt('0001'), GENEROUS)).toEqual({ outcome: 'printed' });
    // ESC @ ended it, and the receipt began it again.
    tell(simulator, { do: 'setPaper', paper: 'low' });
    await becomes(printer, 'online', 'printer.paperLow');
  });

  it('and answers no question is known by what it tells', async () => {
    const profile = { ...generic80Automatic, questions: [] };
    const { printer, simulator } = await open(profile, {}, { answers: 'noRealTime' });
    await becomes(printer, 'online');
    tell(simulator, { do: 'setPaper', paper: 'out' });
    await becomes(printer, 'userError', 'printer.paperOut');
    const outcome = await printer.print(receipt('0001'), GENEROUS);
    expect(outcome).toMatchObject({ outcome: 'failed', fault: { code: 'printer.paperOut' } });
    tell(simulator, { do: 'setPaper', paper: 'full' });
    await becomes(printer, 'online');
    tell(simulator, { do: 'setCover', open: true, afterBytes: 60 });
    // It cannot be asked whether it forgot the rest.
    const amid = await printer.print(receipt('0002'), GENEROUS);
    expect(amid).toMatchObject({ outcome: 'unknown', fault: { code: 'printer.coverOpen' } });
    tell(simulator, { do: 'setCover', open: false });
    await becomes(printer, 'online');
    expect(await printer.print(receipt('0003'), GENEROUS)).toEqual({ outcome: 'printed' });
  });
});

describe('a printer that is written down from its manual', () => {
  it('whose answers look like the word that it is done is not asked while that is awaited', async () => {
    const [question] = WRITTEN_DOWN.questions;
    if (question === undefined) throw new Error('no question');
    const unmarked = { ...question, answer: answerPattern('?? ?? ?? ?? ?? ??') };
    const profile: PrinterProfile = { ...WRITTEN_DOWN, questions: [unmarked] };
    const { printer, simulator } = await open(profile);
    await becomes(printer, 'online');
    for (const number of ['0001', '0002', '0003']) {
      expect(await printer.print(receipt(number), GENEROUS)).toEqual({ outcome: 'printed' });
    }
    tell(simulator, { do: 'setCover', open: true, afterBytes: 60 });
    const calledOff = new AbortController();
    const printing = printer.print(receipt('0004'), { ...GENEROUS, signal: calledOff.signal });
    await until(
      () => simulator.state()['coverOpen'] === true,
      () => 'the middle of the receipt',
    );
    calledOff.abort();
    expect(await printing).toMatchObject({
      outcome: 'unknown',
      fault: { code: 'printer.unconfirmed' },
    });
  });

  it('that is asked about its cover only has paper of which nothing is known, and prints', async () => {
    const profile = profileFromTemplate({
      ...{ widthDots: 576, columns: 48, qr: 'native', rareGlyphs: 'bitImage' },
      ...{ automaticStatus: false, pictureMemory: 'none' },
      status: [
        {
          ask: '10 04 02',
          answer: '0xx1xx10',
          checks: [{ byte: 0, mask: '04', means: 'coverOpen' }],
        },
      ],
    });
    const { printer, simulator } = await open(profile);
    await becomes(printer, 'online');
    expect(printer.status.paper).toBe('unknown');
    expect(await printer.print(receipt('0001'), GENEROUS)).toEqual({ outcome: 'printed' });
    tell(simulator, { do: 'setCover', open: true });
    await becomes(printer, 'userError', 'printer.coverOpen');
    expect(printer.status.paper).toBe('unknown');
    tell(simulator, { do: 'setCover', open: false });
    await becomes(printer, 'online');
    // it cannot say so: only that the receipt was never done tells that something is wrong
    tell(simulator, { do: 'setPaper', paper: 'out' });
    const outcome = await printer.print(receipt('0002'), { deadlineMs: 1_500 });
    expect(outcome.outcome).not.toBe('printed');
    expect(printer.status).toMatchObject({ state: 'online', paper: 'unknown' });
  });

  it('that never says that it is done is never called done', async () => {
    const { printer, simulator } = await open({ ...generic80, done: undefined });
    await becomes(printer, 'online');
    const outcome = await printer.print(receipt('0001'), GENEROUS);
    expect(outcome).toMatchObject({ outcome: 'unknown', fault: { code: 'printer.unconfirmed' } });
    await until(
      () => simulator.artifacts().includes('last.txt'),
      () => 'the paper',
    );
    // Nothing is left to be cleared away: the next one is no second strip.
    await printer.print(receipt('0002'), GENEROUS);
    await until(
      () => simulator.artifacts().includes('jobs/2.txt'),
      () => 'the second paper',
    );
    expect(simulator.state()['jobs']).toMatchObject([{ whole: true }, { whole: true }]);
  });
});

describe('the logo kept in the printer', () => {
  const picture = createBitmap(96, 40);
  fillRect(picture, { x: 8, y: 8, width: 20, height: 24 });
  const other = createBitmap(96, 40);

  /** The size of the first picture on the newest receipt; nothing when it begins with text. */
  async function first(of: EscPosSimulator): Promise<string | undefined> {
    const text = new TextDecoder().decode((await of.artifact('last.txt'))?.bytes);
    return /^\s*\[raster (\d+x\d+)\]/.exec(text)?.[1];
  }

  it.each([
    ['by its name', generic80],
    ['by its number', { ...generic58RasterQr, qr: 'native' }],
  ] as const)('is stored once and then printed %s', async (_what, profile) => {
    const logo = keyOf(picture);
    const { printer, simulator } = await open(profile, { logo });
    await becomes(printer, 'online');
    expect(await printer.storeLogo(picture, GENEROUS)).toEqual({ ok: true, value: logo });
    expect(await printer.print(receipt('0001'), GENEROUS)).toEqual({ outcome: 'printed' });
    expect(await first(simulator)).toBe('96x40');
  });

  it.each([
    ['by its number, from the first receipt', { ...generic58RasterQr, qr: 'native' }, 1],
    ['by its name, once the first receipt has shown that nothing torn is left', generic80, 2],
  ] as const)(
    'is printed also by a printer that never tells how it is: %s',
    async (_what, profile, receipts) => {
      const logo = keyOf(picture);
      const stored = await open(profile, { logo }, { answers: 'noRealTime' });
      await becomes(stored.printer, 'unknown', 'device.timeout');
      expect((await stored.printer.storeLogo(picture, GENEROUS)).ok).toBe(true);
      await stored.printer.close();
      // as after a new start of the terminal
      const { port } = stored;
      const transport = tcpTransport({ host: '127.0.0.1', port });
      const printer = new EscPosPrinter({ transport, clock: systemClock, profile, logo });
      opened.push(printer);
      await printer.open();
      await becomes(printer, 'unknown', 'device.timeout');
      for (let n = 1; n <= receipts; n++) {
        expect(await printer.print(receipt('0001'), GENEROUS)).toEqual({ outcome: 'printed' });
      }
      expect(await first(stored.simulator)).toBe('96x40');
    },
  );

  it('is left out of a receipt when the printer does not have it, and the text is as ever', async () => {
    const { printer, simulator } = await open(generic80, { logo: keyOf(picture) });
    await becomes(printer, 'online');
    expect((await printer.storeLogo(other, GENEROUS)).ok).toBe(true);
    expect(await printer.print(receipt('0001'), GENEROUS)).toEqual({ outcome: 'printed' });
    expect(await first(simulator)).toBeUndefined();
    const text = new TextDecoder().decode((await simulator.artifact('last.txt'))?.bytes);
    expect(text.trimStart()).toMatch(/^收件回执/);
  });

  it('is not claimed of a printer that has no memory for it', async () => {
    const { printer } = await open(custom80Presenter);
    await becomes(printer, 'online');
    expect(await printer.storeLogo(picture, GENEROUS)).toMatchObject({
      ok: false,
      error: { code: 'printer.logoNotKept' },
    });
  });

  it('that went only in part does not swallow the next receipt', async () => {
    const { printer, simulator } = await open(generic80, { pollMs: SELDOM });
    await becomes(printer, 'online');
    tell(simulator, { do: 'dropLine', afterBytes: 100 });
    expect(await printer.storeLogo(picture, { deadlineMs: 2_000 })).toMatchObject({ ok: false });
    await until(
      () => printer.status.state === 'online' && simulator.state()['connections'] === 1,
      () => 'the line',
    );
    const outcome = await printer.print(receipt('0001'), GENEROUS);
    expect(outcome).toEqual({ outcome: 'printed' });
    const text = new TextDecoder().decode((await simulator.artifact('last.txt'))?.bytes);
    expect(text).toContain('完 0001');
  });
});
