import assert from 'node:assert/strict';
import { mkdir, readdir } from 'node:fs/promises';
import type { ReceiptDocument } from '../../../domain/receipt/document.ts';
import type { ReceiptPrinter, PrintOutcome } from '../../../drivers/receipt-printer/contract.ts';
import { EscPosPrinter } from '../../../drivers/receipt-printer/escpos-printer.ts';
import { PROFILES } from '../../../drivers/receipt-printer/profile.ts';
import { EscPosSimulator } from '../../../drivers/receipt-printer/simulator/escpos-simulator.ts';
import type { EscPosSimulatorOptions } from '../../../drivers/receipt-printer/simulator/escpos-simulator.ts';
import { printerFileTransport } from '../../../drivers/transport/printer-file.ts';
import type { Transport } from '../../../drivers/transport/transport.ts';
import { usbTransport } from '../../../drivers/transport/usb.ts';
import { printerDevice } from '../gadgets/printer.ts';
import { eventually, until } from '../patience.ts';
import type { OnBench } from './benches.ts';
import { plugged } from './benches.ts';
import { receiptPrinter } from './identities.ts';
import type { LabTest, Trial } from './lab.ts';
import { slowClock } from './slow-clock.ts';
import { WatchedDevice } from './watched.ts';

const overFile = "receipt printer, ESC/POS over the kernel's file (usblp)";
const overUsb = 'receipt printer, ESC/POS over USB printer class (usbfs)';

/** USB's own number for printers. */
const PRINTER_CLASS = 7;
const PROFILE = PROFILES.generic80;
const [ONE, OTHER] = ['PR0001', 'PR0002'];
/** A receipt takes some seconds: long enough to pull the cable in its middle. */
const SLOW_BAUD = 4_800;
const DEADLINE_MS = 60_000;

function receipt(number: string): ReceiptDocument {
  return {
    blocks: [
      { type: 'text', text: '收件回执', align: 'center', size: 2, bold: true },
      { type: 'rule' },
      { type: 'pair', label: '编号', value: number },
      ...Array.from({ length: 20 }, (_, i) => ({
        type: 'text' as const,
        text: `第 ${String(i + 1)} 份材料：户口簿复印件，一份，已收。`,
      })),
      { type: 'text', text: `完 ${number}` },
    ],
  };
}

function printerOnBench(
  trial: Trial,
  serialNumber: string,
  options?: EscPosSimulatorOptions,
): Promise<OnBench<EscPosSimulator>> {
  const simulator = new EscPosSimulator({ profile: PROFILE, ...options });
  const name = trial.name(serialNumber.toLowerCase());
  return plugged(trial, simulator, () => printerDevice(name, receiptPrinter(serialNumber)));
}

type WatchedPrinter = WatchedDevice<ReceiptPrinter>;

async function printer(trial: Trial, transport: Transport): Promise<WatchedPrinter> {
  const device = new EscPosPrinter({
    ...{ transport, clock: slowClock, profile: PROFILE },
    ...{ pollMs: 100, patienceMs: 5_000 },
  });
  trial.atEnd(() => device.close());
  const watched = new WatchedDevice<ReceiptPrinter>(device);
  await device.open();
  return watched;
}

function print({ device }: WatchedPrinter, number: string): Promise<PrintOutcome> {
  return device.print(receipt(number), { deadlineMs: DEADLINE_MS });
}

async function paperOf({ simulator }: OnBench<EscPosSimulator>): Promise<string> {
  const last = await simulator.artifact('last.txt');
  return last === undefined ? '' : Buffer.from(last.bytes).toString();
}

function jobsOf({ simulator }: OnBench<EscPosSimulator>): readonly { readonly whole: boolean }[] {
  return simulator.state()['jobs'] as readonly { readonly whole: boolean }[];
}

/** The file that the kernel made for the only printer. */
async function fileLine(): Promise<Transport> {
  await mkdir('/dev/usb', { recursive: true });
  const name = await eventually(
    async () => (await readdir('/dev/usb')).find((one) => one.startsWith('lp')),
    '/dev/usb/lp*',
  );
  return printerFileTransport({ path: `/dev/usb/${name}`, watchMs: 100, writeTimeoutMs: 30_000 });
}

