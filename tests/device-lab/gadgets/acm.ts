// A serial device over USB (CDC ACM): QR scanners, and readers with a serial chip of their own.
import { SerialPort } from 'serialport';
import { eventually } from '../patience.ts';
import type { CableEnd, Pluggable } from './cable.ts';
import { GadgetDevice, UsbGadget } from './usb-gadget.ts';
import type { UsbIdentity } from './usb-gadget.ts';

/** The device's side of the line is a serial port of its own, `/dev/ttyGS*`. */
class AcmEnd implements CableEnd {
  readonly #port: SerialPort;

  constructor(port: SerialPort) {
    this.#port = port;
    // The far end hangs up when the cable is pulled.
    port.on('error', () => undefined);
  }

  onData(listener: (bytes: Uint8Array) => void): void {
    this.#port.on('data', listener);
  }

  send(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      if (!this.#port.isOpen) resolve();
      else this.#port.write(bytes, () => resolve());
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      if (!this.#port.isOpen) resolve();
      else this.#port.close(() => resolve());
    });
  }
}

function openPort(path: string): Promise<SerialPort | undefined> {
  const port = new SerialPort({ path, baudRate: 115_200, autoOpen: false, lock: false });
  return new Promise((resolve) => {
    port.open((error) => resolve(error === null ? port : undefined));
  });
}

/** Makes a serial device; on our side it becomes `/dev/ttyACM*`. */
export function acmDevice(name: string, identity: UsbIdentity): Promise<Pluggable> {
  const gadget = new UsbGadget(name, identity, { name: `acm.${name}` });
  return GadgetDevice.make(gadget, async () => {
    const path = `/dev/ttyGS${await gadget.attribute('port_num')}`;
    return new AcmEnd(await eventually(() => openPort(path), `${path} of ${name}`));
  });
}
