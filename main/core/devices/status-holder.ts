import { isDeepStrictEqual } from 'node:util';
import type { DeviceStatus } from '../../../domain/device/status.ts';
import type { Unsubscribe } from '../../../drivers/device.ts';

/** The status of one device and who wants to know of it; never tells two equal ones in a row. */
export class StatusHolder {
  #status: DeviceStatus;
  readonly #listeners = new Set<(status: DeviceStatus) => void>();

  constructor(status: DeviceStatus) {
    this.#status = status;
  }

  get status(): DeviceStatus {
    return this.#status;
  }

  set(status: DeviceStatus): void {
    if (isDeepStrictEqual(status, this.#status)) return;
    this.#status = status;
    for (const listener of [...this.#listeners]) listener(status);
  }

  onStatus(listener: (status: DeviceStatus) => void): Unsubscribe {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }
}
