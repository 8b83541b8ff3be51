import { fault } from '../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../domain/device/fault.ts';
import type { Result } from '../../domain/result.ts';
import { err, ok } from '../../domain/result.ts';
import type { Unsubscribe } from '../device.ts';
import { LineListeners } from './line-listeners.ts';
import { describeError } from './stream-line.ts';
import type { ByteLine } from './transport.ts';

/** What is used of an open device of node-hid (`HIDAsync`). */
export interface HidHandle {
  on(event: 'data', listener: (report: Uint8Array) => void): unknown;
  on(event: 'error', listener: (error: unknown) => void): unknown;
  write(report: Buffer): Promise<number>;
  close(): Promise<void>;
}

/**
 * A line of reports. What `onData` gives is always one whole input report, its report id first; what `write`
 * takes is one whole output report.
 */
export type HidLine = ByteLine;

/** A line over an open HID device. */
export class HidReportLine implements HidLine {
  readonly #handle: HidHandle;
  readonly #writeTimeoutMs: number;
  readonly #listeners = new LineListeners();
  #hangingUp: Promise<void> | undefined;

  constructor(handle: HidHandle, writeTimeoutMs: number) {
    this.#handle = handle;
    this.#writeTimeoutMs = writeTimeoutMs;
    // The library says of a device that was pulled out that it cannot be read; there is no 'close'.
    handle.on('error', (error) => {
      this.#end(describeError(error));
    });
    handle.on('data', (report) => {
      this.#listeners.deliver(Uint8Array.from(report));
    });
  }

  onData(listener: (report: Uint8Array) => void): Unsubscribe {
    return this.#listeners.onData(listener);
  }

  onClose(listener: (reason: string) => void): Unsubscribe {
    return this.#listeners.onClose(listener);
  }

  async write(report: Uint8Array): Promise<Result<void, Fault>> {
    const { gone } = this.#listeners;
    if (gone !== undefined) return err(fault('device.offline', { detail: gone }));
    const late = Promise.withResolvers<Result<void, Fault>>();
    const timer = setTimeout(() => {
      late.resolve(err(fault('device.timeout', { detail: 'write' })));
    }, this.#writeTimeoutMs);
    const stopWatching = this.onClose((reason) => {
      late.resolve(err(fault('device.offline', { detail: reason })));
    });
    const written = this.#handle.write(Buffer.from(report)).then(
      () => ok(undefined),
      (error: unknown) => err(fault('device.offline', { detail: describeError(error) })),
    );
    const result = await Promise.race([written, late.promise]);
    clearTimeout(timer);
    stopWatching();
    if (!result.ok) this.#end('a write did not go through');
    return result;
  }

  close(): Promise<void> {
    this.#end('closed here');
    return this.#hangingUp ?? Promise.resolve();
  }

  #end(reason: string): void {
    if (this.#listeners.end(reason)) this.#hangingUp = hangUp(this.#handle);
  }
}

/** Closes, but never waits longer than a second for a library that hangs. */
async function hangUp(handle: HidHandle): Promise<void> {
  // The library begins to read a tick after the first listener, and throws where nobody catches it if closed by then.
  await new Promise(setImmediate);
  const waited = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => {
    waited.resolve(undefined);
  }, 1_000);
  const closed = handle.close().catch(() => undefined);
  await Promise.race([closed, waited.promise]);
  clearTimeout(timer);
}
