import { isDeepStrictEqual } from 'node:util';
import type { Fault } from '../domain/device/fault.ts';
import type { DeviceStatus } from '../domain/device/status.ts';
import type { DriverClock, Unsubscribe } from './device.ts';

/** What a driver tells of its device: no status twice in a row. */
export class ToldStatus {
  readonly #listeners = new Set<(status: DeviceStatus) => void>();
  #now: DeviceStatus;

  constructor(first: DeviceStatus = { state: 'starting' }) {
    this.#now = first;
  }

  /** What was told last. */
  get now(): DeviceStatus {
    return this.#now;
  }

  onStatus(listener: (status: DeviceStatus) => void): Unsubscribe {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  tell(status: DeviceStatus): void {
    if (isDeepStrictEqual(status, this.#now)) return;
    this.#now = status;
    for (const listener of [...this.#listeners]) listener(status);
  }
}

/** Of a device on a line that may be gone for a moment. */
export interface LineStatusOptions {
  readonly clock: DriverClock;
  /** A lost line is told after so long, in ms, if it has not come back. */
  readonly offlineAfterMs: number;
  readonly first?: DeviceStatus;
  /** Whether the line is back by then, though nothing was told on it yet. */
  readonly isBack?: () => boolean;
}

/** What is told of a line that does not come back: why is said always. */
export type LostLine = DeviceStatus & { readonly state: 'offline'; readonly fault: Fault };

/** A lost line is told only when it has lasted. */
export class LineStatus extends ToldStatus {
  readonly #options: LineStatusOptions;
  #cancel: Unsubscribe | undefined;
  #offline: LostLine | undefined;

  constructor(options: LineStatusOptions) {
    super(options.first);
    this.#options = options;
  }

  override tell(status: DeviceStatus): void {
    this.lineHolds();
    super.tell(status);
  }

  /** The device answers, and what it says is told later. */
  lineHolds(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  /** The line is gone: told at once while starting, else when it stays away. */
  lineLost(offline: LostLine): void {
    // that the line closed comes first; why there is no other one comes after it, and says more
    this.#offline = offline;
    const { state, fault: told } = this.now;
    const { clock, offlineAfterMs, isBack } = this.#options;
    if (state === 'starting' || (state === 'offline' && told?.code !== offline.fault.code)) {
      this.tell(offline);
    } else if (state !== 'offline') {
      this.#cancel ??= clock.after(offlineAfterMs, () => {
        this.#cancel = undefined;
        if (this.#offline !== undefined && isBack?.() !== true) this.tell(this.#offline);
      });
    }
  }
}
