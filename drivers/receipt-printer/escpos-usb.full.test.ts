import { connect, type Socket } from 'node:net';
import { SimulatedUsbDevice } from '../transport/simulator/usb-device.ts';
import { systemClock } from '../transport/system-clock.ts';
import type { UsbEndpointInfo } from '../transport/usb-library.ts';
import { usbTransport } from '../transport/usb.ts';
import { describeReceiptPrinter } from './conformance.ts';
import { EscPosPrinter } from './escpos-printer.ts';
import { PATIENT } from './printer-test-support.ts';
import { PROFILES } from './profile.ts';
import { EscPosSimulator } from './simulator/escpos-simulator.ts';

const IDS = { vendorId: 0x0483, productId: 0x5743 };
const profile = PROFILES.generic80;

const end = (direction: 'in' | 'out', endpointNumber: number): UsbEndpointInfo => ({
  endpointNumber,
  direction,
  type: 'bulk',
  packetSize: 64,
});

/** A printer of the printer class whose inside is the simulated printer; its hanging up pulls the plug. */
function usbPrinter(port: number): SimulatedUsbDevice {
  return new SimulatedUsbDevice({
    ...IDS,
    interfaceClass: 7,
    endpoints: [end('in', 1), end('out', 2)],
    onOpen: (host) => {
      const socket: Socket = connect(port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.on('data', (bytes: Uint8Array) => host.send(1, bytes));
      socket.on('close', () => host.unplug());
      return {
        received: (_, bytes) => void socket.write(bytes),
        closed: () => void socket.destroy(),
      };
    },
  });
}

describeReceiptPrinter('ESC/POS over USB, printer class', async () => {
  const simulator = new EscPosSimulator({ profile });
  const port = await simulator.listen(0);
  const transport = usbTransport({
    ...IDS,
    interfaceClass: 7,
    readTurnMs: 50,
    load: () => Promise.resolve({ getDevices: () => Promise.resolve([usbPrinter(port)]) }),
  });
  const printer = new EscPosPrinter({
    transport,
    clock: systemClock,
    profile,
    pollMs: 100,
    quietMs: 200,
    ...PATIENT,
  });
  return { printer, simulator };
});
