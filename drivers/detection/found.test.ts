import { createServer } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { IppSimulator } from '../document-printer/simulator/ipp-simulator.ts';
import { writeIpp } from '../document-printer/simulator/ipp-writer.ts';
import { simulatedHidBoard } from '../terminal-parts/simulator/parts-hid-device.ts';
import { PartsSimulator } from '../terminal-parts/simulator/parts-simulator.ts';
import { FAST_BOARD } from '../terminal-parts/parts-test-support.ts';
import { listCupsQueues } from './cups-queues.ts';
import { announcedPrinter } from './mdns.ts';
import { PATIENT, stranger } from './probe-test-support.ts';
import { probe } from './probe.ts';

const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0).toReversed()) await thing.close();
});

const BOOTS_SOON = { ...PATIENT, answerMs: 150, bootMs: 10_000 };

async function board() {
  const simulator = new PartsSimulator({ times: FAST_BOARD });
  open.push(simulator);
  return { simulator, port: await simulator.listen(0) };
}

describe('a board of terminal parts', () => {
  it('is known by what it says itself, with model and firmware, and nothing of it is changed', async () => {
    const { simulator, port } = await board();
    const place = { type: 'tcp', host: '127.0.0.1', port } as const;
    expect(await probe({ candidates: [place], timings: BOOTS_SOON })).toMatchObject([
      {
        class: 'terminalParts',
        protocol: 'partsLine',
        transport: place,
        model: 'bm-simulated 1.0.0',
        confidence: 'certain',
      },
    ]);
    expect(simulator.state()).toMatchObject({ lights: { cardReader: 'off', keypad: 'off' } });
  });

  it('that says BOOT and answers nothing is likely one', async () => {
    const mute = await stranger((socket) => {
      const timer = setInterval(() => socket.write('<00 BOOT*AD0B\r\n'), 50);
      socket.once('close', () => clearInterval(timer));
    });
    open.push(mute);
    const [found] = await probe({
      candidates: [{ type: 'tcp', host: mute.host, port: mute.port }],
      timings: { ...BOOTS_SOON, answerMs: 40 },
    });
    expect(found).toMatchObject({ class: 'terminalParts', confidence: 'likely' });
  });

  it('is known in HID reports too, by its usage page and what it says', async () => {
    const { port } = await board();
    const library = simulatedHidBoard(port);
    const ids = { vendorId: '1209', productId: '0001', serialNumber: 'P1' };
    const found = await probe({
      candidates: [{ type: 'hid', ...ids, usagePage: 0xff00, usage: 1 }],
      timings: BOOTS_SOON,
      libraries: { hid: () => Promise.resolve(library) },
    });
    expect(found).toMatchObject([
      { class: 'terminalParts', confidence: 'certain', transport: { type: 'hid', ...ids } },
    ]);
  });
});

describe('an A4 printer', () => {
  it('over IPP is known with what it calls itself, and nothing is printed', async () => {
    const simulator = new IppSimulator();
    await simulator.listen(0);
    open.push(simulator);
    const candidate = { type: 'url', url: simulator.url } as const;
    expect(await probe({ candidates: [candidate], timings: PATIENT })).toMatchObject([
      {
        class: 'documentPrinter',
        protocol: 'ipp',
        transport: candidate,
        model: 'Bianmin Simulated A4',
        confidence: 'certain',
      },
    ]);
    expect(simulator.state()).toMatchObject({ jobs: 0 });
  });

  it('that announces itself has an address of the right shape, or none', () => {
    const addresses = ['fe80::1', '10.0.0.8'];
    expect(announcedPrinter({ addresses, port: 631, root: 'ipp/print' })).toBe(
      'ipp://10.0.0.8:631/ipp/print',
    );
    expect(announcedPrinter({ addresses, port: 8631, root: 'a b' })).toBe(
      'ipp://10.0.0.8:8631/ipp/print',
    );
    expect(announcedPrinter({ addresses: ['fe80::1'], port: 631 })).toBeUndefined();
  });

  it('behind a queue of this machine’s CUPS is a candidate by its queue', async () => {
    const asked: number[] = [];
    const server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        asked.push(Buffer.concat(parts).readUInt16BE(2));
        const queue = (name: string) => [4, [['printer-name', 0x42, name]]] as const;
        response.end(
          writeIpp({
            version: [1, 1],
            code: 0,
            requestId: 1,
            groups: [[1, []], queue('KioskA4'), queue('../etc'), queue('Other-2')],
          }),
        );
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    open.push({ close: () => new Promise((resolve) => server.close(resolve)) });
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const at = { host: '127.0.0.1', port: address.port };
    expect(await listCupsQueues(at)).toEqual([
      { type: 'url', url: `ipp://127.0.0.1:${String(address.port)}/printers/KioskA4` },
      { type: 'url', url: `ipp://127.0.0.1:${String(address.port)}/printers/Other-2` },
    ]);
    expect(asked).toEqual([0x4002]);
    expect(await listCupsQueues({ ...at, port: 9 })).toEqual([]);
  });
});

describe('a scanner of codes on a serial port', () => {
  it('of a known maker is likely one, and is not asked: what it takes are commands', async () => {
    const usb = { vendorId: '1EAB', productId: '1d06', serialNumber: 'S1' };
    const candidates = [{ type: 'serial', path: '/dev/no-such-port', usb }] as const;
    expect(await probe({ candidates, timings: PATIENT })).toMatchObject([
      {
        class: 'codeScanner',
        protocol: 'serialCodes',
        transport: { type: 'serial', path: '/dev/no-such-port', baud: 9_600, usb },
        confidence: 'likely',
      },
    ]);
  });
});
