// Devices with all that they said, in order.
import type { Device } from '../../../drivers/device.ts';
import type { CodeScanner, CodeScannerEvent } from '../../../drivers/code-scanner/contract.ts';
import type { IdCardEvent, IdCardReader } from '../../../drivers/id-card/contract.ts';
import type { DeviceState, DeviceStatus } from '../../../domain/device/status.ts';
import { until } from '../patience.ts';

/** A device whose statuses are kept. */
export class WatchedDevice<D extends Device> {
  readonly device: D;
  readonly statuses: DeviceStatus[] = [];

  constructor(device: D) {
    this.device = device;
    device.onStatus((status) => this.statuses.push(status));
  }

  get states(): readonly DeviceState[] {
    return this.statuses.map(({ state }) => state);
  }

  /** The same from the first time on that it was online: the machine may be slower than the driver. */
  get statesOnceOnline(): readonly DeviceState[] {
    return this.states.slice(this.states.indexOf('online'));
  }

  state(state: DeviceState): Promise<void> {
    return until(
      () => this.device.status.state === state,
      () => `${state}; it is ${JSON.stringify(this.device.status)} after ${this.states.join(', ')}`,
    );
  }
}

/** A scanner whose codes are kept. */
export class WatchedScanner extends WatchedDevice<CodeScanner> {
  readonly events: CodeScannerEvent[] = [];

  constructor(device: CodeScanner) {
    super(device);
    device.onEvent((event) => this.events.push(event));
  }

  /** Texts and fault codes in the order in which they were told. */
  get story(): readonly string[] {
    return this.events.map((event) => (event.type === 'code' ? event.text : event.fault.code));
  }

  told(count: number): Promise<void> {
    return until(
      () => this.events.length >= count,
      () => `${String(count)} codes; told: ${this.story.join(', ')}`,
    );
  }
}

/** A reader whose story is kept. */
export class WatchedReader extends WatchedDevice<IdCardReader> {
  readonly events: IdCardEvent[] = [];

  constructor(device: IdCardReader) {
    super(device);
    device.onEvent((event) => this.events.push(event));
  }

  get story(): readonly string[] {
    return this.events.map((event) =>
      event.type === 'failed' ? `failed ${event.fault.code}` : event.type,
    );
  }

  /** Waits until an event has come so many times. */
  saw(type: IdCardEvent['type'], count = 1): Promise<void> {
    return until(
      () => this.events.filter((event) => event.type === type).length >= count,
      () => `${String(count)} x ${type}; events: ${this.story.join(', ')}`,
    );
  }
}
