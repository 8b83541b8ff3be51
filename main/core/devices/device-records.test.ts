import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fault } from '../../../domain/device/fault-catalogue.ts';
import {
  DEVICE_CLASSES,
  type DeviceClass,
  type DeviceStatus,
} from '../../../domain/device/status.ts';
import { demoDevices } from '../../../kiosk-config/index.ts';
import type { CoreDevices } from './contract.ts';
import { Deeds, printDeed } from './deeds.ts';
import { DeviceRecords } from './device-records.ts';
import { ofEachDevice } from './each-device.ts';
import { StatusHolder } from './status-holder.ts';

const AT = Date.parse('2026-11-24T02:08:00.000Z');
let folder: string;
let path: string;
let due: () => void;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bianmin-device-records-'));
  path = join(folder, 'device-records.json');
  due = () => undefined;
});
afterEach(() => rm(folder, { recursive: true }));

function open(simulated = false): DeviceRecords {
  const clock = {
    wall: () => AT,
    now: () => 0,
    after: (_ms: number, callback: () => void) => {
      due = callback;
      return () => undefined;
    },
  };
  return new DeviceRecords({ path, clock, simulated, log: () => undefined });
}

/** Devices that do what the test says. */
function played() {
  const parts = ofEachDevice(() => ({
    deeds: new Deeds(),
    status: new StatusHolder({ state: 'online' }),
  }));
  const devices = ofEachDevice((device) => ({
    status: parts[device].status.status,
    onDeed: parts[device].deeds.onDeed.bind(parts[device].deeds),
    onStatus: parts[device].status.onStatus.bind(parts[device].status),
  })) as unknown as CoreDevices;
  const set = (device: DeviceClass, status: DeviceStatus): void => parts[device].status.set(status);
  return { parts, devices, set };
}

const AT_5000 = demoDevices({ idCardPort: 5_000, receiptPrinterPort: 5_001 }).devices;

describe('the records of the devices', () => {
  it('count what was done and keep the last fault, also over a restart', async () => {
    const records = open();
    records.configure(AT_5000);
    const { parts, devices, set } = played();
    const unfollow = records.follow(devices);
    parts.idCard.deeds.did('cardRead');
    parts.idCard.deeds.did('cardRead');
    parts.receiptPrinter.deeds.did(...printDeed({ outcome: 'printed' }));
    parts.receiptPrinter.deeds.did(
      ...printDeed({ outcome: 'unknown', fault: fault('device.timeout', { vendorCode: '12 7e' }) }),
    );
    set('idCard', { state: 'offline', fault: fault('device.offline') });
    due();
    await records.flush();
    const again = open();
    again.configure(AT_5000);
    expect(again.of('idCard')).toMatchObject({
      since: '2026-11-24T02:08:00.000Z',
      counts: { cardRead: 2 },
      lastFault: { code: 'device.offline', at: '2026-11-24T02:08:00.000Z', vendorCode: null },
    });
    expect(again.of('receiptPrinter')).toMatchObject({
      counts: { printed: 1, printUnknown: 1 },
      lastFault: { code: 'device.timeout', vendorCode: '12 7e' },
    });
    expect(again.of('codeScanner')).toBeUndefined();
    unfollow();
    parts.idCard.deeds.did('cardRead');
    set('idCard', { state: 'offline', fault: fault('device.timeout') });
    expect(records.of('idCard')).toMatchObject({
      counts: { cardRead: 2 },
      lastFault: { code: 'device.offline' },
    });
  });

  it('know nothing of a person, nor call it a fault that somebody called a print off', async () => {
    const records = open();
    records.configure(AT_5000);
    const { parts, devices } = played();
    records.follow(devices);
    parts.receiptPrinter.deeds.did(
      ...printDeed({ outcome: 'failed', fault: fault('device.cancelled', { detail: 'a detail' }) }),
    );
    expect(records.of('receiptPrinter')).toMatchObject({
      counts: { printFailed: 1 },
      lastFault: null,
    });
    await records.flush();
    expect(await readFile(path, 'utf8')).not.toContain('a detail');
  });

  it('begin anew for a device in another place, and are gone with one that is taken away', () => {
    const records = open();
    records.configure(AT_5000);
    const { parts, devices } = played();
    records.follow(devices);
    parts.idCard.deeds.did('cardRead');
    parts.receiptPrinter.deeds.did('printed');
    const printer = AT_5000.receiptPrinter && { ...AT_5000.receiptPrinter, takeSeconds: 20 };
    const moved = demoDevices({ idCardPort: 5_010 }).devices;
    records.configure({ ...moved, receiptPrinter: printer });
    expect(records.of('idCard')).toMatchObject({ counts: {} });
    expect(records.of('receiptPrinter')).toMatchObject({ counts: { printed: 1 } });
    records.configure({ ...moved, receiptPrinter: null });
    expect(records.of('receiptPrinter')).toBeUndefined();
    parts.receiptPrinter.deeds.did('printed');
    expect(records.of('receiptPrinter')).toBeUndefined();
  });

  it('of simulated devices go on wherever these stand, and what cannot be read counts as nothing', async () => {
    const records = open(true);
    records.configure(AT_5000);
    const { parts, devices } = played();
    records.follow(devices);
    parts.idCard.deeds.did('cardRead');
    records.configure(demoDevices({ idCardPort: 5_010 }).devices);
    expect(records.of('idCard')).toMatchObject({ counts: { cardRead: 1 } });
    await records.flush();
    await writeFile(path, '{"v":1,"devices":{"idCard":{"counts":{"cardRead":-1}}}}');
    expect(DEVICE_CLASSES.map((device) => open(true).of(device))).toEqual(
      DEVICE_CLASSES.map(() => undefined),
    );
  });
});
