import type * as serialport from 'serialport';
import { describe, expect, it } from 'vitest';
import { findSerialPort, type ListedSerialPort, type SerialIdentity } from './serial-identity.ts';
import { serialTransport } from './serial.ts';
import { usbPortIn } from './usb-port.ts';

const CH340 = { vendorId: 0x1a86, productId: 0x7523 };
const FTDI = { vendorId: 0x0403, productId: 0x6001 };

/** Two adapters of one model without serial numbers, one with, and a port on the board. */
const PORTS: readonly ListedSerialPort[] = [
  { path: '/dev/ttyUSB0', vendorId: '1a86', productId: '7523' },
  { path: '/dev/ttyUSB1', vendorId: '1a86', productId: '7523' },
  { path: '/dev/ttyUSB2', vendorId: '0403', productId: '6001', serialNumber: 'A10X' },
  { path: '/dev/ttyS0' },
];
const SOCKETS: Readonly<Record<string, string>> = {
  '/dev/ttyUSB0': '1-1',
  '/dev/ttyUSB1': '1-2.3',
  '/dev/ttyUSB2': '1-4',
};

function find(path: string, wanted: SerialIdentity, ports = PORTS): Promise<unknown> {
  return findSerialPort(path, wanted, ports, {
    fileOf: (link) => Promise.resolve(link === '/dev/serial/by-id/x' ? '/dev/ttyUSB2' : link),
    portOf: (port) => Promise.resolve(SOCKETS[port]),
  });
}

const at = (path: string): object => ({ ok: true, value: path });
const refused = (code: string): object => ({ ok: false, error: { code } });

describe('a serial port whose device is remembered', () => {
  it('is opened when that device is there, also through a link', async () => {
    expect(await find('/dev/ttyUSB0', CH340)).toMatchObject(at('/dev/ttyUSB0'));
    const known = { ...FTDI, serialNumber: 'A10X' };
    expect(await find('/dev/ttyUSB2', known)).toMatchObject(at('/dev/ttyUSB2'));
    expect(await find('/dev/serial/by-id/x', known)).toMatchObject(at('/dev/serial/by-id/x'));
  });

  it('is looked for where the device is now, by its serial number or its socket', async () => {
    const known = { ...FTDI, serialNumber: 'A10X' };
    expect(await find('/dev/ttyUSB0', known)).toMatchObject(at('/dev/ttyUSB2'));
    expect(await find('/dev/ttyUSB9', known)).toMatchObject(at('/dev/ttyUSB2'));
    // After a boot the kernel counted the other way round.
    expect(await find('/dev/ttyUSB0', { ...CH340, port: '1-2.3' })).toMatchObject(
      at('/dev/ttyUSB1'),
    );
    // The serial number is the stronger one.
    expect(await find('/dev/ttyUSB0', { ...known, port: '1-9' })).toMatchObject(at('/dev/ttyUSB2'));
  });

  it('is never taken for another one', async () => {
    expect(await find('/dev/ttyUSB2', CH340)).toMatchObject(refused('device.otherDevice'));
    expect(await find('/dev/ttyS0', CH340)).toMatchObject(refused('device.otherDevice'));
    expect(await find('/dev/ttyUSB2', { ...FTDI, serialNumber: 'OTHER' })).toMatchObject(
      refused('device.otherDevice'),
    );
    // Its like in another socket is not it.
    expect(await find('/dev/ttyUSB0', { ...CH340, port: '1-9' })).toMatchObject({
      ok: false,
      error: {
        code: 'device.otherDevice',
        detail: 'at /dev/ttyUSB0 is another one: 1a86:7523, of the same model',
      },
    });
  });

  it('is away when nothing is there, and not guessed when several fit', async () => {
    expect(await find('/dev/ttyUSB9', CH340)).toMatchObject(refused('device.offline'));
    const twins = PORTS.map((port) => ({ ...port, serialNumber: '0001' }));
    expect(await find('/dev/ttyUSB9', { ...CH340, serialNumber: '0001' }, twins)).toMatchObject(
      refused('device.misconfigured'),
    );
  });

  it('is not even opened when another device is there', async () => {
    const opened: string[] = [];
    const open = ({ path }: { readonly path: string }): never => {
      opened.push(path);
      throw new Error('must not be opened');
    };
    const SerialPort = Object.assign(open, { list: () => Promise.resolve(PORTS) });
    const transport = serialTransport({
      path: '/dev/ttyUSB2',
      baudRate: 115_200,
      usb: CH340,
      load: () => Promise.resolve({ SerialPort } as unknown as typeof serialport),
    });
    expect(await transport.connect({ deadlineMs: 10_000 })).toMatchObject(
      refused('device.otherDevice'),
    );
    expect(opened).toEqual([]);
  });
});

describe('the socket in a path of the kernel', () => {
  it('is that of the device itself, behind all hubs', () => {
    const sys = '/sys/devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2.3/1-2.3:1.0';
    expect(usbPortIn(`${sys}/ttyUSB0`)).toBe('1-2.3');
    expect(usbPortIn(`${sys}/0003:0400:C35A.0001`)).toBe('1-2.3');
    expect(usbPortIn('/sys/devices/pnp0/00:03/tty/ttyS0')).toBeUndefined();
  });
});
