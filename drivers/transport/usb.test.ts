import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { notRun } from '../../tests/support/not-run.ts';
import { SimulatedUsbDevice, type SimulatedUsbHost } from './simulator/usb-device.ts';
import type { ByteLine } from './transport.ts';
import { parseConfigurationDescriptor } from './usb-descriptor.ts';
import type { UsbEndpointInfo, UsbHandle, UsbLibrary } from './usb-library.ts';
import type { UsbAddress } from './usb-claim.ts';
import { usbTransport } from './usb.ts';

const IDS = { vendorId: 0x0400, productId: 0xc35a };
const IN: UsbEndpointInfo = { endpointNumber: 1, direction: 'in', type: 'bulk', packetSize: 64 };
const OUT: UsbEndpointInfo = { ...IN, endpointNumber: 2, direction: 'out' };

const lines: ByteLine[] = [];
afterEach(async () => {
  for (const line of lines.splice(0)) await line.close();
});

/** A device that gives back what it is sent. */
function echo(more: Partial<ConstructorParameters<typeof SimulatedUsbDevice>[0]> = {}) {
  let host: SimulatedUsbHost | undefined;
  const device = new SimulatedUsbDevice({
    ...IDS,
    interfaceClass: 255,
    endpoints: [{ ...IN, type: 'interrupt', endpointNumber: 3 }, IN, OUT],
    onOpen: (opened) => {
      host = opened;
      return { received: (_, bytes) => opened.send(1, bytes), closed: () => undefined };
    },
    ...more,
  });
  return { device, unplug: () => host?.unplug() };
}

function transportTo(devices: readonly UsbHandle[], more: Partial<UsbAddress> = {}) {
  const load = (): Promise<UsbLibrary> =>
    Promise.resolve({ getDevices: () => Promise.resolve(devices) });
  return usbTransport({ ...IDS, readTurnMs: 20, writeTimeoutMs: 60, load, ...more });
}

async function connect(devices: readonly UsbHandle[], more: Partial<UsbAddress> = {}) {
  const connected = await transportTo(devices, more).connect({ deadlineMs: 10_000 });
  if (!connected.ok) throw new Error(JSON.stringify(connected.error));
  lines.push(connected.value);
  return connected.value;
}

async function refusal(devices: readonly UsbHandle[], more: Partial<UsbAddress> = {}) {
  const connected = await transportTo(devices, more).connect({ deadlineMs: 10_000 });
  if (!connected.ok) return connected.error;
  await connected.value.close();
  return undefined;
}

describe('finding a USB device', () => {
  it('tells two of one model apart by serial number, else by socket, and guesses never', async () => {
    const [a, b] = [
      echo({ serialNumber: 'A1', ports: [1] }).device,
      echo({ serialNumber: 'B2', ports: [2, 3] }).device,
    ];
    expect(await refusal([a, b])).toMatchObject({ code: 'device.misconfigured' });
    expect(await refusal([a, b], { serialNumber: 'B2' })).toBeUndefined();
    expect(await refusal([a, b], { port: '1-2.3' })).toBeUndefined();
    expect(b.calls.filter((call) => call === 'open')).toHaveLength(2);
    expect(a.calls).toEqual([]);
    // The one that is left is the other one.
    expect(await refusal([a], { serialNumber: 'B2' })).toMatchObject({ code: 'device.offline' });
    expect(await refusal([a], { port: '1-2.3' })).toMatchObject({
      code: 'device.offline',
      detail: 'no such device; one of its kind: 1-1',
    });
    // With a serial number it may have been plugged in anywhere.
    expect(await refusal([b], { serialNumber: 'B2', port: '1-1' })).toBeUndefined();
  });

  it('takes any of the ids under which the device is sold', async () => {
    const { device } = echo({ vendorId: 0x0316, productId: 0x5020 });
    expect(await refusal([device])).toMatchObject({ code: 'device.offline' });
    const alsoIds = [{ vendorId: 0x0316, productId: 0x5020 }];
    expect(await refusal([device], { alsoIds })).toBeUndefined();
  });

  it('says what keeps it from being opened, and closes what it opened', async () => {
    const { device } = echo({ kernelDriver: true });
    const held = { kernelDriver: () => Promise.resolve('usbfs') };
    expect(await refusal([device], held)).toMatchObject({ code: 'device.busy' });
    expect(device.calls).toEqual(['open', 'close']);
    const printerOnly = { interfaceClass: 7 };
    expect(await refusal([device], printerOnly)).toMatchObject({ code: 'device.misconfigured' });
    const load = (): Promise<UsbLibrary> => Promise.reject(new Error('no binary for this chip'));
    expect(await refusal([], { load })).toMatchObject({ code: 'device.missingLibrary' });
    const denied = echo().device;
    denied.open = () => Promise.reject(new Error('open error: permission denied (errno 13)'));
    expect(await refusal([denied])).toMatchObject({ code: 'device.misconfigured' });
  });

  it('takes the interface from the kernel, and gives it back', async () => {
    const { device } = echo({ kernelDriver: true });
    const asked: string[] = [];
    const kernelDriver = (name: string): Promise<string> => {
      asked.push(name);
      return Promise.resolve('usblp');
    };
    expect(await refusal([device], { kernelDriver })).toBeUndefined();
    expect(asked).toEqual(['1-2:1.0']);
    expect(device.calls).toEqual(['open', 'detach 0', 'claim 0', 'release 0', 'attach 0', 'close']);
  });

  it('describes by itself a device that does not tell the names of its parts', async () => {
    const { device } = echo();
    Object.defineProperty(device, 'configuration', {
      get: () => {
        throw new Error('configuration error: Stall');
      },
    });
    const raw = [9, 2, 39, 0, 1, 1, 0, 0x80, 50, 9, 4, 0, 0, 2, 255, 0, 0, 7];
    const ends = [7, 5, 0x81, 2, 64, 0, 0, 7, 5, 0x02, 2, 64, 0, 0];
    const data = new DataView(Uint8Array.from([...raw, ...ends]).buffer);
    device.controlTransferIn = () => Promise.resolve({ data });
    expect(await refusal([device])).toBeUndefined();
  });

  it('loads the real library, which knows of no such device', async () => {
    const transport = usbTransport({ vendorId: 1, productId: 1 });
    const connected = await transport.connect({ deadlineMs: 15_000 });
    if (!connected.ok && connected.error.code === 'device.missingLibrary') {
      notRun('the USB library itself', connected.error.detail ?? 'it does not load');
      return;
    }
    expect(connected).toMatchObject({ ok: false, error: { code: 'device.offline' } });
  });
});

