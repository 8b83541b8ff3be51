// Test support: what every driver of a receipt printer must do, whatever its protocol. Not part of the product.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FaultCode } from '../../domain/device/fault-catalogue.ts';
import type { DeviceStatus } from '../../domain/device/status.ts';
import type { ReceiptDocument } from '../../domain/receipt/document.ts';
import type { Simulator, SimulatorCommand } from '../simulator-host/simulator.ts';
import type { PrintOutcome, ReceiptPrinter } from './contract.ts';

/** A printer that is not open yet, and the simulator at the other end of its line, already listening. */
export interface PrinterAndSimulator {
  readonly printer: ReceiptPrinter;
  readonly simulator: Simulator;
  /** Takes away what lies between the two. */
  readonly dispose?: () => Promise<void>;
}

const PATIENCE_MS = 60_000;
/** Longer than any printing takes on a busy machine. */
const GENEROUS_MS = 60_000;
/** Longer than any test: it is told when it is over. */
const UNTIL_TOLD_MS = 600_000;
/** Somewhere within every receipt of this suite. */
const AMID = 60;

/** Waits until something holds; fails with `what` after a generous while. */
export async function until(holds: () => boolean, what: () => string): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`waited in vain for ${what()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A receipt with a number to know it by. */
export function receipt(number: string): ReceiptDocument {
  return {
    blocks: [
      { type: 'text', text: '收件回执', align: 'center', size: 2, bold: true },
      { type: 'rule' },
      { type: 'pair', label: '编号', value: number },
      { type: 'pair', label: '申请人', value: '张三丰' },
      { type: 'text', text: '已提交、待上传。请保存好这张回执。' },
      { type: 'text', text: '扫码查询办理进度', align: 'center' },
      { type: 'text', text: `完 ${number}` },
    ],
  };
}

class Watched {
  readonly statuses: DeviceStatus[] = [];
  readonly printer: ReceiptPrinter;
  readonly simulator: Simulator;

  constructor({ printer, simulator }: PrinterAndSimulator) {
    this.printer = printer;
    this.simulator = simulator;
    printer.onStatus((status) => this.statuses.push(status));
  }

  command(command: SimulatorCommand): void {
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

  print(number: string, deadlineMs = GENEROUS_MS, signal?: AbortSignal): Promise<PrintOutcome> {
    const options = signal === undefined ? { deadlineMs } : { deadlineMs, signal };
    return this.printer.print(receipt(number), options);
  }

  /** A receipt in whose middle the printer falls silent, and which is called off then. */
  async mutedAmid(number: string): Promise<PrintOutcome> {
    this.command({ do: 'setMute', mute: true, afterBytes: AMID });
    const calledOff = new AbortController();
    const printing = this.print(number, GENEROUS_MS, calledOff.signal);
    await until(
      () => this.simulator.state()['mute'] === true,
      () => 'the middle of the receipt',
    );
    calledOff.abort();
    return printing;
  }

  /** The text of every strip that left the printer. */
  async strips(): Promise<readonly string[]> {
    const names = this.simulator.artifacts().filter((name) => /^jobs\/\d+\.txt$/.test(name));
    const files = await Promise.all(names.map((name) => this.simulator.artifact(name)));
    return files.map((file) => new TextDecoder().decode(file?.bytes));
  }

  /** How many strips carry the whole of this receipt, from title to end. */
  async wholes(number: string): Promise<number> {
    const strips = await this.strips();
    return strips.filter((text) => text.includes('收件回执') && text.includes(`完 ${number}`))
      .length;
  }
}

function ending(outcome: PrintOutcome): string {
  return outcome.outcome === 'printed'
    ? 'printed'
    : `${outcome.outcome} ${outcome.fault.code satisfies FaultCode}`;
}

/** Describes what a printer driver promises, against its simulator on a real line. */
export function describeReceiptPrinter(
  name: string,
  make: () => Promise<PrinterAndSimulator>,
): void {
  describe(`a receipt printer: ${name}`, () => {
    let watched: Watched;
    let made: PrinterAndSimulator;

    beforeEach(async () => {
      made = await make();
      watched = new Watched(made);
    });

    afterEach(async () => {
      await watched.printer.close();
      await watched.simulator.close();
      await made.dispose?.();
      const said = watched.statuses.map((status) => JSON.stringify(status));
      const repeated = said.filter((status, i) => status === said[i - 1]);
      expect(repeated, 'the same status twice in a row').toEqual([]);
    });

    it('is starting until it has asked the hardware, then online', async () => {
      expect(watched.printer.status.state).toBe('starting');
      await watched.online();
      expect(watched.statuses).toEqual([{ state: 'online', paper: 'full' }]);
    });

    it('prints a receipt once, cut off, and says so', async () => {
      await watched.online();
      expect(await watched.print('0001')).toEqual({ outcome: 'printed' });
      expect(await watched.wholes('0001')).toBe(1);
      expect(await watched.strips()).toHaveLength(1);
    });

    it('prints receipts that are asked for at once one after the other', async () => {
      await watched.online();
      const numbers = ['0001', '0002', '0003'];
      const outcomes = await Promise.all(numbers.map((number) => watched.print(number)));
      expect(outcomes.map(ending)).toEqual(['printed', 'printed', 'printed']);
      const strips = await watched.strips();
      expect(strips).toHaveLength(3);
      numbers.forEach((number, i) => {
        expect(strips[i]).toContain(`完 ${number}`);
      });
    });

    it('warns of little paper and still prints', async () => {
      await watched.online();
      watched.command({ do: 'setPaper', paper: 'low' });
      await watched.status({ state: 'online', paper: 'low' });
      expect(watched.printer.status.fault?.code).toBe('printer.paperLow');
      expect(ending(await watched.print('0001'))).toBe('printed');
    });

    it.each([
      [
        { do: 'setPaper', paper: 'out' },
        { do: 'setPaper', paper: 'full' },
        'printer.paperOut',
        'userError',
      ],
      [
        { do: 'setCover', open: true },
        { do: 'setCover', open: false },
        'printer.coverOpen',
        'userError',
      ],
      [{ do: 'setJam', jammed: true }, { do: 'setJam', jammed: false }, 'printer.jam', 'userError'],
      [
        { do: 'setHead', hot: true },
        { do: 'setHead', hot: false },
        'printer.headHot',
        'deviceBusy',
      ],
    ] as const)(
      'with %o refuses, sends nothing, and works again after %o',
      async (ill, well, code, state) => {
        await watched.online();
        watched.command(ill);
        await watched.status({ state });
        expect(watched.printer.status.fault?.code).toBe(code);
        expect(ending(await watched.print('0001'))).toBe(`failed ${code}`);
        watched.command(well);
        await watched.status({ state: 'online', paper: 'full' });
        expect(await watched.strips()).toEqual([]);
        expect(ending(await watched.print('0002'))).toBe('printed');
        expect(await watched.strips()).toHaveLength(1);
      },
    );

    it.each([
      [
        { do: 'setPaper', paper: 'out', afterBytes: AMID },
        { do: 'setPaper', paper: 'full' },
        'printer.paperOut',
      ],
      [
        { do: 'setCover', open: true, afterBytes: AMID },
        { do: 'setCover', open: false },
        'printer.coverOpen',
      ],
      [
        { do: 'setJam', jammed: true, afterBytes: AMID },
        { do: 'setJam', jammed: false },
        'printer.jam',
      ],
    ] as const)(
      'stopped in mid-receipt by %o is not called failed, for it may yet come out; the next receipt is clean',
      async (ill, well, code) => {
        await watched.online();
        watched.command(ill);
        expect(ending(await watched.print('0001'))).toBe(`unknown ${code}`);
        watched.command(well);
        await watched.status({ state: 'online' });
        expect(ending(await watched.print('0002'))).toBe('printed');
        const last = (await watched.strips()).at(-1);
        expect(last).toContain('完 0002');
        expect(last).not.toContain('0001');
      },
    );

    it('waits for a head that got too hot in mid-receipt, and the receipt comes out whole', async () => {
      await watched.online();
      watched.command({ do: 'setHead', hot: true, afterBytes: AMID });
      const printing = watched.print('0001');
      await watched.status({ state: 'deviceBusy' });
      watched.command({ do: 'setHead', hot: false });
      expect(ending(await printing)).toBe('printed');
      expect(await watched.wholes('0001')).toBe(1);
    });

    it('does not say that a receipt failed which hangs in a stuck cutter, perhaps whole', async () => {
      await watched.online();
      if (!watched.printer.capabilities.cutter) return;
      watched.command({ do: 'setCutter', stuck: true });
      expect(ending(await watched.print('0001'))).toBe('unknown printer.cutter');
      watched.command({ do: 'setCutter', stuck: false });
      await watched.status({ state: 'online' });
      expect(ending(await watched.print('0002'))).toBe('printed');
      const last = (await watched.strips()).at(-1);
      expect(last).toContain('完 0002');
      expect(last).not.toContain('0001');
    });

    it('does not know what became of a receipt when the line drops in its middle, and never repeats it', async () => {
      await watched.online();
      watched.command({ do: 'dropLine', afterBytes: AMID });
      expect(ending(await watched.print('0001'))).toBe('unknown printer.unconfirmed');
      expect(ending(await watched.print('0002'))).toBe('printed');
      expect(await watched.wholes('0001')).toBe(0);
      const last = (await watched.strips()).at(-1);
      expect(last).toContain('完 0002');
      expect(last).not.toContain('0001');
    });

    it('does not take silence for success', async () => {
      await watched.online();
      expect(ending(await watched.mutedAmid('0001'))).toBe('unknown printer.unconfirmed');
      await watched.status({ state: 'unknown' });
      watched.command({ do: 'setMute', mute: false });
      await watched.status({ state: 'online' });
      expect(ending(await watched.print('0002'))).toBe('printed');
      expect((await watched.strips()).at(-1)).not.toContain('0001');
    });

    it('is unknown, not broken, while it does not answer', async () => {
      await watched.online();
      watched.command({ do: 'setMute', mute: true });
      await watched.status({ state: 'unknown', paper: 'unknown' });
      watched.command({ do: 'setMute', mute: false });
      await watched.status({ state: 'online', paper: 'full' });
      expect(watched.statuses.map(({ state }) => state)).toEqual(['online', 'unknown', 'online']);
    });

    it('fails when the printer reports an error, and prints the next receipt', async () => {
      await watched.online();
      watched.command({ do: 'failNext' });
      const outcome = await watched.print('0001');
      expect(outcome.outcome).toBe('failed');
      expect(ending(await watched.print('0002'))).toBe('printed');
      expect(await watched.wholes('0001')).toBe(0);
      expect(await watched.wholes('0002')).toBe(1);
    });

    it('waits for slow answers', async () => {
      await watched.online();
      watched.command({ do: 'setDelay', ms: 200 });
      expect(ending(await watched.print('0001'))).toBe('printed');
      expect(await watched.wholes('0001')).toBe(1);
    });

    it('sends nothing of a receipt that nobody wants any more', async () => {
      await watched.online();
      const outcome = await watched.print('0001', GENEROUS_MS, AbortSignal.abort());
      expect(ending(outcome)).toBe('failed device.cancelled');
      expect(ending(await watched.print('0002'))).toBe('printed');
      expect(await watched.wholes('0001')).toBe(0);
    });

    it('gives up a receipt in its middle when it is called off, and never says printed', async () => {
      await watched.online();
      expect((await watched.mutedAmid('0001')).outcome).not.toBe('printed');
    });

    it('is offline while the line cannot be had, fails at once, and comes back by itself', async () => {
      await watched.online();
      watched.command({ do: 'dropLine', forMs: UNTIL_TOLD_MS });
      await watched.status({ state: 'offline' });
      expect(ending(await watched.print('0001'))).toBe('failed device.offline');
      watched.command({ do: 'dropLine' });
      await watched.status({ state: 'online' });
      expect(ending(await watched.print('0002'))).toBe('printed');
      expect(await watched.wholes('0001')).toBe(0);
    });

    it('is offline after it was closed', async () => {
      await watched.online();
      await watched.printer.close();
      expect(watched.printer.status.state).toBe('offline');
      expect(ending(await watched.print('0001'))).toBe('failed device.offline');
    });
  });
}
