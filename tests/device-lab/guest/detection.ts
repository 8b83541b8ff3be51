import assert from 'node:assert/strict';
import { access, readFile } from 'node:fs/promises';
import { probe } from '../../../drivers/detection/probe.ts';
import { listSerialPorts } from '../../../drivers/detection/serial-ports.ts';
import type { Skipped } from '../../../drivers/detection/contract.ts';
import { usbIds } from '../gadgets/usb-gadget.ts';
import { readerOnAcm, scannerOnAcm, serialPathOf } from './benches.ts';
import { QR_SCANNER, SERIAL_READER } from './identities.ts';
import type { LabTest } from './lab.ts';

const device = 'detection';

/** Answers take longer in an emulated machine; a port that stays silent is given up sooner. */
const TIMINGS = { answerMs: 5_000, settleMs: 500, candidateMs: 60_000 };

export const detectionTests: readonly LabTest[] = [
  {
    device,
    test: 'of two serial devices it lists both with their ids, and knows the card reader by its answers',
    body: async (trial) => {
      await readerOnAcm(trial, SERIAL_READER);
      await scannerOnAcm(trial, QR_SCANNER);
      const reader = await serialPathOf(SERIAL_READER);
      const scanner = await serialPathOf(QR_SCANNER);
      assert.notEqual(reader, scanner);
      const listed = await listSerialPorts();
      assert(listed.ok);
      const ours = listed.value.filter(({ path }) => path.startsWith('/dev/ttyACM'));
      assert.deepEqual(
        new Map(ours.map(({ path, usb, maker }) => [path, `${String(usb)} ${String(maker)}`])),
        new Map([
          [reader, `${usbIds(SERIAL_READER)} Lab`],
          [scanner, `${usbIds(QR_SCANNER)} Lab`],
        ]),
      );
      const skipped: Skipped[] = [];
      const found = await probe({
        candidates: [reader, scanner].map((path) => ({
          ...{ type: 'serial' as const, path },
          speeds: [115_200],
        })),
        timings: TIMINGS,
        onSkipped: (one) => skipped.push(one),
      });
      assert.deepEqual(
        found.map((one) => [one.class, one.protocol, one.confidence, one.transport]),
        [['idCard', 'sdt', 'certain', { type: 'serial', path: reader, baud: 115_200 }]],
      );
      assert.deepEqual(
        skipped.map(({ why }) => why),
        ['silent'],
      );
    },
  },
  {
    device,
    test: 'the machine has a camera for pages that ask for one',
    body: async () => {
      await access('/dev/video0');
      const name = await readFile('/sys/class/video4linux/video0/name', 'utf8');
      assert.match(name, /vivid/);
    },
  },
];
