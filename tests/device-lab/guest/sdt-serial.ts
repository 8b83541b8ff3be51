import assert from 'node:assert/strict';
import { until } from '../patience.ts';
import { readerOnAcm, scannerOnAcm, sdtReader, serialLine, serialPathOf } from './benches.ts';
import { QR_SCANNER, SERIAL_READER } from './identities.ts';
import type { LabTest } from './lab.ts';
import { sdtStories } from './sdt-stories.ts';

const device = 'ID-card reader, SDT over serial (cdc-acm)';

export const sdtSerialTests: readonly LabTest[] = [
  ...sdtStories(device, {
    plugIn: (trial, options) => readerOnAcm(trial, SERIAL_READER, options),
    line: async () => serialLine(await serialPathOf(SERIAL_READER)),
  }),
  {
    device,
    test: 'a scanner on the remembered port is not taken for the reader; the reader there again is',
    body: async (trial) => {
      const reader = await readerOnAcm(trial, SERIAL_READER);
      const path = await serialPathOf(SERIAL_READER);
      const watched = await sdtReader(trial, serialLine(path));
      await watched.state('online');
      await reader.inside.unplug();
      await watched.state('offline');
      const scanner = await scannerOnAcm(trial, QR_SCANNER);
      assert.equal(await serialPathOf(QR_SCANNER), path, 'the scanner has the port of the reader');
      await watched.state('unknown');
      assert.equal(watched.device.status.fault?.code, 'device.timeout');
      assert(scanner.simulator.command({ do: 'scan', text: '政务回执' }).ok);
      await scanner.inside.unplug();
      await watched.state('offline');
      await reader.inside.plug(reader.port);
      await watched.state('online');
      await until(() => watched.device.hardware.details.samId !== undefined, 'who the reader is');
      assert.deepEqual(watched.story, []);
    },
  },
];
