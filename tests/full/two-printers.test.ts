import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PtyBridge } from '../../drivers/transport/pty-test-support.ts';
import { PROFILES } from '../../drivers/receipt-printer/profile.ts';
import type { SimulatorCommand } from '../../drivers/simulator-host/simulator.ts';
import { EscPosSimulator } from '../../drivers/receipt-printer/simulator/escpos-simulator.ts';
import { devicesOfSimulators } from '../../main/core/simulated-devices.ts';
import { indexedItems } from '../../scripts/citizen/terminal-index.ts';
import { walkToReview } from '../../scripts/citizen/walk.ts';
import { hasProgram, notRun } from '../support/not-run.ts';
import { openHall, type Hall } from '../support/hall.ts';

/** Of the adapters in the printers' plugs: two of one model, which only their serial numbers tell apart. */
const ADAPTER = { vendorId: '0403', productId: '6001' };
const REMEMBERED = 'A10001';
const SPARE = 'A10002';
const TAKE_SECONDS = 5;

/** One of two printers of one model, each with a presenter and a serial adapter of its own. */
interface Printer {
  readonly simulator: EscPosSimulator;
  readonly cable: PtyBridge;
  readonly serialNumber: string;
}

/** Sockets of the machine that printers are plugged into, as its udev would list them. */
class Sockets {
  readonly folder = mkdtempSync(join(tmpdir(), 'bianmin-sockets-'));
  readonly #listing = join(this.folder, 'listing');

  constructor() {
    // the one thing that is played: what the system says is plugged in where
    writeFileSync(join(this.folder, 'udevadm'), `#!/bin/sh\nexec cat '${this.#listing}'\n`, {
      mode: 0o755,
    });
  }

  path(socket: number): string {
    return join(this.folder, `ttyUSB${String(socket)}`);
  }

