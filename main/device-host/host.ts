import { fault, type FaultCode } from '../../domain/device/fault-catalogue.ts';
import { DRIVEN_CLASSES, type DrivenClass } from '../../domain/device/status.ts';
import type { Device } from '../../drivers/device.ts';
import { sleep, systemClock } from '../../drivers/transport/system-clock.ts';
import type { DevicesConfig } from '../../kiosk-config/index.ts';
import { HOSTED_CLASSES } from './classes.ts';
import type { Configured, Hosted } from './hosted-class.ts';
import type { Wires } from './wires.ts';
import type { ClassMessage, CommandMessage, FromHost, ToHost } from './protocol.ts';

/**
 * The device host without its process: turns messages into calls of drivers, and back. A command that comes while
 * drivers are still loaded waits for them, as far as its own time goes.
 */
export class DeviceHost {
  readonly #send: (message: FromHost) => void;
  readonly #classes: typeof HOSTED_CLASSES;
  readonly #commands = new Map<number, AbortController>();
  #hosted: { [C in DrivenClass]?: Hosted<C> } = {};
  /** Drivers are being loaded; settles when each was told to open, or cannot be loaded. */
  #loading: Promise<unknown> | undefined;

  constructor(send: (message: FromHost) => void, classes = HOSTED_CLASSES) {
    this.#send = send;
    this.#classes = classes;
  }

  async handle(message: ToHost): Promise<void> {
    switch (message.type) {
      case 'configure':
        await this.#configure(message.devices, message.owner);
        break;
      case 'command':
        await this.#run(message);
        break;
      case 'cancel':
        this.#commands.get(message.id)?.abort();
        break;
      case 'ping':
        this.#send({ type: 'pong' });
        break;
      case 'close':
        await this.close();
        break;
    }
  }

  async close(): Promise<void> {
    for (const command of this.#commands.values()) command.abort();
    await Promise.all(this.#drivers().map((driver) => driver.close()));
    this.#hosted = {};
  }

  async #configure(devices: DevicesConfig['devices'], owner: string | undefined): Promise<void> {
    const made = Promise.all(
      DRIVEN_CLASSES.map((device) => this.#make(device, devices[device], owner)),
    );
    // begun for all of them before any command goes on: a driver waits for its own line
    const opening = made.then(() => this.#drivers().map((driver) => driver.open()));
    this.#loading = opening;
    const opened = await opening;
    this.#loading = undefined;
    await Promise.all(opened);
  }

  /** A driver that cannot be loaded is a fault of its device alone. */
  async #make<C extends DrivenClass>(
    device: C,
    config: Configured<C> | null,
    owner: string | undefined,
  ): Promise<void> {
    if (config === null) return;
    try {
      const tell = {
        event: (event: Wires[C]['event']) => this.#tell<C>({ type: 'event', device, event }),
        facts: (facts: Wires[C]['facts']) => this.#tell<C>({ type: 'facts', device, facts }),
      };
      const hosted = await this.#classes[device](config, tell, owner);
      this.#hosted = { ...this.#hosted, [device]: hosted };
      const { driver } = hosted;
      const { hardware } = driver;
      hardware?.onTold(() =>
        this.#tell<C>({ type: 'hardware', device, hardware: hardware.details }),
      );
      driver.onStatus((status) => this.#tell<C>({ type: 'status', device, status }));
      this.#tell<C>({ type: 'status', device, status: driver.status });
    } catch (error) {
      const detail = error instanceof Error ? error.message : 'unknown';
      const status = {
        state: 'offline',
        fault: fault('device.missingLibrary', { detail }),
      } as const;
      this.#tell<C>({ type: 'status', device, status });
    }
  }

  async #run<C extends DrivenClass>(message: CommandMessage<C>): Promise<void> {
    const { device, id, command, deadlineMs } = message;
    const controller = new AbortController();
    const { signal } = controller;
    this.#commands.set(id, controller);
    const until = systemClock.now() + deadlineMs;
    try {
      const refusal = await this.#refusal(deadlineMs, signal);
      const run = this.#hosted[device]?.run;
      if (refusal !== undefined || run === undefined) {
        overwrite(command);
        this.#tell<C>({ type: 'refused', device, id, code: refusal ?? 'device.unsupported' });
        return;
      }
      const result = await run(
        command,
        (progress) => this.#tell<C>({ type: 'progress', device, id, progress }),
        { signal, deadlineMs: Math.max(1, until - systemClock.now()) },
      );
      this.#tell<C>({ type: 'ended', device, id, result });
    } finally {
      this.#commands.delete(id);
    }
  }

  /** Waits for drivers that are being loaded. Gives why a command cannot go on then. */
  async #refusal(deadlineMs: number, signal: AbortSignal): Promise<FaultCode | undefined> {
    if (this.#loading === undefined) return undefined;
    const over = new AbortController();
    const late = sleep(systemClock, deadlineMs, AbortSignal.any([signal, over.signal]));
    const loaded = await Promise.race([this.#loading.then(() => true), late.then(() => false)]);
    over.abort();
    if (signal.aborted) return 'device.cancelled';
    // what the core says of devices that are started anew
    return loaded ? undefined : 'device.hostDown';
  }

  #drivers(): readonly Device[] {
    return DRIVEN_CLASSES.flatMap((device) => this.#hosted[device]?.driver ?? []);
  }

  #tell<C extends DrivenClass>(message: ClassMessage<C>): void {
    this.#send(message);
  }
}

/** A document of a person that no driver gets: this process keeps nothing of it. */
function overwrite(command: unknown): void {
  if (typeof command !== 'object' || command === null || !('bytes' in command)) return;
  if (command.bytes instanceof Uint8Array) command.bytes.fill(0);
}
