import type * as serialport from 'serialport';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyText } from '../any-text-test-support.ts';
import type { HidDeviceInfo, HidLibrary } from '../transport/hid.ts';
import type { UsbHandle, UsbLibrary } from '../transport/usb-library.ts';
import { ToldHardware } from '../hardware.ts';
import { announcedPrinter, announcedUrl, type Announcement } from './mdns.ts';
import { listHid, listUsb, parseDeviceId } from './plugged-usb.ts';
import { listSerialPorts } from './serial-ports.ts';

/** What devices say of themselves: anything, also half characters and what no screen shows. */
const said = fc.oneof(
  anyText(130),
  fc.string({ maxLength: 90 }),
  fc.constantFrom(
    '',
    ' ',
    '\0',
    '\ud800',
    '\u{30EDD}'.repeat(40),
    'a'.repeat(59) + '\u{30EDD}',
    '龚大福',
  ),
);
const maybeSaid = fc.option(said, { nil: undefined });
const id = fc.nat(0xffff);

/** A text for a screen: short, whole characters only, and each of them said by this very device. */
function expectPlain(text: string | undefined, most: number, ...words: unknown[]): void {
  if (text === undefined) return;
  expect(text).not.toBe('');
  expect(text.length).toBeLessThanOrEqual(most);
  expect(text).toMatch(/^[\p{L}\p{N}\p{P} ]+$/u);
  expect(text).toBe(text.trim());
  const own = words.filter((word) => typeof word === 'string').join(' ');
  for (const character of text) expect(` ${own}`).toContain(character);
}

describe('whatever a device announces by mDNS', () => {
  const host = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.constantFrom('fe80::1', 'FE80::1', 'fe80::1%eth0', 'fd00::1%eth0', '::', '', 'evil.example'),
    fc.string({ maxLength: 12 }),
  );
  const root = fc.oneof(
    anyText(90),
    fc.webPath(),
    fc.constantFrom(
      'eSCL',
      '/eSCL/',
      '//evil.example/x',
      '../../x',
      '?q',
      '#h',
      '@evil',
      '\\\\evil',
    ),
    fc.anything(),
  );
  const announcement: fc.Arbitrary<Announcement> = fc.record({
    addresses: fc.option(fc.array(host, { maxLength: 4 }), { nil: undefined }),
    port: fc.oneof(
      fc.integer({ min: -1, max: 70_000 }),
      fc.double(),
      fc.constantFrom(80, 631, 443),
    ),
    root,
  });

  it('gives an address of this very device, or none', () => {
    let given = 0;
    fc.assert(
      fc.property(announcement, (one) => {
        for (const [text, scheme] of [
          [announcedUrl(one), 'http:'],
          [announcedPrinter(one), 'ipp:'],
        ] as const) {
          if (text === undefined) continue;
          given += 1;
          const url = new URL(text);
          expect(url.protocol).toBe(scheme);
          expect(url.username + url.password + url.search + url.hash).toBe('');
          expect(Number(url.port || '80')).toBe(one.port);
          const own = (one.addresses ?? []).map(
            (address) =>
              URL.parse(`http://${address.includes(':') ? `[${address}]` : address}`)?.hostname,
          );
          expect(own).toContain(new URL(`http://${url.host}`).hostname);
          expect(url.hostname.toLowerCase()).not.toMatch(/^\[fe[89ab]/);
        }
      }),
      { numRuns: 500 },
    );
    expect(given).toBeGreaterThan(50);
  });
});

