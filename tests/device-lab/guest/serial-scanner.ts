import assert from 'node:assert/strict';
import { until } from '../patience.ts';
import { scannerOnAcm, serialLine, serialPathOf, serialScanner } from './benches.ts';
import { QR_SCANNER } from './identities.ts';
import type { LabTest } from './lab.ts';
import { tapped } from './tapped.ts';

const device = 'QR scanner, serial over USB (cdc-acm)';

export const serialScannerTests: readonly LabTest[] = [
  {
    device,
    test: 'is listed with its USB ids, and codes of every length and script arrive whole',
    body: async (trial) => {
      const { simulator } = await scannerOnAcm(trial, QR_SCANNER);
      const watched = await serialScanner(trial, serialLine(await serialPathOf(QR_SCANNER)));
      await watched.state('unknown');
      const texts = ['6901234567892', '政务回执 50019900100126112300017', '长'.repeat(1_000)];
      for (const text of texts) assert(simulator.command({ do: 'scan', text }).ok);
      await watched.told(texts.length);
      assert.deepEqual(watched.story, texts);
      assert.equal(watched.device.status.state, 'online');
    },
  },
  {
    device,
    test: 'pulled while idle: offline after a moment; plugged in again: unknown until it reads',
    body: async (trial) => {
      const { simulator, inside, port } = await scannerOnAcm(trial, QR_SCANNER);
      const watched = await serialScanner(trial, serialLine(await serialPathOf(QR_SCANNER)));
      await watched.state('unknown');
      assert(simulator.command({ do: 'scan', text: '一次' }).ok);
      await watched.told(1);
      await inside.unplug();
      await watched.state('offline');
      assert.equal(watched.device.status.fault?.code, 'device.offline');
      await inside.plug(port);
      await watched.state('unknown');
      assert(simulator.command({ do: 'scan', text: '再次' }).ok);
      await watched.told(2);
      assert.deepEqual(watched.story, ['一次', '再次']);
      assert.deepEqual(watched.statesOnceOnline, ['online', 'offline', 'unknown', 'online']);
    },
  },
  {
    device,
    test: 'pulled in the middle of a code: told as failed, nothing of it reaches the next one',
    body: async (trial) => {
      const { simulator, inside, port } = await scannerOnAcm(trial, QR_SCANNER);
      const tap = tapped(serialLine(await serialPathOf(QR_SCANNER)));
      const watched = await serialScanner(trial, tap.transport);
      await watched.state('unknown');
      const half = Buffer.from('HALF OF A CODE').toString('hex');
      assert(simulator.command({ do: 'scanRaw', hex: half, ended: false }).ok);
      await until(() => tap.heard() === half.length / 2, 'half of a code');
      await inside.unplug();
      await watched.told(1);
      await watched.state('offline');
      await inside.plug(port);
      await watched.state('unknown');
      assert(simulator.command({ do: 'scan', text: 'whole' }).ok);
      await watched.told(2);
      assert.deepEqual(watched.story, ['device.offline', 'whole']);
    },
  },
];
