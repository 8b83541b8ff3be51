import type { Duplex } from 'node:stream';
import { fault } from '../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../domain/device/fault.ts';
import type { Result } from '../../domain/result.ts';
import { err, ok } from '../../domain/result.ts';
import type { Unsubscribe } from '../device.ts';
import type { ByteLine } from './transport.ts';

/** Bytes kept for a reader that has not subscribed yet; more are dropped. */
const HELD_BYTES = 65_536;

/** How a stream is hung up for good, and how long a write may take. */
export interface StreamLineOptions {
  /** Lets go of the stream; must settle by itself. */
  readonly hangUp: () => Promise<void>;
  /** A write that the system does not take within so many ms ends the line. */
  readonly writeTimeoutMs: number;
}

/** A line over a Node stream, for sockets and serial ports alike. */
export class StreamLine implements ByteLine {
  readonly #stream: Duplex;
  readonly #options: StreamLineOptions;
  readonly #data = new Set<(bytes: Uint8Array) => void>();
  readonly #close = new Set<(reason: string) => void>();
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  #gone: string | undefined;
  #hangingUp: Promise<void> | undefined;

  constructor(stream: Duplex, options: StreamLineOptions) {
    this.#stream = stream;
    this.#options = options;
    // A serial port without a data listener never notices that its far end died.
    stream.on('data', (bytes: Uint8Array) => {
      this.#deliver(bytes);
    });
    stream.on('end', () => {
      this.end('the far end hung up');
    });
    stream.on('error', (error: Error | undefined) => {
      this.end(describeError(error));
    });
    stream.on('close', () => {
      this.end('closed');
    });
  }

  onData(listener: (bytes: Uint8Array) => void): Unsubscribe {
    this.#data.add(listener);
    if (this.#held.length > 0) {
      const held = this.#held;
      this.#held = [];
      queueMicrotask(() => {
        for (const bytes of held) this.#deliver(bytes);
      });
    }
    return () => this.#data.delete(listener);
  }

  onClose(listener: (reason: string) => void): Unsubscribe {
    const reason = this.#gone;
    if (reason !== undefined) {
      queueMicrotask(() => {
        listener(reason);
      });
      return () => undefined;
    }
    this.#close.add(listener);
    return () => this.#close.delete(listener);
  }

  write(bytes: Uint8Array): Promise<Result<void, Fault>> {
    if (this.#gone !== undefined) {
      return Promise.resolve(err(fault('device.offline', { detail: this.#gone })));
    }
    return new Promise((resolve) => {
      const settle = (result: Result<void, Fault>): void => {
        clearTimeout(timer);
        stopWatching();
        resolve(result);
      };
      const timer = setTimeout(() => {
        settle(err(fault('device.timeout', { detail: 'write' })));
        this.end('a write did not go through');
      }, this.#options.writeTimeoutMs);
      const stopWatching = this.onClose((reason) => {
        settle(err(fault('device.offline', { detail: reason })));
      });
      this.#stream.write(bytes, (error) => {
        if (error === null || error === undefined) {
          settle(ok(undefined));
          return;
        }
        settle(err(fault('device.offline', { detail: describeError(error) })));
        this.end(describeError(error));
      });
    });
  }

  close(): Promise<void> {
    this.end('closed here');
    return this.#hangingUp ?? Promise.resolve();
  }

  /** The line is of no more use, and why: tells the listeners once and lets the stream go. */
  end(reason: string): void {
    if (this.#gone !== undefined) return;
    this.#gone = reason;
    this.#hangingUp = this.#options.hangUp();
    const listeners = [...this.#close];
    this.#close.clear();
    for (const listener of listeners) listener(reason);
  }

  #deliver(bytes: Uint8Array): void {
    if (this.#data.size > 0) {
      for (const listener of [...this.#data]) listener(bytes);
    } else if (this.#heldBytes + bytes.length <= HELD_BYTES) {
      this.#held.push(bytes);
      this.#heldBytes += bytes.length;
    }
  }
}

/**
 * What an error of a stream says, in one line: its code if the system gave it one. Native add-ons may give no
 * message at all, or a code that says nothing (`GenericFailure`).
 */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  const code: unknown = 'code' in error ? error.code : undefined;
  const isOfSystem = typeof code === 'string' && /^[A-Z][A-Z0-9_]*$/.test(code);
  return isOfSystem ? code : error.message || error.name;
}
