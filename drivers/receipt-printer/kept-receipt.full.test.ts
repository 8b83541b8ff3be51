import { afterEach, describe, expect, it } from 'vitest';
import type { ReceiptDocument } from '../../domain/receipt/document.ts';
import type { SimulatorCommand } from '../simulator-host/simulator.ts';
import { receipt, until } from './conformance.ts';
import { systemClock } from '../transport/system-clock.ts';
import { EscPosPrinter } from './escpos-printer.ts';
import { printerOnTcp } from './printer-test-support.ts';
import { SlowPrinter } from './slow-printer-test-support.ts';
import type { PrinterProfile } from './profile.ts';
import { PROFILES } from './profile.ts';
import type { EscPosSimulator } from './simulator/escpos-simulator.ts';

const { generic80, generic58NoCutter, custom80Presenter, custom80Ejecting } = PROFILES;
const GENEROUS = { deadlineMs: 60_000 };

/** Of more than one shipment: what stops it in its beginning keeps the end from being sent. */
const LONG: ReceiptDocument = {
  blocks: [
    ...receipt('0001').blocks,
    ...Array.from(
      { length: 60 },
      (_, i) => ({ type: 'text', text: `第 ${i} 行，收件材料` }) as const,
    ),
    { type: 'text', text: '最后一行' },
  ],
};

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

/** A printer that by its manual obeys DLE ENQ 2 after errors only, as most do. */
async function open(
  profile: PrinterProfile,
): Promise<{ readonly printer: EscPosPrinter; readonly simulator: EscPosSimulator }> {
  const both = await printerOnTcp(profile, {}, { keepsWhatStopped: true });
  opened.push(both.printer, both.simulator);
  await both.printer.open();
  await online(both.printer);
  return both;
}

function online(printer: EscPosPrinter): Promise<void> {
  return until(
    () => printer.status.state === 'online',
    () => `online, it is ${JSON.stringify(printer.status)}`,
  );
}

function tell(to: EscPosSimulator, command: SimulatorCommand): void {
  expect(to.command(command)).toEqual({ ok: true, value: undefined });
}

/** The text of every strip that left the printer. */
async function strips(of: EscPosSimulator): Promise<readonly string[]> {
  const names = of.artifacts().filter((name) => /^jobs\/\d+\.txt$/.test(name));
  const files = await Promise.all(names.map((name) => of.artifact(name)));
  return files.map((file) => new TextDecoder().decode(file?.bytes));
}

describe('a printer that prints on what the end of the paper stopped', () => {
  it.each([
    ['the paper ended', generic80, { do: 'setPaper', paper: 'out', afterBytes: 60 }],
    ['the cover was opened', generic80, { do: 'setCover', open: true, afterBytes: 60 }],
    ['there is no cutter', generic58NoCutter, { do: 'setPaper', paper: 'out', afterBytes: 60 }],
    ['it holds them out', custom80Presenter, { do: 'setPaper', paper: 'out', afterBytes: 60 }],
    ['it has no bin', custom80Ejecting, { do: 'setPaper', paper: 'out', afterBytes: 60 }],
  ] as const)(
    'is never said not to have printed it, lets it fall before it is well, and the next is by itself: %s',
    async (_what, profile, stops) => {
      const { printer, simulator } = await open(profile);
      tell(simulator, stops);
      const first = await printer.print(receipt('0001'), GENEROUS);
      const code = stops.do === 'setCover' ? 'printer.coverOpen' : 'printer.paperOut';
      expect(first).toMatchObject({ outcome: 'unknown', fault: { code } });
      // whoever asks meanwhile gets nothing, and that is certain
      const refused = await printer.print(receipt('0002'), GENEROUS);
      expect(refused).toMatchObject({ outcome: 'failed', fault: { code } });
      tell(simulator, { do: 'setCover', open: false });
      tell(simulator, { do: 'setPaper', paper: 'full' });
      await online(printer);
      // cut off while the one who put paper in stands there, not when the next receipt is asked for
      const [late, ...more] = await strips(simulator);
      expect(late).toContain('完 0001');
      expect(more).toEqual([]);
      expect(simulator.state()['stripHanging']).toBe(false);
      expect(await printer.print(receipt('0003'), GENEROUS)).toEqual({ outcome: 'printed' });
      expect(simulator.state()['jobs']).toMatchObject([{ whole: true }, { whole: true }]);
      const last = (await strips(simulator)).at(-1);
      expect(last).toContain('完 0003');
      expect(last).not.toContain('0001');
      // held out, and drawn in before the next one comes: nobody takes a stranger's
      if ('presenter' in profile) {
        const away = profile === custom80Presenter ? 'retracted' : 'pushedOut';
        expect(simulator.state()['jobs']).toMatchObject([{ fate: away }, { fate: 'hanging' }]);
      }
    },
  );

  it('holds a torn one out where it has no bin, instead of keeping it inside until the next comes', async () => {
    const { printer, simulator } = await open(custom80Ejecting);
    tell(simulator, { do: 'dropLine', afterBytes: 300 });
    expect(await printer.print(LONG, GENEROUS)).toMatchObject({ outcome: 'unknown' });
    await until(
      () => (simulator.state()['jobs'] as readonly unknown[]).length > 0,
      () => 'the torn one is cut off',
    );
    await online(printer);
    expect(simulator.state()['jobs']).toMatchObject([{ fate: 'hanging' }]);
  });

  it('has no whole receipt of which the end was not sent, and its torn one does not hang on to the next', async () => {
    const { printer, simulator } = await open(generic80);
    tell(simulator, { do: 'setPaper', paper: 'out', afterBytes: 60 });
    const first = await printer.print(LONG, GENEROUS);
    expect(first).toMatchObject({ outcome: 'failed', fault: { code: 'printer.paperOut' } });
    tell(simulator, { do: 'setPaper', paper: 'full' });
    await online(printer);
    expect(simulator.state()['stripHanging']).toBe(false);
    expect(await printer.print(receipt('0002'), GENEROUS)).toEqual({ outcome: 'printed' });
    const [torn, next, ...more] = await strips(simulator);
    expect(more).toEqual([]);
    expect(torn).not.toContain('最后一行');
    expect(next).toContain('完 0002');
    expect(next).not.toContain('0001');
  });
});