function usbLine(serialNumber: string): Promise<Transport> {
  const { vendorId, productId } = receiptPrinter(serialNumber);
  const address = { vendorId, productId, serialNumber, interfaceClass: PRINTER_CLASS };
  return Promise.resolve(usbTransport({ ...address, writeTimeoutMs: 30_000 }));
}

function stories(device: string, line: () => Promise<Transport>): readonly LabTest[] {
  return [
    {
      device,
      test: 'comes online, prints and confirms; paper that runs out is told, and paper laid in',
      body: async (trial) => {
        const bench = await printerOnBench(trial, ONE);
        const watched = await printer(trial, await line());
        await watched.state('online');
        assert.deepEqual(await print(watched, '001'), { outcome: 'printed' });
        assert.match(await paperOf(bench), /001[^]*完 001/);
        assert(bench.simulator.command({ do: 'setPaper', paper: 'out' }).ok);
        await until(() => watched.device.status.paper === 'out', 'paper out');
        const refused = await print(watched, '002');
        assert.equal(refused.outcome, 'failed');
        assert(bench.simulator.command({ do: 'setPaper', paper: 'full' }).ok);
        await until(() => watched.device.status.paper === 'full', 'paper again');
        assert.deepEqual(await print(watched, '003'), { outcome: 'printed' });
        assert.equal(jobsOf(bench).length, 2);
      },
    },
    {
      device,
      test: 'pulled while idle: offline after a moment; plugged in again: online, and it prints',
      body: async (trial) => {
        const bench = await printerOnBench(trial, ONE);
        const watched = await printer(trial, await line());
        await watched.state('online');
        await bench.inside.unplug();
        await watched.state('offline');
        assert.equal((await print(watched, '004')).outcome, 'failed');
        await bench.inside.plug(bench.port);
        await watched.state('online');
        assert.deepEqual(await print(watched, '005'), { outcome: 'printed' });
        assert.match(await paperOf(bench), /完 005/);
      },
    },
    {
      device,
      test: 'pulled in the middle of a receipt: not told as printed, and never printed by itself again',
      body: async (trial) => {
        const bench = await printerOnBench(trial, ONE, { pacedBaud: SLOW_BAUD });
        const watched = await printer(trial, await line());
        await watched.state('online');
        const printing = print(watched, '006');
        let early: PrintOutcome | undefined;
        const ended = printing.then((outcome) => (early = outcome));
        const begun = (): boolean => bench.simulator.state()['stripHanging'] === true;
        await until(() => begun() || early !== undefined, 'some of a receipt');
        assert.equal(early, undefined);
        await bench.inside.unplug();
        const { outcome } = await ended;
        assert.notEqual(outcome, 'printed');
        await watched.state('offline');
        await bench.inside.plug(bench.port);
        await watched.state('online');
        // What the printer had got before may still come out, once; told as failed, it must not.
        const whole = jobsOf(bench).filter((job) => job.whole).length;
        assert(whole <= (outcome === 'unknown' ? 1 : 0));
        assert.deepEqual(await print(watched, '007'), { outcome: 'printed' });
        assert.match(await paperOf(bench), /完 007/);
        assert.equal(jobsOf(bench).filter((job) => job.whole).length, whole + 1);
      },
    },
  ];
}

export const receiptPrinterTests: readonly LabTest[] = [
  ...stories(overFile, fileLine),
  ...stories(overUsb, () => usbLine(ONE)),
  {
    device: overUsb,
    test: 'two of one model are told apart; one in the place of the other is not taken for it',
    body: async (trial) => {
      const first = await printerOnBench(trial, ONE);
      const second = await printerOnBench(trial, OTHER);
      const watched = await printer(trial, await usbLine(ONE));
      const watchedOther = await printer(trial, await usbLine(OTHER));
      await watched.state('online');
      await watchedOther.state('online');
      const outcomes = await Promise.all([print(watched, '008'), print(watchedOther, '009')]);
      assert.deepEqual(outcomes, [{ outcome: 'printed' }, { outcome: 'printed' }]);
      assert.match(await paperOf(first), /完 008/);
      assert.match(await paperOf(second), /完 009/);
      await first.inside.unplug();
      await second.inside.unplug();
      await watched.state('offline');
      await watchedOther.state('offline');
      await second.inside.plug(first.port);
      await watchedOther.state('online');
      assert.equal(watched.device.status.state, 'offline');
    },
  },
];
