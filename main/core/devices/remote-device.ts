import { fault, type FaultCode } from '../../../domain/device/fault-catalogue.ts';
import type { DrivenClass, DeviceStatus } from '../../../domain/device/status.ts';
import type { DeviceDeed } from '../../../domain/device/deed.ts';
import type { Fault } from '../../../domain/device/fault.ts';
import type { CommandOptions, Unsubscribe } from '../../../drivers/device.ts';
import type { HardwareDetails } from '../../../drivers/hardware.ts';
import type { ClassMessage, CommandMessage } from '../../device-host/protocol.ts';
import type { Wires } from '../../device-host/wires.ts';
import type { Clock } from '../ports.ts';
import type { CoreDevice } from './contract.ts';
import { Deeds, type DeedListener } from './deeds.ts';
import { StatusHolder } from './status-holder.ts';

/** The way to the device host, as one device sees it. */
export interface HostLink {
  readonly clock: Clock;
  isConfigured(device: DrivenClass): boolean;
  /** Why no command can be given now. */
  refusal(device: DrivenClass): FaultCode | undefined;
  /** A number for a command; never given twice. */
  nextId(): number;
  /** False when there is no host to hear it. */
  send(message: CommandMessage<DrivenClass> | { type: 'cancel'; id: number }): boolean;
  /** For a host that broke its word. */
  kill(): void;
}

/** A host must end a command by its deadline; one that is later by so much hangs. */
const GRACE_MS = 5_000;

interface Job<C extends DrivenClass> {
  readonly progress: (part: Wires[C]['progress']) => void;
  readonly end: (result: Wires[C]['result']) => void;
}

/**
 * A device in the device host, as the core holds it: its status, its commands under way, and how all of it ends
 * truthfully when the host dies. A class of device says in a subclass what its commands and events are.
 */
export abstract class RemoteDevice<C extends DrivenClass> implements CoreDevice {
  readonly device: C;
  readonly #link: HostLink;
  readonly #status: StatusHolder;
  readonly #deeds = new Deeds();
  readonly #hardwareListeners = new Set<() => void>();
  #hardware: HardwareDetails = {};
  readonly #jobs = new Map<number, Job<C>>();

  constructor(device: C, link: HostLink) {
    this.device = device;
    this.#link = link;
    this.#status = new StatusHolder(this.#atStart());
  }

  get status(): DeviceStatus {
    return this.#status.status;
  }

  onStatus(listener: (status: DeviceStatus) => void): Unsubscribe {
    return this.#status.onStatus(listener);
  }

  get hardware(): HardwareDetails {
    return this.#hardware;
  }

  onHardware(listener: () => void): Unsubscribe {
    this.#hardwareListeners.add(listener);
    return () => {
      this.#hardwareListeners.delete(listener);
    };
  }

  onDeed(listener: DeedListener): Unsubscribe {
    return this.#deeds.onDeed(listener);
  }

  /** What the host told of this device. */
  heard(message: ClassMessage<C>): void {
    switch (message.type) {
      case 'status':
        this.#status.set(message.status);
        break;
      case 'hardware':
        this.#isHardware(message.hardware);
        break;
      case 'facts':
        this.heardFacts(message.facts);
        break;
      case 'event':
        this.heardEvent(message.event);
        break;
      case 'progress':
        this.#jobs.get(message.id)?.progress(message.progress);
        break;
      case 'ended':
        this.#jobs.get(message.id)?.end(message.result);
        break;
      case 'refused':
        this.#jobs.get(message.id)?.end(this.ending(message.code, false));
        break;
    }
  }

  /** The host is gone with all it held. */
  hostDown(): void {
    if (this.#link.isConfigured(this.device)) {
      this.#status.set({ state: 'unknown', fault: fault('device.hostDown') });
    }
    this.#lose();
  }

  /** The set-up has changed: whatever was before is no more. */
  beginAnew(): void {
    this.#lose();
    this.#isHardware({});
    this.#status.set(this.#atStart());
  }

  /**
   * How a command ends that the host did not end itself.
   * @param sent the device may have done it, or a part of it
   */
  protected abstract ending(code: FaultCode, sent: boolean): Wires[C]['result'];

  /** The device did something, or failed to by this fault. */
  protected did(deed: DeviceDeed, why?: Fault): void {
    this.#deeds.did(deed, why);
  }

  protected heardEvent(_event: Wires[C]['event']): void {
    // most classes have none
  }

  protected heardFacts(_facts: Wires[C]['facts']): void {
    // most classes have none
  }

  /** What besides commands was under way at the device ends with this fault; what was known of it is no more. */
  protected lost(_code: FaultCode): void {
    // most classes have none
  }

  /** Lets the device do something. Never rejects. */
  protected run(
    command: Wires[C]['command'],
    options: CommandOptions,
    progress: (part: Wires[C]['progress']) => void = () => undefined,
  ): Promise<Wires[C]['result']> {
    const { device } = this;
    const { clock } = this.#link;
    const { signal, deadlineMs } = options;
    const refused =
      this.#link.refusal(device) ?? (signal?.aborted === true ? 'device.cancelled' : undefined);
    if (refused !== undefined) return Promise.resolve(this.ending(refused, false));
    const id = this.#link.nextId();
    if (!this.#link.send({ type: 'command', device, id, command, deadlineMs })) {
      return Promise.resolve(this.ending('device.hostDown', false));
    }
    return new Promise((resolve) => {
      const onAbort = (): void => {
        this.#link.send({ type: 'cancel', id });
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      const cancelGuard = clock.after(deadlineMs + GRACE_MS, () => this.#link.kill());
      const end = (result: Wires[C]['result']): void => {
        cancelGuard();
        signal?.removeEventListener('abort', onAbort);
        this.#jobs.delete(id);
        resolve(result);
      };
      this.#jobs.set(id, { progress, end });
    });
  }

  #atStart(): DeviceStatus {
    return { state: this.#link.isConfigured(this.device) ? 'starting' : 'noDevice' };
  }

  #isHardware(hardware: HardwareDetails): void {
    this.#hardware = hardware;
    for (const listener of [...this.#hardwareListeners]) listener();
  }

  #lose(): void {
    for (const job of [...this.#jobs.values()]) job.end(this.ending('device.hostDown', true));
    this.lost('device.hostDown');
  }
}