describe('a line over USB', () => {
  it('carries bytes both ways, more than a packet too, in their order', async () => {
    const line = await connect([echo().device]);
    const got: number[] = [];
    line.onData((bytes) => got.push(...bytes));
    const sent = Array.from({ length: 10_000 }, (_, i) => (i * 7) & 0xff);
    const results = await Promise.all([
      line.write(Uint8Array.from(sent.slice(0, 9_000))),
      line.write(Uint8Array.from(sent.slice(9_000))),
    ]);
    expect(results.map(({ ok }) => ok)).toEqual([true, true]);
    await expect.poll(() => got.length, { timeout: 60_000 }).toBe(sent.length);
    expect(got).toEqual(sent);
  });

  it('ends with the device that is pulled out, and the write that was under way with it', async () => {
    const { device, unplug } = echo({ takesNothing: () => true });
    const line = await connect([device], { writeTimeoutMs: 60_000, readTurnMs: 60_000 });
    const reasons: string[] = [];
    line.onClose((reason) => reasons.push(reason));
    const writing = line.write(Uint8Array.of(1));
    await new Promise(setImmediate);
    unplug();
    expect(await writing).toMatchObject({ ok: false, error: { code: 'device.offline' } });
    expect(reasons).toHaveLength(1);
    await line.close();
    expect(device.calls.slice(-2)).toEqual(['release 0', 'close']);
    expect(await line.write(Uint8Array.of(1))).toMatchObject({ error: { code: 'device.offline' } });
  });

  it('ends when a write is not taken, and says that it took too long', async () => {
    const line = await connect([echo({ takesNothing: () => true }).device]);
    expect(await line.write(Uint8Array.of(1))).toMatchObject({ error: { code: 'device.timeout' } });
    expect(await line.write(Uint8Array.of(1))).toMatchObject({ error: { code: 'device.offline' } });
  });

  it('never gives the interface back in the middle of a transfer', async () => {
    const { device } = echo();
    const line = await connect([device]);
    expect((await line.write(Uint8Array.of(1, 2, 3))).ok).toBe(true);
    await line.close();
    expect(device.calls).toEqual(['open', 'claim 0', 'release 0', 'close']);
  });
});

describe('a configuration descriptor', () => {
  it('of any bytes is read without throwing, and never gives an end that is not in it', () => {
    const part = fc.oneof(
      fc.tuple(fc.constant([9, 4]), fc.uint8Array({ minLength: 7, maxLength: 7 })),
      fc.tuple(fc.constant([7, 5]), fc.uint8Array({ minLength: 5, maxLength: 5 })),
      fc.tuple(fc.constant<number[]>([]), fc.uint8Array({ maxLength: 9 })),
    );
    const descriptor = fc
      .array(part, { maxLength: 12 })
      .map((parts) =>
        Uint8Array.from([
          ...[9, 2, 0, 0, 1, 1, 0, 0x80, 50],
          ...parts.flatMap(([head, rest]) => [...head, ...rest]),
        ]),
      );
    fc.assert(
      fc.property(descriptor, (bytes) => {
        const told = parseConfigurationDescriptor(bytes);
        const all = told?.interfaces.flatMap(({ alternates }) =>
          alternates.flatMap(({ endpoints }) => endpoints),
        );
        for (const { endpointNumber, direction } of all ?? []) {
          expect([...bytes]).toContain(
            [...bytes].find((byte) => {
              const isIn = (byte & 0x80) !== 0;
              return (byte & 0x0f) === endpointNumber && isIn === (direction === 'in');
            }),
          );
        }
      }),
      { numRuns: 300 },
    );
  });
});
