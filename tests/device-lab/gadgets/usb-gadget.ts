// USB devices made by the kernel's configfs: what a real one tells of itself, and its functions.
import { mkdir, readFile, rmdir, symlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CableEnd, Pluggable } from './cable.ts';

/** What a device tells of itself when it is plugged in. */
export interface UsbIdentity {
  readonly vendorId: number;
  readonly productId: number;
  readonly manufacturer: string;
  readonly product: string;
  readonly serialNumber: string;
}

/** One function of a device: its kind and name in configfs (`acm.scanner`), and what is set there. */
export interface UsbFunction {
  readonly name: string;
  readonly attributes?: Readonly<Record<string, string | Uint8Array>>;
}

const GADGETS = '/sys/kernel/config/usb_gadget';

const hex = (id: number): string => `0x${id.toString(16).padStart(4, '0')}`;

/** The id as the libraries show it, `1eab:1d06`. */
export function usbIds({ vendorId, productId }: UsbIdentity): string {
  return [vendorId, productId].map((id) => id.toString(16).padStart(4, '0')).join(':');
}

/** A device that can be plugged into one of the machine's ports, pulled out and plugged in again. */
export class UsbGadget {
  readonly #folder: string;
  readonly #identity: UsbIdentity;
  readonly #function: UsbFunction;

  /** The name is its own, it must be no other gadget's. */
  constructor(name: string, identity: UsbIdentity, usbFunction: UsbFunction) {
    this.#folder = join(GADGETS, name);
    this.#identity = identity;
    this.#function = usbFunction;
  }

  /** Makes it; it lies beside the machine, not plugged in. `prepare` runs before its function is in its place. */
  async make(prepare: () => Promise<void> = () => Promise.resolve()): Promise<void> {
    const { vendorId, productId, manufacturer, product, serialNumber } = this.#identity;
    const set = (path: string, value: string | Uint8Array): Promise<void> =>
      writeFile(join(this.#folder, path), value);
    await mkdir(this.#folder);
    await set('idVendor', hex(vendorId));
    await set('idProduct', hex(productId));
    await set('bcdUSB', '0x0200');
    // As devices of this kind are: packets of 64 bytes.
    await set('max_speed', 'full-speed');
    await mkdir(join(this.#folder, 'strings/0x409'));
    await set('strings/0x409/manufacturer', manufacturer);
    await set('strings/0x409/product', product);
    await set('strings/0x409/serialnumber', serialNumber);
    await mkdir(join(this.#folder, 'configs/c.1'));
    const functionPath = `functions/${this.#function.name}`;
    await mkdir(join(this.#folder, functionPath));
    for (const [name, value] of Object.entries(this.#function.attributes ?? {})) {
      await set(`${functionPath}/${name}`, value);
    }
    await prepare();
    await symlink(
      join(this.#folder, functionPath),
      join(this.#folder, 'configs/c.1', this.#function.name),
    );
  }

  /** What the kernel says of the function. */
  async attribute(name: string): Promise<string> {
    const path = join(this.#folder, 'functions', this.#function.name, name);
    return (await readFile(path, 'utf8')).trim();
  }

  async plug(port: number): Promise<void> {
    await writeFile(join(this.#folder, 'UDC'), `dummy_udc.${String(port)}`);
  }

  async unplug(): Promise<void> {
    await writeFile(join(this.#folder, 'UDC'), '\n');
  }

  /** Takes it apart; it must not be plugged in, and nobody may hold its files. `undo` is for what `prepare` did. */
  async remove(undo: () => Promise<void> = () => Promise.resolve()): Promise<void> {
    await unlink(join(this.#folder, 'configs/c.1', this.#function.name));
    await undo();
    await rmdir(join(this.#folder, 'functions', this.#function.name));
    await rmdir(join(this.#folder, 'configs/c.1'));
    await rmdir(join(this.#folder, 'strings/0x409'));
    await rmdir(this.#folder);
  }
}

/** A gadget together with the file by which its own side talks. */
export class GadgetDevice implements Pluggable {
  readonly #gadget: UsbGadget;
  readonly #openEnd: (gadget: UsbGadget, port: number) => Promise<CableEnd>;

  private constructor(
    gadget: UsbGadget,
    openEnd: (gadget: UsbGadget, port: number) => Promise<CableEnd>,
  ) {
    this.#gadget = gadget;
    this.#openEnd = openEnd;
  }

  /** `openEnd` is called each time that the device was plugged into a port. */
  static async make(
    gadget: UsbGadget,
    openEnd: (gadget: UsbGadget, port: number) => Promise<CableEnd>,
  ): Promise<GadgetDevice> {
    await gadget.make();
    return new GadgetDevice(gadget, openEnd);
  }

  async plug(port: number): Promise<CableEnd> {
    await this.#gadget.plug(port);
    return this.#openEnd(this.#gadget, port);
  }

  unplug(): Promise<void> {
    return this.#gadget.unplug();
  }

  remove(): Promise<void> {
    return this.#gadget.remove();
  }
}
