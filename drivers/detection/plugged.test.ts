import { connect } from 'node:net';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { simulatedHidReader } from '../id-card/simulator/sdt-hid-device.ts';
import { SdtSimulator } from '../id-card/simulator/sdt-simulator.ts';
import { simulatedUsbReader } from '../id-card/simulator/sdt-usb-device.ts';
import { EscPosSimulator } from '../receipt-printer/simulator/escpos-simulator.ts';
import type { HidDeviceInfo, HidLibrary } from '../transport/hid.ts';
import { SimulatedUsbDevice } from '../transport/simulator/usb-device.ts';
import type { UsbEndpointInfo, UsbHandle, UsbLibrary } from '../transport/usb-library.ts';
import type { Candidate, Proposal, Skipped } from './contract.ts';
import { listMachine } from './machine.ts';
import type { AllSources } from './plugged.ts';
import { parseDeviceId } from './plugged-usb.ts';
import { HASTY, PATIENT } from './probe-test-support.ts';
import { probe } from './probe.ts';
import { isSamePlace } from './same-place.ts';
import type { SerialPortInfo } from './serial-ports.ts';

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

/** The kernel's list of USB devices: which classes the parts of each have. */
function sysWith(classes: Readonly<Record<string, number>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'bianmin-sys-'));
  closers.push(() => rmSync(folder, { recursive: true }));
  for (const [port, number] of Object.entries(classes)) {
    mkdirSync(join(folder, `${port}:1.0`));
    writeFileSync(join(folder, `${port}:1.0`, 'bInterfaceClass'), `${number.toString(16)}\n`);
  }
  return folder;
}

const NO_USB: UsbLibrary = { getDevices: () => Promise.resolve([]) };
const NO_HID: HidLibrary = {
  devicesAsync: () => Promise.resolve([]),
  HIDAsync: { open: () => Promise.reject(new Error('no such device')) },
};

type Machine = Partial<{
  usb: UsbLibrary;
  hid: HidLibrary;
  classes: Readonly<Record<string, number>>;
  readers: readonly string[];
  serial: readonly SerialPortInfo[];
  hidPort: string;
}>;

async function look(
  machine: Machine,
  timings = PATIENT,
): Promise<{
  found: readonly Proposal[];
  skipped: readonly Skipped[];
  listed: readonly Candidate[];
}> {
  const { usb = NO_USB, hid = NO_HID, classes = {}, readers = [], serial = [] } = machine;
  const libraries = {
    usb: () => Promise.resolve(usb),
    hid: () => Promise.resolve(hid),
    hidPortOf: () => Promise.resolve(machine.hidPort),
  };
  const sources: AllSources = {
    ...libraries,
    sys: sysWith(classes),
    printerFiles: '/nowhere',
    pcscReaders: () => Promise.resolve(readers),
  };
  const listed = await listMachine({ ...sources, serialPorts: () => Promise.resolve(serial) });
  const skipped: Skipped[] = [];
  const found = await probe({
    candidates: listed.filter(({ type }) => type !== 'serial'),
    timings: { ...timings, listenMs: 10 },
    libraries,
    onSkipped: (one) => skipped.push(one),
  });
  return { found, skipped, listed };
}

/** A device that is listed and must not be opened. */
function untouchable(more: Partial<UsbHandle>): UsbHandle {
  const device = new SimulatedUsbDevice({
    vendorId: 0x046d,
    productId: 0xc31c,
    interfaceClass: 255,
    endpoints: [],
    onOpen: () => {
      throw new Error('this device must not be opened');
    },
  });
  return Object.assign(device, more);
}

