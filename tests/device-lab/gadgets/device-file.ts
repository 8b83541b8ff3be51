import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { CableEnd } from './cable.ts';

/** Between two looks at a file that has nothing to give, or takes nothing now. */
const LOOK_MS = 4;
/** The longest that one read can give: a frame, a report, a piece of a print. */
const READ_BYTES = 8_192;

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/**
 * The device's side of a gadget, by a device file. Opened without blocking: a read that waits in the kernel for a
 * cable that is out would hold the file open, and with it the gadget.
 */
export class DeviceFile implements CableEnd {
  readonly #file: FileHandle;
  readonly #data = new Set<(bytes: Uint8Array) => void>();
  readonly #reading: Promise<void>;
  #closed = false;

  private constructor(file: FileHandle, reads: boolean) {
    this.#file = file;
    this.#reading = reads ? this.#read() : Promise.resolve();
  }

  static async open(path: string, use: 'both' | 'write' = 'both'): Promise<DeviceFile> {
    const file = await open(path, constants.O_RDWR | constants.O_NONBLOCK);
    return new DeviceFile(file, use === 'both');
  }

  onData(listener: (bytes: Uint8Array) => void): void {
    this.#data.add(listener);
  }

  async send(bytes: Uint8Array): Promise<void> {
    let sent = 0;
    while (sent < bytes.length && !this.#closed) {
      try {
        sent += (await this.#file.write(bytes, sent)).bytesWritten;
      } catch (error) {
        if (codeOf(error) !== 'EAGAIN') return;
        await pause(LOOK_MS);
      }
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#reading;
    await this.#file.close();
  }

  async #read(): Promise<void> {
    const buffer = new Uint8Array(READ_BYTES);
    while (!this.#closed) {
      try {
        const { bytesRead } = await this.#file.read(buffer);
        const bytes = buffer.slice(0, bytesRead);
        if (bytesRead > 0) for (const listener of this.#data) listener(bytes);
        else await pause(LOOK_MS);
      } catch {
        // Nothing there yet, or the cable is out: its owner closes the file.
        await pause(LOOK_MS);
      }
    }
  }
}
