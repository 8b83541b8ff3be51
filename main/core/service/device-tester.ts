import { fault } from '../../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../../domain/device/fault.ts';
import { maskName } from '../../../domain/identity/names.ts';
import { displayForm } from '../../../domain/identity/private-use.ts';
import type { ServiceDevice, ServiceDeviceView } from '../../contract/service-view.ts';
import { chinaMinute } from '../china-day.ts';
import type { Devices } from '../devices/contract.ts';
import type { Clock } from '../ports.ts';
import { faultView } from '../session/view.ts';
import { testSlip } from './test-slip.ts';

type TestView = ServiceDeviceView['test'];

const NONE: TestView = { state: 'none' };
/** So long a test waits for a card. */
const CARD_WAIT_MS = 60_000;
const PRINT_DEADLINE_MS = 30_000;
const SCAN_DEADLINE_MS = 90_000;

/** What the tests live on. */
export interface DeviceTesterParts {
  readonly clock: Clock;
  readonly devices: Devices;
  readonly terminalId: () => string;
  readonly onChange: () => void;
  /** A test ended by itself: with a fault. */
  readonly onFailed: (device: ServiceDevice) => void;
}

/**
 * Tests one device at a time of each class. A device that says that it did its work is believed only when
 * a person says so too; one that says that it failed has failed.
 */
export class DeviceTester {
  readonly #parts: DeviceTesterParts;
  #views: Partial<Record<ServiceDevice, TestView>> = {};
  #stop: Partial<Record<ServiceDevice, () => void>> = {};

  constructor(parts: DeviceTesterParts) {
    this.#parts = parts;
  }

  view(device: ServiceDevice): TestView {
    return this.#views[device] ?? NONE;
  }

  /** Starts a test; does nothing while one runs. */
  start(device: ServiceDevice): void {
    if (this.view(device).state === 'running') return;
    this.#show(device, { state: 'running' });
    const stop = new AbortController();
    this.#stop[device] = () => stop.abort();
    this.#run(device, stop.signal).then(
      (view) => {
        // left meanwhile: nobody waits for it
        if (stop.signal.aborted) return;
        this.#show(device, view);
        if (view.state === 'failed') this.#parts.onFailed(device);
      },
      () => this.#show(device, { state: 'failed' }),
    );
  }

  /** A person says whether the device did it. Says whether that was asked. */
  confirm(device: ServiceDevice, worked: boolean): boolean {
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

  #show(device: ServiceDevice, view: TestView): void {
    this.#views = { ...this.#views, [device]: view };
    this.#parts.onChange();
  }

  #run(device: ServiceDevice, signal: AbortSignal): Promise<TestView> {
    switch (device) {
      case 'idCard':
        return this.#readCard(signal);
      case 'receiptPrinter':
        return this.#print(signal);
      case 'documentScanner':
        return this.#scan(signal);
    }
  }

  #readCard(signal: AbortSignal): Promise<TestView> {
    const { clock, devices } = this.#parts;
    return new Promise((resolve) => {
      const end = (view: TestView): void => {
        cancel();
        unsubscribe();
        resolve(view);
      };
      const cancel = clock.after(CARD_WAIT_MS, () => end(failed(fault('device.timeout'))));
      const unsubscribe = devices.idCard.onEvent((event) => {
        if (event.type === 'failed') end(failed(event.fault));
        if (event.type !== 'card') return;
        const { data, photo } = event.readout;
        photo.fill(0);
        const name = data.name === '' ? (data.latinName ?? '') : data.name;
        end({ state: 'ask', maskedName: maskName(displayForm(name)) });
      });
      signal.addEventListener('abort', () => end(NONE), { once: true });
    });
  }

  async #print(signal: AbortSignal): Promise<TestView> {
    const { clock, devices, terminalId } = this.#parts;
    const slip = testSlip(terminalId(), chinaMinute(clock.wall()));
    const outcome = await devices.receiptPrinter.print(slip, {
      deadlineMs: PRINT_DEADLINE_MS,
      signal,
    });
    if (outcome.outcome === 'failed') return failed(outcome.fault);
    // unknown: only the person at the outlet knows
    if (outcome.outcome === 'unknown') return { state: 'ask', fault: faultView(outcome.fault) };
    return { state: 'ask' };
  }

  async #scan(signal: AbortSignal): Promise<TestView> {
    const scanner = this.#parts.devices.documentScanner;
    let bytes = 0;
    const result = await scanner.scan(
      {
        source: scanner.sources[0] ?? 'flatbed',
        resolutionDpi: 150,
        colour: 'colour',
        maxPages: 1,
      },
      (page) => {
        bytes += page.bytes.length;
        page.bytes.fill(0);
      },
      { deadlineMs: SCAN_DEADLINE_MS, signal },
    );
    if (!result.ok) return failed(result.error);
    return bytes === 0 ? failed(fault('scanner.noPaper')) : { state: 'ask', bytes };
  }
}

function failed(why: Fault): TestView {
  return { state: 'failed', fault: faultView(why) };
}
