// Test support: parts with all they said, and patience. Not part of the product.
import { expect } from 'vitest';
import type { DeviceState, DeviceStatus } from '../../domain/device/status.ts';
import type { Simulator, SimulatorCommand } from '../simulator-host/simulator.ts';
import type { PartsEvent, TerminalParts } from './contract.ts';

/** A driver that is not open yet, and the simulator at the other end of its line, already listening. */
export interface PartsAndSimulator {
  readonly parts: TerminalParts;
  readonly simulator: Simulator;
  /** Closes the line between them; driver and simulator are closed by the suite. */
  readonly dispose?: () => Promise<void>;
}

/** A machine under load is given this long. */
export const PATIENCE_MS = 15_000;
/** For a command that is to succeed, however slow the machine. */
export const PATIENT = { deadlineMs: PATIENCE_MS };

/** Waits until something holds; fails with `what` after a generous while. */
export async function until(holds: () => boolean, what: () => string): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`waited in vain for ${what()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function words(event: PartsEvent): string {
  if (event.type === 'key') return `key ${event.key}`;
  if (event.type === 'stuck' || event.type === 'loose') return `${event.type} ${event.input}`;
  if (event.type === 'light') return `light ${event.place} ${event.value}`;
  return 'value' in event ? `${event.type} ${event.value}` : event.type;
}

/** The parts with all they said, in order. */
export class Watched {
  readonly story: string[] = [];
  readonly statuses: DeviceStatus[] = [];
  readonly parts: TerminalParts;
  readonly simulator: Simulator;
  readonly dispose: (() => Promise<void>) | undefined;

  constructor(made: PartsAndSimulator) {
    this.parts = made.parts;
    this.simulator = made.simulator;
    this.dispose = made.dispose;
    made.parts.onEvent((event) => this.story.push(words(event)));
    made.parts.onStatus((status) => this.statuses.push(status));
  }

  /** What was pressed, in order. */
  get presses(): string[] {
    return this.story.filter((word) => word === 'call' || word.startsWith('key '));
  }

  command(command: SimulatorCommand): void {
    expect(this.simulator.command(command)).toEqual({ ok: true, value: undefined });
  }

  state(state: DeviceState): Promise<void> {
    return until(
      () => this.parts.status.state === state,
      () => `state ${state}, it is ${JSON.stringify(this.parts.status)}`,
    );
  }

  saw(word: string, count = 1): Promise<void> {
    return until(
      () => this.story.filter((said) => said === word).length >= count,
      () => `${count} x ${word}; events: ${this.story.join(', ')}`,
    );
  }

  /** Until a device that never answers is as well as can be known. */
  silent(): Promise<void> {
    return until(
      () => this.parts.status.state === 'unknown' && this.parts.status.fault === undefined,
      () => `a device without a fault, it is ${JSON.stringify(this.parts.status)}`,
    );
  }

  async online(): Promise<this> {
    await this.parts.open();
    await this.state('online');
    return this;
  }
}
