// An HID device made by a program (uhid): an HID POS scanner.
import { DATA_REPORT, HID_POS_SCANNER } from '../../../drivers/code-scanner/hid-report.ts';
import { DeviceFile } from './device-file.ts';
import type { UsbIdentity } from './usb-gadget.ts';

/** Kinds of events of `/dev/uhid`, from the kernel's `uhid.h`. */
const EVENT = { destroy: 1, create: 11, input: 12 } as const;
/** The longest event: what makes a device, with room for 4,096 bytes of its descriptor. */
const EVENT_BYTES = 4 + 128 + 64 + 64 + 2 + 2 + 4 * 4 + 4_096;
const BUS_USB = 3;

/** An input report of 63 bytes after its id, for the usages of a bar code scanner. */
const DESCRIPTOR = Uint8Array.of(
  ...[0x05, HID_POS_SCANNER.usagePage, 0x09, HID_POS_SCANNER.usage, 0xa1, 0x01],
  ...[0x85, DATA_REPORT.id, 0x15, 0x00, 0x26, 0xff, 0x00, 0x75, 0x08],
  ...[0x95, DATA_REPORT.bytes - 1, 0x09, 0xfe, 0x81, 0x02, 0xc0],
);

function creation({ vendorId, productId, product, serialNumber }: UsbIdentity): Uint8Array {
  const event = Buffer.alloc(EVENT_BYTES);
  event.writeUInt32LE(EVENT.create, 0);
  event.write(product, 4, 127);
  event.write(serialNumber, 4 + 128 + 64, 63);
  const rest = 4 + 128 + 64 + 64;
  event.writeUInt16LE(DESCRIPTOR.length, rest);
  event.writeUInt16LE(BUS_USB, rest + 2);
  event.writeUInt32LE(vendorId, rest + 4);
  event.writeUInt32LE(productId, rest + 8);
  event.set(DESCRIPTOR, rest + 20);
  return event;
}

/** A scanner that sends reports; plugged in from `plug` to `unplug`. */
export class UhidScanner {
  readonly #identity: UsbIdentity;
  #file: DeviceFile | undefined;

  constructor(identity: UsbIdentity) {
    this.#identity = identity;
  }

  async plug(): Promise<void> {
    // The file reads, and so drains, what the kernel tells of opening and closing.
    this.#file = await DeviceFile.open('/dev/uhid');
    await this.#file.send(creation(this.#identity));
  }

  async send(report: Uint8Array): Promise<void> {
    const event = Buffer.alloc(6 + report.length);
    event.writeUInt32LE(EVENT.input, 0);
    event.writeUInt16LE(report.length, 4);
    event.set(report, 6);
    await this.#file?.send(event);
  }

  async unplug(): Promise<void> {
    const event = Buffer.alloc(4);
    event.writeUInt32LE(EVENT.destroy, 0);
    await this.#file?.send(event);
    await this.#file?.close();
    this.#file = undefined;
  }
}
