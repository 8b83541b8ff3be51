import { fault } from '../../../domain/device/fault-catalogue.ts';
import type { DeviceClass } from '../../../domain/device/status.ts';
import type { ServiceDeviceView } from '../../contract/service-view.ts';
import type { TrialEnd, TrialParts } from '../devices/trial/contract.ts';
import { TRIALS } from '../devices/trial/trials.ts';
import { faultView } from '../session/view.ts';

type TestView = ServiceDeviceView['test'];

const NONE: TestView = { state: 'none' };
/** So long a test waits for a card. */
const WAIT_SECONDS = 60;

/** What the tests live on. */
export interface DeviceTesterParts extends Omit<TrialParts, 'seconds'> {
  readonly onChange: () => void;
  /** A test ended by itself: with a fault. */
  readonly onFailed: (device: DeviceClass) => void;
}

/**
 * Tests one device at a time of each class. A device that says that it did its work is believed only when
 * a person says so too; one that says that it failed has failed.
 */
export class DeviceTester {
  readonly #parts: DeviceTesterParts;
  #views: Partial<Record<DeviceClass, TestView>> = {};
  #stop: Partial<Record<DeviceClass, () => void>> = {};

  constructor(parts: DeviceTesterParts) {
    this.#parts = parts;
  }

  view(device: DeviceClass): TestView {
    return this.#views[device] ?? NONE;
  }

  /** Starts a test; does nothing while one runs. */
  start(device: DeviceClass): void {
    if (this.view(device).state === 'running') return;
    this.#show(device, { state: 'running' });
    const stop = new AbortController();
    this.#stop[device] = () => stop.abort();
    const trial = TRIALS[device];
    trial({ ...this.#parts, seconds: WAIT_SECONDS }, stop.signal, () => undefined).then(
      (end) => {
        // left meanwhile: nobody waits for it
        if (stop.signal.aborted) return;
        const view = viewOf(end);
        this.#show(device, view);
        if (view.state === 'failed') this.#parts.onFailed(device);
      },
      () => this.#show(device, { state: 'failed' }),
    );
  }

  /** A person says whether the device did it. Says whether that was asked. */
  confirm(device: DeviceClass, worked: boolean): boolean {
    if (this.view(device).state !== 'ask') return false;
    this.#show(device, { state: worked ? 'passed' : 'failed' });
    return true;
  }

  /** Ends what runs and forgets what was seen. */
  reset(): void {
    for (const stop of Object.values(this.#stop)) stop();
    this.#stop = {};
    this.#views = {};
  }

  #show(device: DeviceClass, view: TestView): void {
    this.#views = { ...this.#views, [device]: view };
    this.#parts.onChange();
  }
}

/** A trial that the device passed by its own word is put before a person. */
function viewOf({ result, fault: why, noCard, card, page, code }: TrialEnd): TestView {
  const stood = why ?? (noCard === true ? fault('device.timeout') : undefined);
  return {
    state: result === 'failed' ? 'failed' : 'ask',
    ...(stood === undefined ? {} : { fault: faultView(stood) }),
    ...(card === undefined ? {} : { maskedName: card.maskedName }),
    ...(code === undefined ? {} : { characters: code.characters }),
    ...(page === undefined ? {} : { bytes: page.bytes }),
  };
}
