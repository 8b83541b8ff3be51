import assert from 'node:assert/strict';
import { AIM_IDS, encodeText } from '../../../drivers/code-scanner/simulator/commands.ts';
import { dataReports } from '../../../drivers/code-scanner/simulator/hid-scanner-simulator.ts';
import { UhidScanner } from '../gadgets/uhid.ts';
import type { UsbIdentity } from '../gadgets/usb-gadget.ts';
import { posScanner } from './benches.ts';
import { POS_SCANNER } from './identities.ts';
import type { LabTest, Trial } from './lab.ts';

const device = 'code scanner, HID POS (hidraw)';

async function pluggedIn(trial: Trial, identity: UsbIdentity): Promise<UhidScanner> {
  const scanner = new UhidScanner(identity);
  trial.atEnd(() => scanner.unplug());
  await scanner.plug();
  return scanner;
}

async function scan(scanner: UhidScanner, text: string, ended = true): Promise<void> {
  for (const report of dataReports(encodeText(text), AIM_IDS.qr, ended)) await scanner.send(report);
}

export const posScannerTests: readonly LabTest[] = [
  {
    device,
    test: 'codes of every length and script arrive whole, with their kind',
    body: async (trial) => {
      const scanner = await pluggedIn(trial, POS_SCANNER);
      const watched = await posScanner(trial, POS_SCANNER);
      await watched.state('online');
      const texts = ['6901234567892', '政务回执 50019900100126112300017', '长'.repeat(1_000)];
      for (const text of texts) await scan(scanner, text);
      await watched.told(texts.length);
      assert.deepEqual(watched.story, texts);
      assert(watched.events.every((event) => event.type === 'code' && event.symbology === 'qr'));
    },
  },
  {
    device,
    test: 'pulled in the middle of a code: told as failed; plugged in again: online, and it reads',
    body: async (trial) => {
      const scanner = await pluggedIn(trial, POS_SCANNER);
      const watched = await posScanner(trial, POS_SCANNER);
      await watched.state('online');
      await scan(scanner, 'first');
      await scan(scanner, 'HALF OF A CODE', false);
      // The kernel keeps reports in order: when the first has been told the half is on its way.
      await watched.told(1);
      await scanner.unplug();
      await watched.state('offline');
      await scanner.plug();
      await watched.state('online');
      await scan(scanner, 'whole');
      await watched.told(3);
      assert.deepEqual(watched.story, ['first', 'device.offline', 'whole']);
      assert.deepEqual(watched.statesOnceOnline, ['online', 'offline', 'online']);
    },
  },
  {
    device,
    test: 'another scanner of the same model in its place is not taken for it',
    body: async (trial) => {
      const scanner = await pluggedIn(trial, POS_SCANNER);
      const watched = await posScanner(trial, POS_SCANNER);
      await watched.state('online');
      await scanner.unplug();
      const other = await pluggedIn(trial, { ...POS_SCANNER, serialNumber: 'POS0002' });
      await watched.state('offline');
      // The other one is there and could be opened: a driver of its own says so.
      const second = await posScanner(trial, { ...POS_SCANNER, serialNumber: 'POS0002' });
      await second.state('online');
      await scan(other, 'from the other');
      await second.told(1);
      assert.equal(watched.device.status.state, 'offline');
      await scanner.plug();
      await watched.state('online');
      await scan(scanner, 'from the right one');
      await watched.told(1);
      assert.deepEqual(watched.story, ['from the right one']);
      assert.deepEqual(second.story, ['from the other']);
    },
  },
];
