import type { Cancel, Clock } from '../ports.ts';
import type { PinRole } from './pins.ts';
import type { Visitor } from './service-desk.ts';

/** Whoever has not been let in by then has gone elsewhere. */
const WAIT_MS = 10 * 60_000;

/** Somebody who waits. */
export interface Waiting {
  readonly visitor: Visitor;
  readonly role: PinRole;
  /** ISO 8601; then the wait is over. */
  readonly until: string;
}

/**
 * One visitor whose PIN was right while a citizen is served. The wait ends when the visitor is let in, gives up or is
 * gone, and by itself after ten minutes.
 */
export class WaitingVisitor {
  readonly #clock: Clock;
  readonly #onOver: () => void;
  #waiting: Waiting | undefined;
  #cancel: Cancel = () => undefined;

  /** @param onOver the wait ended by itself */
  constructor(clock: Clock, onOver: () => void) {
    this.#clock = clock;
    this.#onOver = onOver;
  }

  /** Who waits. */
  get now(): Waiting | undefined {
    return this.#waiting;
  }

  /** Lets somebody wait; whoever waits already begins anew. */
  begin(visitor: Visitor, role: PinRole): Waiting {
    this.#cancel();
    const until = new Date(this.#clock.wall() + WAIT_MS).toISOString();
    this.#waiting = { visitor, role, until };
    this.#cancel = this.#clock.after(WAIT_MS, () => {
      this.end();
      this.#onOver();
    });
    return this.#waiting;
  }

  end(): void {
    this.#cancel();
    this.#waiting = undefined;
  }
}