describe('whatever a device says of itself where it is plugged in', () => {
  it('in the words of IEEE 1284 gives short texts of its own', () => {
    const field = fc
      .tuple(
        fc.oneof(fc.constantFrom('MFG', 'mdl', 'CMD', ' COMMAND SET', 'MODEL', 'SN'), said),
        fc.constantFrom(':', '::', ''),
        said,
      )
      .map((parts) => parts.join(''));
    const text = fc.array(field, { maxLength: 6 }).map((fields) => fields.join(';'));
    fc.assert(
      fc.property(fc.oneof(text, said), (id1284) => {
        const { languages = [], model } = parseDeviceId(id1284);
        expectPlain(model, 60, id1284);
        for (const language of languages) expectPlain(language, 20, id1284);
      }),
      { numRuns: 400 },
    );
  });

  it('over its own line is kept without half characters and what no screen shows', () => {
    fc.assert(
      fc.property(said, said, (earlier, model) => {
        const hardware = new ToldHardware();
        hardware.told({ model: earlier, maker: earlier });
        hardware.told({ model });
        expect(Object.keys(hardware.details)).toEqual(hardware.details.model ? ['model'] : []);
        expect(hardware.details.model ?? 'none').toMatch(/^[\p{L}\p{N}\p{P}\p{S} ]{1,80}$/u);
      }),
      { numRuns: 200 },
    );
  });

  it('over USB names each device by its own words, also beside others and when it refuses', async () => {
    const text = fc.oneof(fc.constant('throws' as const), maybeSaid);
    const device = fc.record({
      vendorId: id,
      productId: id,
      bus: fc.oneof(fc.constantFrom('001', '2'), said),
      ports: fc.array(fc.nat(9), { maxLength: 4 }),
      serial: text,
      product: text,
      maker: text,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(device, { maxLength: 4 }), async (devices) => {
        const read = (word: string | undefined): string | undefined => {
          if (word === 'throws') throw new Error('LIBUSB_ERROR_PIPE');
          return word;
        };
        const handles = devices.map(({ serial, product, maker, ...ids }) => ({
          ...ids,
          get serialNumber() {
            return read(serial);
          },
          get productName() {
            return read(product);
          },
          get manufacturerName() {
            return read(maker);
          },
        }));
        const usb: UsbLibrary = {
          getDevices: () => Promise.resolve(handles as unknown as readonly UsbHandle[]),
        };
        const listed = await listUsb({ usb: () => Promise.resolve(usb), sys: '/nowhere' });
        const own = devices.filter(({ ports }) => ports.length > 0);
        expect(listed.map(({ vendorId }) => parseInt(vendorId, 16))).toEqual(
          own.map(({ vendorId }) => vendorId),
        );
        for (const [i, { model, serialNumber }] of listed.entries()) {
          expectPlain(model, 60, own[i]?.maker, own[i]?.product);
          expectPlain(serialNumber, 60, own[i]?.serial);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('over HID names each device by its own words', async () => {
    const device = fc.record({
      vendorId: id,
      productId: id,
      path: fc.option(said, { nil: undefined }),
      product: maybeSaid,
      serialNumber: maybeSaid,
      usagePage: fc.option(fc.constantFrom(0, 1, 0x8c, 0xff00, 0xffff), { nil: undefined }),
      usage: fc.option(fc.nat(9), { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(device, { maxLength: 4 }), async (devices) => {
        const hid: HidLibrary = {
          devicesAsync: () => Promise.resolve(devices as unknown as readonly HidDeviceInfo[]),
          HIDAsync: { open: () => Promise.reject(new Error('no such device')) },
        };
        const listed = await listHid({
          hid: () => Promise.resolve(hid),
          hidPortOf: () => Promise.resolve(undefined),
        });
        let from = 0;
        for (const { vendorId, productId, model, serialNumber } of listed) {
          const at = devices.findIndex(
            (one, i) =>
              i >= from &&
              one.vendorId === parseInt(vendorId, 16) &&
              one.productId === parseInt(productId, 16) &&
              (one.usagePage ?? 0) !== 1,
          );
          expect(at).toBeGreaterThanOrEqual(from);
          from = at + 1;
          expectPlain(model, 60, devices[at]?.product);
          expectPlain(serialNumber, 100, devices[at]?.serialNumber);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('over udev names each serial port by its own words, and by ids only that are some', async () => {
    const hex = fc.oneof(fc.constantFrom('1a86', '7523', 'FFFF', '', 'zzzz', '1a86x'), said);
    const port = fc.record({
      path: fc.oneof(fc.constantFrom('/dev/ttyUSB0', '/dev/ttyS99', 'COM3'), said),
      manufacturer: maybeSaid,
      serialNumber: maybeSaid,
      vendorId: fc.option(hex, { nil: undefined }),
      productId: fc.option(hex, { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(port, { maxLength: 4 }), async (ports) => {
        const library = { SerialPort: { list: () => Promise.resolve(ports) } };
        const listed = await listSerialPorts(
          () => Promise.resolve(library as unknown as typeof serialport),
          () => Promise.resolve(undefined),
        );
        if (!listed.ok) throw new Error(listed.error.code);
        expect(listed.value.map(({ path }) => path)).toEqual(ports.map(({ path }) => path));
        for (const [i, { maker, device }] of listed.value.entries()) {
          expectPlain(maker, 60, ports[i]?.manufacturer);
          if (device === undefined) continue;
          expect(device.vendorId).toMatch(/^[0-9a-f]{4}$/);
          expect(device.productId).toMatch(/^[0-9a-f]{4}$/);
          expect([undefined, ports[i]?.serialNumber]).toContain(device.serialNumber);
        }
      }),
      { numRuns: 200 },
    );
  });
});
