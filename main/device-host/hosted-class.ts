import type { DrivenClass } from '../../domain/device/status.ts';
import type { CommandOptions, Device } from '../../drivers/device.ts';
import type { DevicesConfig } from '../../kiosk-config/index.ts';
import type { Wires } from './wires.ts';

/** The configuration of a device that is meant to be there. */
export type Configured<C extends DrivenClass> = NonNullable<DevicesConfig['devices'][C]>;

/** How a class tells the core what happens at its device. */
export interface Tell<C extends DrivenClass> {
  event(event: Wires[C]['event']): void;
  facts(facts: Wires[C]['facts']): void;
}

/** One device with its driver, as the device host works with it. */
export interface Hosted<C extends DrivenClass> {
  readonly driver: Device;
  /** Does a command; absent for a class that takes none. Never rejects: a rejection ends the host as a bug. */
  readonly run?: (
    command: Wires[C]['command'],
    progress: (part: Wires[C]['progress']) => void,
    options: CommandOptions & { readonly signal: AbortSignal },
  ) => Promise<Wires[C]['result']>;
}

/**
 * Makes the driver of a class and connects it with the core; nothing is opened yet. Drivers and their native
 * libraries are imported inside, only where they are configured: what cannot be loaded on this machine takes
 * away one device, not all of them. Rejects then. `owner`: see the host's first message.
 */
export type HostedClass<C extends DrivenClass> = (
  config: Configured<C>,
  tell: Tell<C>,
  owner?: string,
) => Promise<Hosted<C>>;
