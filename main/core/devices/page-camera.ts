import { isDeepStrictEqual } from 'node:util';
import { fault } from '../../../domain/device/fault-catalogue.ts';
import type { DeviceStatus } from '../../../domain/device/status.ts';
import type { Unsubscribe } from '../../../drivers/device.ts';
import type { DevicesConfig } from '../../../kiosk-config/index.ts';
import type { CameraReport, CameraSettings } from '../../contract/camera.ts';
import type { CoreCamera } from './contract.ts';
import { Deeds, type DeedListener } from './deeds.ts';
import { StatusHolder } from './status-holder.ts';

type CameraConfig = DevicesConfig['devices']['documentCamera'];

/** What is known before a page has spoken, and again when it is gone. */
const UNKNOWN: DeviceStatus = { state: 'unknown' };

/** What a page found, as the state of a device. */
function statusOf({ finding, seen }: CameraReport): DeviceStatus {
  const detail = seen.length === 0 ? {} : { detail: `seen: ${seen.map(plain).join(', ')}` };
  switch (finding) {
    case 'found':
      return { state: 'online' };
    case 'hidden':
      return UNKNOWN;
    case 'missing':
      return { state: 'offline', fault: fault('camera.missing', detail) };
    case 'refused':
      return { state: 'offline', fault: fault('camera.refused') };
    case 'unreadable':
      return { state: 'hardwareError', fault: fault('camera.unreadable') };
    case 'tooCoarse':
      return { state: 'hardwareError', fault: fault('camera.tooCoarse', detail) };
  }
}

/** A name as it may stand in a list for technicians: the page is not trusted. */
const plain = (name: string): string => name.replaceAll(/[^\p{L}\p{N} ()._:/-]/gu, '').slice(0, 80);

/**
 * The document camera. No driver of the device host speaks to it: the browser holds it, the page looks through
 * it. Its state is what the page that is there now says of it, `unknown` while none has said anything.
 */
export class PageCamera implements CoreCamera {
  readonly #status: StatusHolder;
  readonly #listeners = new Set<() => void>();
  readonly #deeds = new Deeds();
  /** The browser tells no more of it than its name, which stands in the settings. */
  readonly hardware = {};
  #config: CameraConfig;
  #page: object | undefined;

  constructor(config: CameraConfig) {
    this.#config = config;
    this.#status = new StatusHolder(this.#atStart());
  }

  get status(): DeviceStatus {
    return this.#status.status;
  }

  get settings(): CameraSettings | null {
    if (this.#config === null) return null;
    const { label, minWidth, stillMs, rotate } = this.#config;
    return { label, minWidth, stillMs, rotate };
  }

  onStatus(listener: (status: DeviceStatus) => void): Unsubscribe {
    return this.#status.onStatus(listener);
  }

  onHardware(): Unsubscribe {
    return () => undefined;
  }

  onDeed(listener: DeedListener): Unsubscribe {
    return this.#deeds.onDeed(listener);
  }

  onSettings(listener: () => void): Unsubscribe {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  reported(page: object, report: CameraReport): void {
    if (this.#config === null) return;
    this.#page = page;
    this.#status.set(statusOf(report));
  }

  took(): void {
    this.#deeds.did('pictureTaken');
  }

  pageGone(page: object): void {
    if (this.#page !== page) return;
    this.#page = undefined;
    this.#status.set(this.#atStart());
  }

  /** The set-up has changed; what a page said of another camera counts no more. */
  configure(config: CameraConfig): void {
    if (isDeepStrictEqual(config, this.#config)) return;
    this.#config = config;
    this.#page = undefined;
    this.#status.set(this.#atStart());
    for (const listener of [...this.#listeners]) listener();
  }

  #atStart(): DeviceStatus {
    return this.#config === null ? { state: 'noDevice' } : UNKNOWN;
  }
}