/** A printer of which a receipt is whole inside and only half on the paper, which is full again. */
async function afterPaperOut(more: { readonly quietMs?: number }): Promise<{
  readonly slow: SlowPrinter;
  readonly printer: EscPosPrinter;
}> {
  const slow = new SlowPrinter();
  const printer = new EscPosPrinter({
    transport: slow.transport,
    clock: systemClock,
    profile: { ...generic80, tellsName: false },
    pollMs: 50,
    ...more,
  });
  opened.push(printer);
  await printer.open();
  await slow.isCleared();
  await online(printer);
  const first = printer.print(receipt('0001'), GENEROUS);
  await slow.isAsked(3);
  slow.paper = 'out';
  expect(await first).toMatchObject({ outcome: 'unknown', fault: { code: 'printer.paperOut' } });
  slow.paper = 'full';
  return { slow, printer };
}

it('a late word about an earlier receipt is not taken for one about the next', async () => {
  const { slow, printer } = await afterPaperOut({ quietMs: 60_000 });
  // It says at once that it is well, and has the rest of the first one before it.
  const second = printer.print(receipt('0002'), GENEROUS);
  await slow.isAsked(4);
  slow.say(0x00);
  // Whatever would come of that word alone has come.
  for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(slow.asked).toBe(4);
  slow.say(0x00);
  await slow.isAsked(5);
  slow.say(0x00);
  await slow.isAsked(6);
  slow.say(0x00);
  expect(await second).toEqual({ outcome: 'printed' });
});

it('the word for a strip that is slowly cut off is not taken for one about the next receipt', async () => {
  const { slow, printer } = await afterPaperOut({});
  const second = printer.print(receipt('0002'), GENEROUS);
  await slow.isAsked(4);
  // the one about the first; after a pause nothing more of old is coming
  slow.say(0x00);
  await slow.isAsked(5);
  // it cuts
  slow.say(0x00);
  await slow.isAsked(6);
  slow.say(0x00);
  expect(await second).toEqual({ outcome: 'printed' });
});

it('a receipt that comes out while a new driver asks what is left hangs there until it is taken', async () => {
  const slow = new SlowPrinter();
  const printer = new EscPosPrinter({
    transport: slow.transport,
    clock: systemClock,
    profile: custom80Presenter,
    pollMs: 50,
    takeMs: 600_000,
  });
  opened.push(printer);
  const away = Buffer.from([...custom80Presenter.cut]).toString('latin1');
  await printer.open();
  await slow.isAsked(1);
  // all of it was in the printer when its device host was killed
  slow.hanging = true;
  slow.say(0x00, 0x00);
  await online(printer);
  expect(slow.sent).not.toContain('\x1de\x02');
  expect(slow.sent).not.toContain(away);
  slow.hanging = false;
  // what may be left besides is cut off now
  await slow.isAsked(2);
  slow.say(0x00);
  await slow.isAsked(3);
  expect(slow.sent).toContain(away);
  slow.say(0x00);
});

it('what a printer says that kept silent at first, while it is sent the next receipt, is not awaited again', async () => {
  const slow = new SlowPrinter();
  slow.silent = true;
  const printer = new EscPosPrinter({
    transport: slow.transport,
    clock: systemClock,
    profile: { ...generic80, tellsName: false },
    pollMs: 600_000,
  });
  opened.push(printer);
  await printer.open();
  const printing = printer.print(LONG, GENEROUS);
  await slow.isAsked(1);
  const away = Promise.withResolvers<undefined>();
  slow.takes = away.promise;
  await slow.saysWhileTaking(Buffer.from([...generic80.cut]).toString('latin1'));
  const receipts = Promise.withResolvers<undefined>();
  slow.takes = receipts.promise;
  away.resolve(undefined);
  // the first character of its text
  await slow.saysWhileTaking('\xca\xd5');
  receipts.resolve(undefined);
  await slow.isAsked(2);
  slow.say(0x00);
  expect(await printing).toEqual({ outcome: 'printed' });
});
