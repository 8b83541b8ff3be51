import assert from 'node:assert/strict';
import { access, readFile } from 'node:fs/promises';
import { listMachine } from '../../../drivers/detection/machine.ts';
import { probe } from '../../../drivers/detection/probe.ts';
import { listSerialPorts } from '../../../drivers/detection/serial-ports.ts';
import type { Skipped } from '../../../drivers/detection/contract.ts';
import { usbIds } from '../gadgets/usb-gadget.ts';
import { readerOnAcm, scannerOnAcm, serialPathOf } from './benches.ts';
import { HID_READER, QR_SCANNER, SDT_READER, SERIAL_READER } from './identities.ts';
import type { LabTest } from './lab.ts';
import { readerOnBulk, readerOnHid } from './sdt-usb.ts';

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
        [
          ['idCard', 'sdt', 'certain', { type: 'serial', path: reader, baud: 115_200 }],
          // given by its path alone: nothing but its silence speaks for it
          [
            'codeScanner',
            'serialCodes',
            'possible',
            { type: 'serial', path: scanner, baud: 9_600 },
          ],
        ],
      );
      assert.deepEqual(skipped, []);
    },
  },
  {
    device,
    test: 'of what is plugged in on USB and HID it proposes readers and scanners, each once, by what tells it',
    body: async (trial) => {
      await readerOnHid(trial);
      await readerOnBulk(trial, SDT_READER);
      await scannerOnAcm(trial, QR_SCANNER);
      await serialPathOf(QR_SCANNER);
      const listed = await listMachine();
      const ours = listed.filter(
        (one) => 'vendorId' in one || (one.type === 'serial' && one.usb !== undefined),
      );
      const found = await probe({ candidates: ours, timings: TIMINGS });
      const proposed = found
        .filter((one) => one.class !== 'unknown')
        .map(({ class: is, protocol, confidence, transport }) => {
          const usb = transport.type === 'serial' ? transport.usb : transport;
          const serial = usb !== undefined && 'serialNumber' in usb ? usb.serialNumber : undefined;
          return [is, protocol, confidence, transport.type, serial].map(String).join(' ');
        })
        .sort();
      assert.deepEqual(proposed, [
        `codeScanner serialCodes likely serial ${QR_SCANNER.serialNumber}`,
        `idCard sdt certain hid ${HID_READER.serialNumber}`,
        `idCard sdt certain usb ${SDT_READER.serialNumber}`,
      ]);
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
