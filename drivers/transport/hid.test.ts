import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { notRun } from '../../tests/support/not-run.ts';
import type { HidDeviceInfo, HidLibrary } from './hid.ts';
import { hidTransport } from './hid.ts';

const SCANNER: HidDeviceInfo = {
  vendorId: 0x0c2e,
  productId: 0x0b61,
  path: '/dev/hidraw3',
  serialNumber: 'A1',
  usagePage: 0x8c,
  usage: 0x02,
};

/** The library's half of an open device. */
class FakeHandle extends EventEmitter {
  readonly written: Buffer[] = [];
  closes = 0;
  writes: Promise<number> | undefined;

  write(report: Buffer): Promise<number> {
    this.written.push(report);
    return this.writes ?? Promise.resolve(report.length);
  }

  close(): Promise<void> {
    this.closes += 1;
    return Promise.resolve();
  }
}

function library(
  devices: readonly HidDeviceInfo[],
  open: (path: string) => Promise<FakeHandle> = () => Promise.resolve(new FakeHandle()),
): () => Promise<HidLibrary> {
  return () =>
    Promise.resolve({ devicesAsync: () => Promise.resolve(devices), HIDAsync: { open } });
}

const scannerUse = { usagePage: 0x8c, usage: 0x02 };

describe('finding an HID device', () => {
  it('takes the one that is for the purpose, among the faces of the same device', async () => {
    const keyboard = { ...SCANNER, path: '/dev/hidraw2', usagePage: 1, usage: 6 };
    const paths: string[] = [];
    const transport = hidTransport({
      ...scannerUse,
      vendorId: 0x0c2e,
      load: library([keyboard, SCANNER, { ...SCANNER }], (path) => {
        paths.push(path);
        return Promise.resolve(new FakeHandle());
      }),
    });
    expect(transport.address).toBe('hid:0c2e:*@008c/0002');
    const connected = await transport.connect({ deadlineMs: 10_000 });
    expect(connected.ok).toBe(true);
    expect(paths).toEqual(['/dev/hidraw3']);
    if (connected.ok) await connected.value.close();
  });

  it('says offline when there is none, and misconfigured when several fit', async () => {
    const other = { ...SCANNER, path: '/dev/hidraw4', serialNumber: 'B2' };
    const connect = (devices: readonly HidDeviceInfo[], more: object = {}): Promise<unknown> =>
      hidTransport({ ...scannerUse, ...more, load: library(devices) }).connect({
        deadlineMs: 10_000,
      });
    expect(await connect([])).toMatchObject({ error: { code: 'device.offline' } });
    expect(await connect([SCANNER], { productId: 1 })).toMatchObject({
      error: { code: 'device.offline' },
    });
    expect(await connect([SCANNER, other])).toMatchObject({
      error: { code: 'device.misconfigured' },
    });
    expect(await connect([SCANNER, other], { serialNumber: 'B2' })).toMatchObject({ ok: true });
  });

  it('says what keeps it from being opened', async () => {
    const refused = (message: string): Promise<unknown> =>
      hidTransport({
        ...scannerUse,
        load: library([SCANNER], () => Promise.reject(new Error(message))),
      }).connect({ deadlineMs: 10_000 });
    expect(
      await refused('cannot open device with path /dev/hidraw3: Permission denied'),
    ).toMatchObject({ error: { code: 'device.misconfigured' } });
    expect(await refused('Device or resource busy')).toMatchObject({
      error: { code: 'device.busy' },
    });
    expect(await refused('No such file or directory')).toMatchObject({
      error: { code: 'device.offline' },
    });
  });

  it('says that the library is missing when it does not load', async () => {
    const load = (): Promise<HidLibrary> => Promise.reject(new Error('libudev.so.1: cannot open'));
    expect(
      await hidTransport({ ...scannerUse, load }).connect({ deadlineMs: 10_000 }),
    ).toMatchObject({
      ok: false,
      error: { code: 'device.missingLibrary', cause: 'configuration' },
    });
  });

  it('loads the real library, which knows of no such device', async () => {
    const transport = hidTransport({ ...scannerUse, vendorId: 1, productId: 1 });
    const connected = await transport.connect({ deadlineMs: 15_000 });
    if (!connected.ok && connected.error.code === 'device.missingLibrary') {
      notRun('node-hid itself', connected.error.detail ?? 'it does not load');
      return;
    }
    expect(connected).toMatchObject({
      ok: false,
      error: { code: 'device.offline', detail: 'no such device' },
    });
  });

  it('ends by its deadline or its signal, and closes a device that opens too late', async () => {
    const handle = new FakeHandle();
    const slow = Promise.withResolvers<FakeHandle>();
    const transport = hidTransport({ ...scannerUse, load: library([SCANNER], () => slow.promise) });
    expect(await transport.connect({ deadlineMs: 20 })).toMatchObject({
      error: { code: 'device.timeout' },
    });
    const aborter = new AbortController();
    const aborted = transport.connect({ deadlineMs: 10_000, signal: aborter.signal });
    aborter.abort();
    expect(await aborted).toMatchObject({ error: { code: 'device.cancelled' } });
    expect(
      await transport.connect({ deadlineMs: 10_000, signal: AbortSignal.abort() }),
    ).toMatchObject({ error: { code: 'device.cancelled' } });
    slow.resolve(handle);
    await expect.poll(() => handle.closes, { timeout: 60_000 }).toBe(2);
  });
});

