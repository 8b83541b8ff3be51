import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Candidate } from '../../../drivers/detection/contract.ts';
import {
  carriedFile,
  DEFAULT_DEVICES,
  parseConfig,
  readCarried,
  type DevicesConfig,
} from '../../../kiosk-config/index.ts';
import { carryOver } from './carry-over.ts';

const IDS = { vendorId: '0400', productId: 'c35a' };
const ADAPTER = { vendorId: '0403', productId: '6001' };

function layerWith(devices: Readonly<Record<string, unknown>>): DevicesConfig {
  const parsed = parseConfig('devices', {
    ...DEFAULT_DEVICES,
    devices: { ...DEFAULT_DEVICES.devices, ...devices },
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.value;
}

const LAYER = layerWith({
  idCard: {
    driver: 'sdt',
    transport: { type: 'usb', ...IDS, serialNumber: 'OTHER', port: '1-1' },
  },
  receiptPrinter: {
    driver: 'escpos',
    profile: 'generic80',
    logo: 'AB',
    transport: {
      type: 'serial',
      path: '/dev/ttyUSB0',
      baud: 9600,
      usb: { ...ADAPTER, port: '1-2' },
    },
  },
  documentScanner: { driver: 'escl', url: 'http://10.0.0.7/eSCL' },
});

const over = (machine: readonly Candidate[]) => {
  const { devices, notes } = carryOver(LAYER.devices, machine);
  // whatever came of it is a set-up
  expect(parseConfig('devices', { ...LAYER, devices }).ok).toBe(true);
  return { devices, noted: notes.map(({ device, text }) => `${device}: ${text.en}`) };
};

describe('a set-up carried to another machine', () => {
  it('takes the one device of the kind that is plugged in there, and says so', () => {
    const { devices, noted } = over([
      { type: 'usb', ...IDS, serialNumber: 'MINE', port: '3-1' },
      { type: 'serial', path: '/dev/ttyUSB4', usb: { ...ADAPTER, port: '3-2' } },
    ]);
    expect(devices.idCard?.transport).toEqual({ type: 'usb', ...IDS, serialNumber: 'MINE' });
    expect(devices.receiptPrinter?.transport).toMatchObject({
      path: '/dev/ttyUSB4',
      usb: { ...ADAPTER, port: '3-2' },
    });
    expect(noted).toEqual([
      'idCard: the 0400:c35a that is plugged in here is used (MINE)',
      'receiptPrinter: the 0403:6001 that is plugged in here is used (/dev/ttyUSB4)',
      expect.stringMatching(/^documentScanner: the address was carried over as it is/),
      expect.stringMatching(/^receiptPrinter: the logo lies in the other printer/),
    ]);
  });

  it('never keeps what belongs to the other machine, with none or several of the kind there', () => {
    for (const machine of [
      [],
      ['1-1', '1-4'].map((port) => ({ type: 'usb', ...IDS, port }) as const),
    ]) {
      const { devices, noted } = over(machine);
      expect(devices.idCard?.transport).toEqual({ type: 'usb', ...IDS });
      expect(devices.receiptPrinter).toMatchObject({ transport: { usb: ADAPTER } });
      expect(JSON.stringify(devices)).not.toMatch(/OTHER|1-1|1-2|"AB"/);
      expect(noted).toHaveLength(4);
    }
  });
});

describe('the file that carries it', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bianmin-carried-'));
    file = join(folder, 'set-up.json');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is read as it was written', async () => {
    await writeFile(file, carriedFile(LAYER, '2026-11-24T02:08:00.000Z'));
    expect(await readCarried(file)).toEqual({ ok: true, value: LAYER });
  });

  it('is refused whole, and each mistake told by its place', async () => {
    await writeFile(file, carriedFile(LAYER, '2026-11-24T02:08:00.000Z'));
    const good = await readFile(file, 'utf8');
    for (const [text, path] of [
      [good.replace('"baud": 9600', '"baud": 7'), '$.layer.devices.receiptPrinter.transport.baud'],
      [good.replace('"v": 1', '"v": 2'), '$.v'],
      [JSON.stringify(LAYER), '$.format'],
      ['null', '$.format'],
      [good.slice(0, 40), '$'],
    ] as const) {
      await writeFile(file, text);
      const read = await readCarried(file);
      expect(read.ok ? [] : read.error.map((problem) => problem.path)).toEqual([path]);
      expect(read.ok ? '' : read.error[0]?.remedy.zh).not.toBe('');
    }
  });
});
