// A USB device whose interface belongs to its maker: pairs of bulk endpoints that a program answers (functionfs).
import { constants } from 'node:fs';
import { mkdir, open, rmdir } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from '../machine/programs.ts';
import type { CableEnd, Pluggable } from './cable.ts';
import { DeviceFile } from './device-file.ts';
import { UsbGadget } from './usb-gadget.ts';
import type { UsbIdentity } from './usb-gadget.ts';

/** Numbers of the kernel's `functionfs.h`. */
const DESCRIPTORS = { magic: 3, fullSpeed: 1, highSpeed: 2 } as const;
const STRINGS_MAGIC = 2;
const US_ENGLISH = 0x0409;

/**
 * One interface of the maker's own class with pairs of bulk endpoints, each one in, then one out. The kernel gives
 * them the numbers that its port has.
 */
function interfaceDescriptor(packetBytes: number, pairs: number): Uint8Array {
  const size = [packetBytes & 0xff, packetBytes >> 8];
  const pair = (i: number) => [
    ...[7, 5, 0x81 + 2 * i, 2, ...size, 0],
    ...[7, 5, 0x02 + 2 * i, 2, ...size, 0],
  ];
  return Uint8Array.of(
    ...[9, 4, 0, 0, 2 * pairs, 0xff, 0, 0, 1],
    ...Array.from({ length: pairs }, (_, i) => pair(i)).flat(),
  );
}

function words(...numbers: readonly number[]): Uint8Array {
  const bytes = Buffer.alloc(numbers.length * 4);
  for (const [i, number] of numbers.entries()) bytes.writeUInt32LE(number, i * 4);
  return bytes;
}

function descriptors(pairs: number): Uint8Array {
  const full = interfaceDescriptor(64, pairs);
  const high = interfaceDescriptor(512, pairs);
  const count = 1 + 2 * pairs;
  const length = 5 * 4 + full.length + high.length;
  const flags = DESCRIPTORS.fullSpeed | DESCRIPTORS.highSpeed;
  return Buffer.concat([words(DESCRIPTORS.magic, length, flags, count, count), full, high]);
}

function strings(name: string): Uint8Array {
  const text = Buffer.from(`${name}\0`);
  const language = Buffer.alloc(2);
  language.writeUInt16LE(US_ENGLISH);
  const length = 4 * 4 + language.length + text.length;
  return Buffer.concat([words(STRINGS_MAGIC, length, 1, 1), language, text]);
}

/** The device's side of one pair of endpoints. */
export interface BulkPair {
  readonly toHost: DeviceFile;
  readonly fromHost: DeviceFile;
}

/** Both endpoints, as one end of a cable. */
class BulkEnd implements CableEnd {
  readonly #in: DeviceFile;
  readonly #out: DeviceFile;

  constructor({ toHost, fromHost }: BulkPair) {
    this.#in = toHost;
    this.#out = fromHost;
  }

  onData(listener: (bytes: Uint8Array) => void): void {
    this.#out.onData(listener);
  }

  send(bytes: Uint8Array): Promise<void> {
    return this.#in.send(bytes);
  }

  async close(): Promise<void> {
    await this.#in.close();
    await this.#out.close();
  }
}

class BulkDevice implements Pluggable {
  readonly #gadget: UsbGadget;
  readonly #folder: string;
  readonly #control: FileHandle;
  readonly #shape: BulkShape;

  constructor(gadget: UsbGadget, folder: string, control: FileHandle, shape: BulkShape) {
    this.#gadget = gadget;
    this.#folder = folder;
    this.#control = control;
    this.#shape = shape;
  }

  async plug(port: number): Promise<CableEnd> {
    await this.#gadget.plug(port);
    const pairs: BulkPair[] = [];
    for (let i = 0; i < this.#shape.pairs; i += 1) {
      const file = (number: number): string => join(this.#folder, `ep${number + 2 * i}`);
      pairs.push({
        toHost: await DeviceFile.open(file(1), 'write'),
        fromHost: await DeviceFile.open(file(2)),
      });
    }
    return this.#shape.end(pairs);
  }

  unplug(): Promise<void> {
    return this.#gadget.unplug();
  }

  async remove(): Promise<void> {
    await this.#control.close();
    await this.#gadget.remove(async () => {
      await runProgram('umount', [this.#folder]);
      await rmdir(this.#folder);
    });
  }
}

/** How many pairs of endpoints a device has, and how they make one end of a cable. */
export interface BulkShape {
  readonly pairs: number;
  readonly end: (pairs: readonly BulkPair[]) => CableEnd;
}

const ONE_PAIR: BulkShape = {
  pairs: 1,
  end: ([pair]) => {
    if (pair === undefined) throw new Error('a bulk device without endpoints');
    return new BulkEnd(pair);
  },
};

/** Makes a device with bulk endpoints; on our side only the library `usb` talks to it. */
export async function bulkDevice(
  name: string,
  identity: UsbIdentity,
  shape: BulkShape = ONE_PAIR,
): Promise<Pluggable> {
  const gadget = new UsbGadget(name, identity, { name: `ffs.${name}` });
  const folder = join('/run', `ffs-${name}`);
  let control: FileHandle | undefined;
  await gadget.make(async () => {
    await mkdir(folder);
    await runProgram('mount', ['-t', 'functionfs', name, folder]);
    // As long as this file is open the device answers.
    control = await open(join(folder, 'ep0'), constants.O_RDWR | constants.O_NONBLOCK);
    await control.write(descriptors(shape.pairs));
    await control.write(strings(identity.product));
  });
  if (control === undefined) throw new Error('a gadget was made without its interface');
  return new BulkDevice(gadget, folder, control, shape);
}