describe('a line of reports', () => {
  async function open(handle: FakeHandle) {
    const transport = hidTransport({
      ...scannerUse,
      writeTimeoutMs: 50,
      load: library([SCANNER], () => Promise.resolve(handle)),
    });
    const connected = await transport.connect({ deadlineMs: 10_000 });
    if (!connected.ok) throw new Error(connected.error.code);
    return connected.value;
  }

  it('gives one whole report at a time, also those that came before anybody listened', async () => {
    const handle = new FakeHandle();
    const line = await open(handle);
    handle.emit('data', Buffer.of(2, 1));
    handle.emit('data', Buffer.of(2, 2, 2));
    const got: string[] = [];
    line.onData((report) => got.push(Buffer.from(report).toString('hex')));
    await expect.poll(() => got).toEqual(['0201', '020202']);
    handle.emit('data', Buffer.of(2, 3));
    expect(got).toEqual(['0201', '020202', '0203']);
    expect(await line.write(Uint8Array.of(4, 5))).toEqual({ ok: true, value: undefined });
    expect(handle.written).toEqual([Buffer.of(4, 5)]);
    await line.close();
    expect(handle.closes).toBe(1);
  });

  it('tells once that the device was pulled out, and closes it', async () => {
    const handle = new FakeHandle();
    const line = await open(handle);
    const reasons: string[] = [];
    line.onClose((reason) => reasons.push(reason));
    handle.emit('error', new Error('could not read from HID device'));
    handle.emit('error', new Error('could not read from HID device'));
    await line.close();
    line.onClose((reason) => reasons.push(`late: ${reason}`));
    await expect.poll(() => reasons).toHaveLength(2);
    expect(reasons).toEqual([
      'could not read from HID device',
      'late: could not read from HID device',
    ]);
    expect(handle.closes).toBe(1);
    expect(await line.write(Uint8Array.of(1))).toMatchObject({ error: { code: 'device.offline' } });
  });

  it('ends when a report is not taken', async () => {
    const stuck = new FakeHandle();
    stuck.writes = new Promise(() => undefined);
    expect(await (await open(stuck)).write(Uint8Array.of(1))).toMatchObject({
      error: { code: 'device.timeout' },
    });
    const refusing = new FakeHandle();
    refusing.writes = Promise.reject(new Error('cannot write'));
    expect(await (await open(refusing)).write(Uint8Array.of(1))).toMatchObject({
      error: { code: 'device.offline' },
    });
    await expect.poll(() => stuck.closes + refusing.closes, { timeout: 60_000 }).toBe(2);
  });
});
