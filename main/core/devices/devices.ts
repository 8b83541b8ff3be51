import type { FaultCode } from '../../../domain/device/fault-catalogue.ts';
import { DRIVEN_CLASSES, type DrivenClass } from '../../../domain/device/status.ts';
import type { DevicesConfig } from '../../../kiosk-config/index.ts';
import type { ClassMessage, FromHost } from '../../device-host/protocol.ts';
import type { Clock, Processes } from '../ports.ts';
import { remoteDevices, type RemoteDevices } from './classes.ts';
import type { Devices } from './contract.ts';
import { PageCamera } from './page-camera.ts';
import { HOST_TIMINGS, HostProcess, type HostTimings } from './host-process.ts';
import type { HostLink } from './remote-device.ts';

/** What the devices live on. */
export interface DevicesOptions {
  readonly processes: Processes;
  readonly clock: Clock;
  readonly devices: DevicesConfig['devices'];
  /** Absolute path of the device host's entry. */
  readonly entry: string;
  readonly timings?: Partial<HostTimings>;
  /** Letters and digits under which this terminal, and no other, prints; the same at every start. */
  readonly owner?: string;
}

/** Opens the devices: starts the device host and keeps it running until `close`. */
export function openDevices(options: DevicesOptions): Devices {
  const host = new DeviceSupervisor(options);
  const documentCamera = new PageCamera(options.devices.documentCamera);
  return {
    ...host.devices,
    documentCamera,
    get cardReaderSince() {
      return host.cardReaderSince;
    },
    get restarts() {
      return host.restarts;
    },
    reconfigure: (devices) => {
      documentCamera.configure(devices.documentCamera);
      return host.reconfigure(devices);
    },
    close: () => host.close(),
  };
}

/** Holds the device host and every device in it. */
class DeviceSupervisor implements HostLink {
  readonly clock: Clock;
  readonly devices: RemoteDevices;
  readonly #options: DevicesOptions;
  #configured: DevicesConfig['devices'];
  #host: HostProcess | undefined;
  #earlierRestarts = 0;
  #lastId = 0;
  #cardReaderSince = -Infinity;

  constructor(options: DevicesOptions) {
    this.#options = options;
    this.clock = options.clock;
    this.#configured = options.devices;
    this.devices = remoteDevices(this);
    const { idCard } = this.devices;
    let online = false;
    idCard.onStatus(({ state }) => {
      if (state === 'online' && !online) this.#cardReaderSince = this.clock.now();
      online = state === 'online';
    });
    this.#startHost();
  }

  get cardReaderSince(): number {
    return this.#cardReaderSince;
  }

  get restarts(): number {
    return this.#earlierRestarts + (this.#host?.restarts ?? 0);
  }

  isConfigured(device: DrivenClass): boolean {
    return this.#configured[device] !== null;
  }

  refusal(device: DrivenClass): FaultCode | undefined {
    if (!this.isConfigured(device)) return 'device.unsupported';
    return this.#host === undefined ? 'device.hostDown' : undefined;
  }

  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  send(message: Parameters<HostLink['send']>[0]): boolean {
    return this.#host?.send(message) === true;
  }

  kill(): void {
    this.#host?.kill();
  }

  async reconfigure(devices: DevicesConfig['devices']): Promise<void> {
    const before = this.#host;
    this.#earlierRestarts = this.restarts;
    this.#host = undefined;
    this.#configured = devices;
    for (const device of DRIVEN_CLASSES) this.devices[device].beginAnew();
    await before?.close();
    this.#startHost();
  }

  async close(): Promise<void> {
    await this.#host?.close();
  }

  #startHost(): void {
    const devices = this.#configured;
    // a terminal without any device needs no host either
    if (DRIVEN_CLASSES.every((device) => devices[device] === null)) return;
    // what a host that was replaced still says counts no more
    const current = (): boolean => this.#host === host;
    const host: HostProcess = new HostProcess(
      this.#options,
      {
        configure: () => ({ type: 'configure', devices, owner: this.#options.owner }),
        onMessage: (message) => current() && this.#heard(message),
        onDown: () => current() && this.#down(),
      },
      { ...HOST_TIMINGS, ...this.#options.timings },
    );
    this.#host = host;
  }

  #heard(message: FromHost): void {
    if (message.type !== 'pong') this.#heardOf(message.device, message);
  }

  #heardOf<C extends DrivenClass>(device: C, message: ClassMessage<C>): void {
    this.devices[device].heard(message);
  }

  #down(): void {
    for (const device of DRIVEN_CLASSES) this.devices[device].hostDown();
  }
}
