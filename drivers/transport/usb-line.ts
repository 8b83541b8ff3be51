import { fault } from '../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../domain/device/fault.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { Unsubscribe } from '../device.ts';
import { LineListeners } from './line-listeners.ts';
import { describeError } from './stream-line.ts';
import type { ByteLine } from './transport.ts';
import type { ClaimedInterface } from './usb-claim.ts';
import type { UsbEndpointInfo, UsbHandle } from './usb-library.ts';

/** How bytes go in and out of an interface. */
export interface UsbPipes {
  /** What came, in whatever pieces; undefined when nothing came for one turn. Rejects when no more can come. */
  readonly read: (() => Promise<Uint8Array | undefined>) | undefined;
  /** Rejects when the bytes did not go out. */
  write(bytes: Uint8Array, timeoutMs: number): Promise<void>;
}

/** Bytes that go out in one transfer: what a slow printer takes well within its time. */
const CHUNK_BYTES = 4_096;
/** Stalls of one endpoint without a byte between them, after which the device is given up. */
const MOST_STALLS = 3;
/** Some printers answer every question for data with none, at once: they are not asked in a circle. */
const EMPTY_PAUSE_MS = 20;
/** Longest wait for a library that hangs when the line is hung up. */
const HANG_UP_MS = 2_000;

/**
 * Reads one packet at a time from an endpoint: of a longer transfer that ran out of time the library loses
 * what had come.
 */
export function packetReader(
  handle: UsbHandle,
  { endpointNumber, packetSize }: UsbEndpointInfo,
  turnMs: number,
): () => Promise<Uint8Array | undefined> {
  let stalls = 0;
  return async () => {
    try {
      const { data } = await handle.transferIn(endpointNumber, Math.max(1, packetSize), turnMs);
      stalls = 0;
      if (data !== undefined && data.byteLength > 0) {
        return Uint8Array.from(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      }
      await new Promise((resolve) => setTimeout(resolve, EMPTY_PAUSE_MS));
      return undefined;
    } catch (error) {
      const why = describeError(error);
      if (/cancelled/i.test(why)) return undefined;
      if (!/stall/i.test(why) || ++stalls > MOST_STALLS) throw error;
      await handle.clearHalt('in', endpointNumber);
      return undefined;
    }
  };
}

/** Writes to an endpoint, piece by piece, each with its own time. */
export function pieceWriter(
  handle: UsbHandle,
  { endpointNumber }: UsbEndpointInfo,
): UsbPipes['write'] {
  return async (bytes, timeoutMs) => {
    for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
      const piece = bytes.slice(at, at + CHUNK_BYTES);
      await handle.transferOut(endpointNumber, piece, timeoutMs);
    }
  };
}

/** The first bulk endpoint in and the first one out; undefined without one out. */
export function bulkPipes(
  { handle, endpoints }: ClaimedInterface,
  turnMs: number,
): UsbPipes | undefined {
  const bulk = endpoints.filter(({ type }) => type === 'bulk');
  const input = bulk.find(({ direction }) => direction === 'in');
  const output = bulk.find(({ direction }) => direction === 'out');
  if (output === undefined) return undefined;
  return {
    read: input && packetReader(handle, input, turnMs),
    write: pieceWriter(handle, output),
  };
}

/** A line over a claimed interface. Ends when the device is pulled out, and what was under way with it. */
export class UsbLine implements ByteLine {
  readonly #claimed: ClaimedInterface;
  readonly #pipes: UsbPipes;
  readonly #writeTimeoutMs: number;
  readonly #listeners = new LineListeners();
  readonly #reading: Promise<void>;
  #writing: Promise<unknown> = Promise.resolve();
  #hangingUp: Promise<void> | undefined;

  constructor(claimed: ClaimedInterface, pipes: UsbPipes, writeTimeoutMs: number) {
    this.#claimed = claimed;
    this.#pipes = pipes;
    this.#writeTimeoutMs = writeTimeoutMs;
    this.#reading = this.#read();
  }

  onData(listener: (bytes: Uint8Array) => void): Unsubscribe {
    return this.#listeners.onData(listener);
  }

  onClose(listener: (reason: string) => void): Unsubscribe {
    return this.#listeners.onClose(listener);
  }

  /** Writes go out one after the other: an endpoint takes one transfer at a time. */
  async write(bytes: Uint8Array): Promise<Result<void, Fault>> {
    const before = this.#writing;
    const mine = before.then(() => this.#write(bytes));
    this.#writing = mine;
    const cut = Promise.withResolvers<Result<void, Fault>>();
    const stopWatching = this.#listeners.onClose((reason) => {
      cut.resolve(err(fault('device.offline', { detail: reason })));
    });
    const result = await Promise.race([mine, cut.promise]);
    stopWatching();
    if (!result.ok) this.#end(result.error.detail ?? 'a write did not go through');
    return result;
  }

  close(): Promise<void> {
    this.#end('closed here');
    return this.#hangingUp ?? Promise.resolve();
  }

  async #write(bytes: Uint8Array): Promise<Result<void, Fault>> {
    if (this.#listeners.gone !== undefined) {
      return err(fault('device.offline', { detail: this.#listeners.gone }));
    }
    try {
      await this.#pipes.write(bytes, this.#writeTimeoutMs);
      return ok(undefined);
    } catch (error) {
      const detail = describeError(error);
      const late = /cancelled/i.test(detail);
      return err(fault(late ? 'device.timeout' : 'device.offline', { detail }));
    }
  }

  async #read(): Promise<void> {
    const { read } = this.#pipes;
    if (read === undefined) return;
    try {
      while (this.#listeners.gone === undefined) {
        const bytes = await read();
        if (bytes !== undefined) this.#listeners.deliver(bytes);
      }
    } catch (error) {
      this.#end(describeError(error));
    }
  }

  #end(reason: string): void {
    if (!this.#listeners.end(reason)) return;
    this.#hangingUp = this.#hangUp();
  }

  /** Lets transfers end by themselves first: the library must not be called twice at a time. */
  async #hangUp(): Promise<void> {
    const enough = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => enough.resolve(undefined), HANG_UP_MS);
    const released = Promise.allSettled([this.#reading, this.#writing]).then(() =>
      this.#claimed.release(),
    );
    await Promise.race([released, enough.promise]);
    clearTimeout(timer);
  }
}
