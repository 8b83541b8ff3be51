// Test support: a reader of cards with all it said. Not part of the product.
import { expect } from 'vitest';
import type { Fault } from '../domain/device/fault.ts';
import type { DeviceState, DeviceStatus } from '../domain/device/status.ts';
import type { Device, Unsubscribe } from './device.ts';
import type { Simulator } from './simulator-host/simulator.ts';

/** What a reader of any cards tells. */
export type CardEvent<Readout> =
  | { readonly type: 'reading' }
  | { readonly type: 'card'; readonly readout: Readout }
  | { readonly type: 'failed'; readonly fault: Fault }
  | { readonly type: 'removed' };

/** A reader of any cards. */
export interface CardDevice<Readout> extends Device {
  onEvent(listener: (event: CardEvent<Readout>) => void): Unsubscribe;
}

/** Longer than any machine needs; whoever is waited for ends the wait. */
const PATIENCE_MS = 30_000;

/** Waits until something holds; fails with `what` after a generous while. */
export async function until(holds: () => boolean, what: () => string): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`waited in vain for ${what()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A reader with all it said, in order, and the simulator at its other end. */
export class WatchedCards<
  Readout,
  Made extends { readonly reader: CardDevice<Readout>; readonly simulator: Simulator },
> {
  readonly events: CardEvent<Readout>[] = [];
  readonly statuses: DeviceStatus[] = [];
  readonly made: Made;

  constructor(made: Made) {
    this.made = made;
    made.reader.onEvent((event) => this.events.push(event));
    made.reader.onStatus((status) => this.statuses.push(status));
  }

  get reader(): Made['reader'] {
    return this.made.reader;
  }

  get simulator(): Simulator {
    return this.made.simulator;
  }

  get cards(): readonly Readout[] {
    return this.events.flatMap((event) => (event.type === 'card' ? [event.readout] : []));
  }

  get story(): string {
    return this.events
      .map((event) => (event.type === 'failed' ? `failed ${event.fault.code}` : event.type))
      .join(', ');
  }

  command(command: Parameters<Simulator['command']>[0]): void {
    expect(this.simulator.command(command)).toEqual({ ok: true, value: undefined });
  }

  state(state: DeviceState): Promise<void> {
    return until(
      () => this.reader.status.state === state,
      () => `state ${state}, it is ${JSON.stringify(this.reader.status)}`,
    );
  }

  saw(count: number, type: CardEvent<Readout>['type']): Promise<void> {
    return until(
      () => this.events.filter((event) => event.type === type).length >= count,
      () => `${count} x ${type}; events: ${this.story}; ${JSON.stringify(this.reader.status)}`,
    );
  }

  async online(): Promise<this> {
    await this.reader.open();
    await this.state('online');
    return this;
  }
}
