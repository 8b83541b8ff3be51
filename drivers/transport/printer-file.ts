import { constants } from 'node:fs';
import { access, open, type FileHandle } from 'node:fs/promises';
import { fault } from '../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../domain/device/fault.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { Unsubscribe } from '../device.ts';
import { LineListeners } from './line-listeners.ts';
import { openInTime } from './open-in-time.ts';
import { describeError } from './stream-line.ts';
import type { ByteLine, Transport } from './transport.ts';

/** A printer that the kernel drives itself: one file, for both directions. */
export interface PrinterFileAddress {
  /** `/dev/usb/lp0`, or a link to it that udev keeps. */
  readonly path: string;
  /** Default 5000. */
  readonly writeTimeoutMs?: number;
  /** How often to ask the file whether something came or can go, in ms; default 20. */
  readonly pollMs?: number;
  /** How often to look whether the file still exists, in ms; default 1000. */
  readonly watchMs?: number;
}

/** What goes to the kernel at once. */
const CHUNK_BYTES = 4_096;
const READ_BYTES = 1_024;

/**
 * Lines over the kernel's file of a USB printer. The file is opened without blocking and asked again and
 * again: a read that blocks would hold a thread of the process until the printer speaks, and one that is
 * under way could not be taken back. Linux only.
 * Faults of `connect`: `device.offline` (no such file), `device.misconfigured` (no right to open it, or it is
 * no device), `device.busy` (another program has it open), `device.timeout`, `device.cancelled`.
 */
export function printerFileTransport(address: PrinterFileAddress): Transport {
  return {
    address: `file:${address.path}`,
    connect: (options) => openInTime(() => openFile(address), options),
  };
}

async function openFile(address: PrinterFileAddress): Promise<Result<ByteLine, Fault>> {
  const { path, writeTimeoutMs = 5_000, pollMs = 20, watchMs = 1_000 } = address;
  try {
    const flags = constants.O_RDWR | constants.O_NONBLOCK | constants.O_NOCTTY;
    const file = await open(path, flags);
    // an ordinary file takes everything and prints nothing
    if (!(await file.stat()).isCharacterDevice()) {
      await file.close();
      return err(fault('device.misconfigured', { detail: 'not a device file' }));
    }
    return ok(new PrinterFileLine(path, file, { writeTimeoutMs, pollMs, watchMs }));
  } catch (error) {
    return err(openFault(describeError(error)));
  }
}

class PrinterFileLine implements ByteLine {
  readonly #file: FileHandle;
  readonly #writeTimeoutMs: number;
  readonly #pollMs: number;
  readonly #listeners = new LineListeners();
  readonly #reading: Promise<void>;
  #writing: Promise<unknown> = Promise.resolve();
  readonly #watch: ReturnType<typeof setInterval>;
  #hangingUp: Promise<void> | undefined;

  constructor(path: string, file: FileHandle, times: Required<Omit<PrinterFileAddress, 'path'>>) {
    this.#file = file;
    this.#writeTimeoutMs = times.writeTimeoutMs;
    this.#pollMs = times.pollMs;
    this.#reading = this.#read();
    // an unplugged printer that nobody writes to need not say so
    this.#watch = setInterval(() => {
      access(path).catch(() => this.#end('the device file no longer exists'));
    }, times.watchMs);
  }

  onData(listener: (bytes: Uint8Array) => void): Unsubscribe {
    return this.#listeners.onData(listener);
  }

  onClose(listener: (reason: string) => void): Unsubscribe {
    return this.#listeners.onClose(listener);
  }

  async write(bytes: Uint8Array): Promise<Result<void, Fault>> {
    const written = this.#writing.then(() => this.#write(bytes));
    this.#writing = written;
    const result = await written;
    if (!result.ok) this.#end(result.error.detail ?? 'a write did not go through');
    return result;
  }

  close(): Promise<void> {
    this.#end('closed here');
    return this.#hangingUp ?? Promise.resolve();
  }

  async #write(bytes: Uint8Array): Promise<Result<void, Fault>> {
    let until = performance.now() + this.#writeTimeoutMs;
    for (let at = 0; at < bytes.length;) {
      const { gone } = this.#listeners;
      if (gone !== undefined) return err(fault('device.offline', { detail: gone }));
      if (performance.now() > until) return err(fault('device.timeout', { detail: 'write' }));
      try {
        const length = Math.min(CHUNK_BYTES, bytes.length - at);
        at += (await this.#file.write(bytes, at, length, null)).bytesWritten;
        // each piece has its own time
        until = performance.now() + this.#writeTimeoutMs;
      } catch (error) {
        const why = describeError(error);
        if (!isNotNow(why)) return err(fault('device.offline', { detail: why }));
        await this.#pause();
      }
    }
    return this.#drained(until);
  }

  /**
   * The kernel takes a piece before the printer has it, and drops what is still under way when the file is
   * closed. A write of nothing says whether the last piece has gone.
   */
  async #drained(until: number): Promise<Result<void, Fault>> {
    for (;;) {
      try {
        await this.#file.write(new Uint8Array(1), 0, 0, null);
        return ok(undefined);
      } catch (error) {
        const why = describeError(error);
        if (!isNotNow(why)) return err(fault('device.offline', { detail: why }));
      }
      const { gone } = this.#listeners;
      if (gone !== undefined) return err(fault('device.offline', { detail: gone }));
      if (performance.now() > until) return err(fault('device.timeout', { detail: 'write' }));
      await this.#pause();
    }
  }

  async #read(): Promise<void> {
    const buffer = new Uint8Array(READ_BYTES);
    while (this.#listeners.gone === undefined) {
      try {
        const { bytesRead } = await this.#file.read(buffer, 0, buffer.length, null);
        if (bytesRead > 0) this.#listeners.deliver(buffer.slice(0, bytesRead));
        else await this.#pause();
      } catch (error) {
        const why = describeError(error);
        // a printer that only listens: what it prints goes out, nobody knows how it is
        if (why === 'EINVAL') return;
        if (isNotNow(why)) await this.#pause();
        else this.#end(why);
      }
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, this.#pollMs));
  }

  #end(reason: string): void {
    if (!this.#listeners.end(reason)) return;
    clearInterval(this.#watch);
    // neither blocks: both end within one turn
    this.#hangingUp = Promise.allSettled([this.#reading, this.#writing]).then(() =>
      this.#file.close().catch(() => undefined),
    );
  }
}

/** The kernel has nothing for us yet, or takes nothing yet; no paper is told like that, too. */
function isNotNow(code: string): boolean {
  return code === 'EAGAIN' || code === 'EWOULDBLOCK' || code === 'ENOSPC';
}

function openFault(detail: string): Fault {
  switch (detail) {
    case 'EACCES':
    case 'EPERM':
    case 'EISDIR':
      return fault('device.misconfigured', { detail });
    case 'EBUSY':
      return fault('device.busy', { detail });
    default:
      return fault('device.offline', { detail });
  }
}