describe('a probe of what is plugged in', () => {
  it('finds an SDT reader in HID reports, once, though USB lists it as well', async () => {
    const library = simulatedHidReader(new SdtSimulator(), { info: { product: 'ID READER' } });
    const usb = {
      getDevices: () =>
        Promise.resolve([untouchable({ vendorId: 0x0400, productId: 0xc35a, ports: [2] })]),
    };
    const { found } = await look({ hid: library, usb, hidPort: '1-2', classes: { '1-2': 3 } });
    expect(found).toMatchObject([
      {
        class: 'idCard',
        protocol: 'sdt',
        confidence: 'certain',
        transport: { type: 'hid', vendorId: '0400', productId: 'c35a', port: '1-2' },
      },
    ]);
  });

  it.each(['onePair', 'split'] as const)('finds an SDT reader on USB: %s', async (form) => {
    const usb = simulatedUsbReader(new SdtSimulator(), form, { serialNumber: 'R7' });
    const { found } = await look({ usb, classes: { '1-2': 255 } });
    expect(found).toMatchObject([
      {
        class: 'idCard',
        protocol: 'sdt',
        confidence: 'certain',
        transport: { type: 'usb', vendorId: '0400', productId: 'c35a', serialNumber: 'R7' },
      },
    ]);
  });

  it('only says possible of a reader that has the ids and does not answer', async () => {
    const simulator = new SdtSimulator();
    expect(simulator.command({ do: 'setMute', mute: true }).ok).toBe(true);
    const usb = simulatedUsbReader(simulator, 'onePair');
    const { found } = await look({ usb }, HASTY);
    expect(found).toMatchObject([{ class: 'idCard', confidence: 'possible' }]);
  });

  it('finds a receipt printer of the printer class, and prints nothing', async () => {
    const simulator = new EscPosSimulator();
    const port = await simulator.listen(0);
    closers.push(() => simulator.close());
    const end = (direction: 'in' | 'out', endpointNumber: number): UsbEndpointInfo => ({
      endpointNumber,
      direction,
      type: 'bulk',
      packetSize: 64,
    });
    const device = new SimulatedUsbDevice({
      vendorId: 0x0483,
      productId: 0x5743,
      interfaceClass: 7,
      endpoints: [end('in', 1), end('out', 2)],
      onOpen: (host) => {
        const socket = connect(port, '127.0.0.1');
        socket.on('data', (bytes: Uint8Array) => host.send(1, bytes));
        return {
          received: (_, bytes) => void socket.write(bytes),
          closed: () => void socket.destroy(),
        };
      },
    });
    const usb = { getDevices: () => Promise.resolve([device]) };
    const { found } = await look({ usb, classes: { '1-2': 7 } });
    expect(found).toMatchObject([
      {
        class: 'receiptPrinter',
        protocol: 'escpos',
        transport: { type: 'usb', productId: '5743' },
      },
    ]);
    expect(['certain', 'likely']).toContain(found[0]?.confidence);
    expect(simulator.state()).toMatchObject({ jobs: [], bufferedBytes: 0 });
  });

  it('lists what it does not know as unknown, and asks it nothing', async () => {
    const scanner: HidDeviceInfo = {
      vendorId: 0x0c2e,
      productId: 0x0b61,
      path: '/dev/hidraw1',
      serialNumber: 'S1',
      usagePage: 0x8c,
      usage: 2,
    };
    const keyboard = { ...scanner, path: '/dev/hidraw2', usagePage: 1, usage: 6 };
    const ups = { ...scanner, vendorId: 0x0463, path: '/dev/hidraw3', usagePage: 0xff01 };
    const hid = { ...NO_HID, devicesAsync: () => Promise.resolve([scanner, keyboard, ups]) };
    const hub = untouchable({ ports: [4] });
    const root = untouchable({ ports: [] });
    const camera = untouchable({ ports: [5], productName: 'Camera\u0007 4K' });
    const behindSerial = untouchable({ ports: [6] });
    const usb = { getDevices: () => Promise.resolve([root, hub, camera, behindSerial]) };
    const { found, skipped } = await look({
      usb,
      hid,
      classes: { '1-4': 9, '1-5': 14, '1-6': 255 },
      readers: ['ACS ACR39U 00 00'],
      serial: [{ path: '/dev/ttyUSB0', port: '1-6' }],
    });
    expect(skipped).toEqual([]);
    const told = found.map((one) => [one.class, one.protocol, one.confidence, one.model ?? '']);
    expect(told).toEqual([
      ['codeScanner', 'hidPos', 'certain', ''],
      ['unknown', 'unknown', 'possible', ''],
      ['unknown', 'unknown', 'possible', 'Camera 4K'],
      ['securityCard', 'pcsc', 'likely', 'ACS ACR39U 00 00'],
    ]);
  });

  it('says nothing wrong where there is no USB at all', async () => {
    const none = Promise.reject(new Error('/sys/bus/usb/devices/ not found'));
    none.catch(() => undefined);
    const { found } = await look({ usb: { getDevices: () => none } });
    expect(found).toEqual([]);
  });
});

describe('what a printer says of itself', () => {
  it('is read from its device id, whatever stands there', () => {
    expect(parseDeviceId('MFG:SNBC;CMD:ESC/POS;MDL:BTP-R880;CLS:PRINTER;')).toEqual({
      languages: ['ESC/POS'],
      model: 'SNBC BTP-R880',
    });
    expect(parseDeviceId('MANUFACTURER:HP;COMMAND SET:PJL,PCLXL;MODEL:M404')).toEqual({
      languages: ['PJL', 'PCLXL'],
      model: 'HP M404',
    });
    for (const text of ['', ';;;', 'CMD:', '\u0000\u00ff:'])
      expect(parseDeviceId(text)).toEqual({});
  });

  it('keeps an office printer from being asked: it would print the question', async () => {
    const candidate = {
      type: 'usbPrinter',
      path: '/dev/no-such-lp',
      languages: ['PCLXL'],
    } as const;
    const found = await probe({ candidates: [candidate] });
    expect(found).toMatchObject([{ class: 'unknown', transport: { path: '/dev/no-such-lp' } }]);
  });
});

describe('a place that the terminal holds', () => {
  const ids = { vendorId: '0400', productId: 'c35a' };

  it('is known again whichever way the device is listed', () => {
    const held: Candidate = { type: 'hid', ...ids, serialNumber: 'A' };
    expect(isSamePlace(held, { type: 'usb', ...ids, serialNumber: 'A', port: '1-9' })).toBe(true);
    expect(isSamePlace(held, { type: 'hid', ...ids, serialNumber: 'B' })).toBe(false);
    const inSocket: Candidate = { type: 'usb', ...ids, port: '1-2' };
    expect(isSamePlace(inSocket, { type: 'usb', ...ids, port: '1-3' })).toBe(false);
    const also = { type: 'usb', vendorId: '1', productId: '2', alsoIds: ['0400:C35A'] } as const;
    expect(isSamePlace(also, inSocket)).toBe(true);
    const moved: Candidate = {
      type: 'serial',
      path: '/dev/ttyUSB0',
      usb: { ...ids, serialNumber: 'A' },
    };
    const now: Candidate = { ...moved, path: '/dev/ttyUSB3' };
    expect(isSamePlace(moved, now)).toBe(true);
  });
});
