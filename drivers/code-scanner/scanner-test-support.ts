// Test support: a clock whose long waits end when the test says, and lines to hold. Not part of the product.
import { ok } from '../../domain/result.ts';
import type { DriverClock, Unsubscribe } from '../device.ts';
import type { Backoff } from '../transport/reconnecting.ts';
import { systemClock } from '../transport/system-clock.ts';
import type { ByteLine, Transport } from '../transport/transport.ts';
import type { ScannerTimings } from './line-scanner.ts';

/** Waits of so many ms and more end only by `elapse`. */
const HELD_MS = 10_000;

/** Pause and memory for duplicates end by `SteeredClock.elapse`, however slow the machine; the rest is short. */
export const STEERED_TIMINGS: ScannerTimings = {
  pauseMs: 20_000,
  duplicateMs: 30_000,
  settleMs: 30,
  offlineAfterMs: 250,
  noisyAfterMs: 100,
};

/** Short waits between two attempts to connect. */
export const FAST_BACKOFF: Backoff = { baseMs: 20, capMs: 100, floorMs: 10 };

/** Real time for short waits; long ones end when told. */
export class SteeredClock implements DriverClock {
  readonly #held = new Set<() => void>();

  now(): number {
    return systemClock.now();
  }

  after(ms: number, callback: () => void): Unsubscribe {
    if (ms < HELD_MS) return systemClock.after(ms, callback);
    const held = (): void => callback();
    this.#held.add(held);
    return () => this.#held.delete(held);
  }

  /** All long waits that run now are over. */
  elapse(): void {
    const held = [...this.#held];
    this.#held.clear();
    for (const callback of held) callback();
  }
}

interface HeldTimer {
  readonly at: number;
  readonly callback: () => void;
}

/** A clock that stands still until moved; timers run in the order of their times. */
export class HeldClock implements DriverClock {
  #now = 0;
  #timers: HeldTimer[] = [];

  now(): number {
    return this.#now;
  }

  after(ms: number, callback: () => void): Unsubscribe {
    const timer = { at: this.#now + ms, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Lets time go by; promises that wait for timers are settled in between. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      await new Promise(setImmediate);
      const next = this.#timers
        .filter((timer) => timer.at <= end)
        .reduce<HeldTimer | undefined>((first, timer) => {
          return first === undefined || timer.at < first.at ? timer : first;
        }, undefined);
      if (next === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#now = next.at;
      next.callback();
    }
    this.#now = end;
  }
}

/** A line whose far end is the test. */
export class HeldLine implements ByteLine {
  readonly written: Uint8Array[] = [];
  readonly #data = new Set<(bytes: Uint8Array) => void>();
  readonly #close = new Set<(reason: string) => void>();

  onData(listener: (bytes: Uint8Array) => void): Unsubscribe {
    this.#data.add(listener);
    return () => this.#data.delete(listener);
  }

  onClose(listener: (reason: string) => void): Unsubscribe {
    this.#close.add(listener);
    return () => this.#close.delete(listener);
  }

  write(bytes: Uint8Array): ReturnType<ByteLine['write']> {
    this.written.push(bytes);
    return Promise.resolve(ok(undefined));
  }

  close(): Promise<void> {
    const listeners = [...this.#close];
    this.#close.clear();
    for (const listener of listeners) listener('closed');
    return Promise.resolve();
  }

  /** The far end sends. */
  send(bytes: Uint8Array | string): void {
    const piece = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
    for (const listener of [...this.#data]) listener(piece);
  }
}

/** Every call gets the line that the test makes for it. */
export function heldTransport(next: () => HeldLine): Transport {
  return { address: 'test', connect: () => Promise.resolve(ok(next())) };
}