  /** Plugs printers into the sockets 0, 1, …; whatever was there is pulled out. */
  plug(...printers: readonly Printer[]): void {
    for (const socket of [0, 1]) rmSync(this.path(socket), { force: true });
    const ports = printers.map(({ cable, serialNumber }, socket) => {
      symlinkSync(cable.path, this.path(socket));
      return [
        `P: /devices/pci0000:00/usb1/1-${String(socket + 1)}/ttyUSB${String(socket)}`,
        `N: ttyUSB${String(socket)}`,
        `E: DEVNAME=${this.path(socket)}`,
        `E: ID_VENDOR_ID=${ADAPTER.vendorId}`,
        `E: ID_MODEL_ID=${ADAPTER.productId}`,
        `E: ID_SERIAL_SHORT=${serialNumber}`,
        '',
      ].join('\n');
    });
    writeFileSync(this.#listing, `${ports.join('\n')}\n`);
    // a plug that is pulled ends its line
    for (const printer of printers) tell(printer, { do: 'dropLine', forMs: 100 });
  }
}

const obstacle = hasProgram('socat') ? undefined : 'no socat';
if (obstacle !== undefined) notRun('two printers of one model', obstacle);

const opened: (() => Promise<void> | void)[] = [];
let hall: Hall;
let sockets: Sockets;
let meant: Printer;
let other: Printer;

async function printer(serialNumber: string): Promise<Printer> {
  const simulator = new EscPosSimulator({ profile: PROFILES.custom80Presenter });
  const cable = await PtyBridge.to(await simulator.listen(0));
  opened.push(() => cable.close().then(() => simulator.close()));
  return { simulator, cable, serialNumber };
}

function tell({ simulator }: Printer, command: SimulatorCommand): void {
  const done = simulator.command(command);
  if (!done.ok) throw new Error(done.error);
}

const jobs = ({ simulator }: Printer): number =>
  simulator.artifacts().filter((name) => /^jobs\/\d+\.bin$/.test(name)).length;

async function printIs(state: 'printed' | 'failed'): Promise<void> {
  await hall.page.locator(`.screen[data-print="${state}"]`).waitFor({ timeout: 60_000 });
}

/** The terminal speaks to the printer it means: it tells what only that one can have said just now. */
async function found(): Promise<void> {
  for (const paper of ['low', 'full'] as const) {
    tell(meant, { do: 'setPaper', paper });
    await expect
      .poll(async () => (await hall.health())['devices'], { timeout: 60_000 })
      .toMatchObject({ receiptPrinter: { state: 'online', paper } });
  }
}

/** Watched for from before the touch on: it stands there only until the receipt is drawn in, and nobody may be late. */
async function heldOutAfter(touch: () => Promise<void>): Promise<void> {
  await Promise.all([hall.says('请取走回执'), touch()]);
}

const again = (): Promise<void> => hall.page.getByRole('button', { name: '再打一次' }).tap();

describe.skipIf(obstacle !== undefined)(
  'of two printers of one model the remembered one prints, wherever it is plugged in',
  () => {
    beforeAll(async () => {
      sockets = new Sockets();
      opened.push(() => rmSync(sockets.folder, { recursive: true, force: true }));
      meant = await printer(REMEMBERED);
      other = await printer(SPARE);
      sockets.plug(meant, other);
      hall = await openHall({
        async devices(control) {
          const layer = await devicesOfSimulators(control);
          const transport = {
            type: 'serial',
            path: sockets.path(0),
            baud: 115_200,
            usb: { ...ADAPTER, serialNumber: REMEMBERED },
          } as const;
          const receiptPrinter = {
            driver: 'escpos',
            profile: 'custom80Presenter',
            takeSeconds: TAKE_SECONDS,
            printLogo: false,
            transport,
          } as const;
          return { ...layer, devices: { ...layer.devices, receiptPrinter } };
        },
        stack: {
          env: { terminal: { PATH: `${sockets.folder}:${process.env['PATH'] ?? ''}` } },
        },
      });
      opened.push(() => hall.close());
    });

    afterAll(async () => {
      for (const close of opened.toReversed()) await close();
    });

    it('prints on the one that was set up, and holds the receipt out', async () => {
      await found();
      await walkToReview(hall.walk('returnee', 'unemployment-reg'));
      await heldOutAfter(() => hall.next());
      await printIs('printed');
      expect([jobs(meant), jobs(other)]).toEqual([1, 0]);
      await hall.shoot('two-printers');
    });

    it('a receipt that nobody takes is drawn in, and the page says how to get another', async () => {
      await hall.says('回执没有取走，打印机已经收回');
      await hall.says('申请不受影响。还要纸质回执，请点「再打一次」，以后也可以请工作人员补打。');
      await hall.page.getByRole('button', { name: '再打一次' }).waitFor();
      expect(meant.simulator.state()).toMatchObject({ retractBin: 1 });
      await hall.shoot('ticket-not-taken');
    });

    it('finds it again when the plugs were swapped', async () => {
      sockets.plug(other, meant);
      await found();
      await heldOutAfter(again);
      expect([jobs(meant), jobs(other)]).toEqual([2, 0]);
      await hall.shoot('two-printers-swapped');
      await hall.says('回执没有取走，打印机已经收回');
    });

    it('prints nothing on the other one when only that is there', async () => {
      sockets.plug(other);
      tell(meant, { do: 'dropLine', forMs: 600_000 });
      await expect
        .poll(async () => (await hall.health())['devices'], { timeout: 60_000 })
        .toMatchObject({
          receiptPrinter: { state: 'offline', fault: { code: 'device.otherDevice' } },
        });
      await again();
      await printIs('failed');
      await hall.says('打印机现在用不了。请用手机拍下屏幕上的号码和二维码。');
      await hall.shoot('printer-other-device');
      expect([jobs(meant), jobs(other)]).toEqual([2, 0]);
      expect(indexedItems(hall.terminalDir)).toHaveLength(1);
    });
  },
);
