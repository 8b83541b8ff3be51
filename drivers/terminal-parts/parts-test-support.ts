// Test support: times for real sockets, and a held clock with a line in memory. Not part of the product.
import { fault } from '../../domain/device/fault-catalogue.ts';
import { err, ok } from '../../domain/result.ts';
import type { DriverClock, Unsubscribe } from '../device.ts';
import type { Backoff } from '../transport/reconnecting.ts';
import type { ByteLine, Transport } from '../transport/transport.ts';
import type { PartsEvent, TerminalParts } from './contract.ts';
import { createTerminalParts } from './parts-driver.ts';
import type { PartsTimings } from './parts-timings.ts';
import { SimulatedBoard } from './simulator/simulated-board.ts';
import type { BoardTimes, SimulatedBoardOptions } from './simulator/simulated-board.ts';

/** Everything goes faster than with a real board, and slowly enough for a slow machine. */
export const FAST_TIMINGS: Partial<PartsTimings> = {
  pollMs: 50,
  answerMs: 300,
  greetPauseMs: 20,
  lossAfterMs: 150,
  strangerPollMs: 100,
  stuckMs: 400,
  settle: {
    headphones: { in: 20, out: 0, unknown: 0 },
    presence: { near: 20, away: 40, unknown: 20 },
    door: { open: 20, closed: 40, unknown: 20 },
    mains: { lost: 20, on: 40, unknown: 20 },
    battery: { low: 20, ok: 40, unknown: 20 },
  },
};

/** The same for the simulated board. */
export const FAST_BOARD: Partial<BoardTimes> = { resendMs: 60, bootEveryMs: 200 };

/** Short waits between two attempts to connect. */
export const FAST_BACKOFF: Backoff = { baseMs: 20, capMs: 200, floorMs: 10 };

/** A clock that stands still until it is told how much time goes by. */
export class HeldClock implements DriverClock {
  #now = 0;
  readonly #timers = new Set<{ readonly at: number; readonly callback: () => void }>();

  now(): number {
    return this.#now;
  }

  after(ms: number, callback: () => void): Unsubscribe {
    const timer = { at: this.#now + Math.max(0, ms), callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Lets time go by: every timer at its moment, and everything it sets off before the next. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    await quiet();
    for (;;) {
      let next: { readonly at: number; readonly callback: () => void } | undefined;
      for (const timer of this.#timers) {
        if (timer.at <= end && (next === undefined || timer.at < next.at)) next = timer;
      }
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.callback();
      await quiet();
    }
    this.#now = end;
    await quiet();
  }
}

/** Until no promise is on its way: they all settle without real input or output. */
function quiet(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** What a line does with bytes on their way; gives what arrives, in pieces. */
export type Meddle = (bytes: Uint8Array) => readonly Uint8Array[];

/** A driver and a board on a line in memory, on one held clock. */
export class Bench {
  readonly clock = new HeldClock();
  readonly board: SimulatedBoard;
  readonly parts: TerminalParts;
  readonly events: PartsEvent[] = [];
  readonly states: string[] = [];
  /** How often the line was opened. */
  opened = 0;
  /** Nobody can be called. */
  unreachable = false;
  toBoard: Meddle = (bytes) => [bytes];
  toTerminal: Meddle = (bytes) => [bytes];
  #line:
    { readonly data: Set<(bytes: Uint8Array) => void>; readonly hangUp: () => void } | undefined;

  constructor(
    options: Partial<SimulatedBoardOptions> & { readonly timings?: Partial<PartsTimings> } = {},
  ) {
    const { timings = {}, ...board } = options;
    this.board = new SimulatedBoard({
      ...board,
      clock: this.clock,
      send: (bytes) => {
        for (const piece of this.toTerminal(bytes)) this.deliver(piece);
      },
    });
    this.parts = createTerminalParts({
      transport: this.#transport(),
      clock: this.clock,
      timings,
      random: () => 0.624,
    });
    this.parts.onEvent((event) => this.events.push(event));
    this.parts.onStatus((status) => this.states.push(status.state));
  }

  /** Opens the driver and waits until it is online. */
  async online(): Promise<this> {
    await this.parts.open();
    await this.clock.pass(0);
    if (this.parts.status.state !== 'online') throw new Error('not online');
    this.events.length = 0;
    return this;
  }

  /** These bytes reach the terminal. */
  deliver(bytes: Uint8Array): void {
    for (const listener of [...(this.#line?.data ?? [])]) listener(bytes);
  }

  /** The line breaks. */
  hangUp(): void {
    this.#line?.hangUp();
  }

  /** What happened, in short words. */
  get story(): string[] {
    return this.events.map((event) => {
      if (event.type === 'key') return `key ${event.key}`;
      if (event.type === 'stuck' || event.type === 'loose') return `${event.type} ${event.input}`;
      if (event.type === 'light') return `light ${event.place} ${event.value}`;
      return 'value' in event ? `${event.type} ${event.value}` : event.type;
    });
  }

  async close(): Promise<void> {
    this.board.stop();
    await this.parts.close();
  }

  #transport(): Transport {
    return {
      address: 'memory',
      connect: () => {
        if (this.unreachable) return Promise.resolve(err(fault('device.offline')));
        this.opened += 1;
        return Promise.resolve(ok(this.#open()));
      },
    };
  }

  #open(): ByteLine {
    const data = new Set<(bytes: Uint8Array) => void>();
    const closed = new Set<(reason: string) => void>();
    const hangUp = (): void => {
      if (this.#line !== line) return;
      this.#line = undefined;
      for (const listener of [...closed]) listener('gone');
    };
    const line = { data, hangUp };
    this.#line = line;
    return {
      onData: (listener) => {
        data.add(listener);
        return () => data.delete(listener);
      },
      onClose: (listener) => {
        closed.add(listener);
        return () => closed.delete(listener);
      },
      write: (bytes) => {
        if (this.#line !== line) return Promise.resolve(err(fault('device.offline')));
        for (const piece of this.toBoard(bytes)) this.board.receive(piece);
        return Promise.resolve(ok(undefined));
      },
      close: () => {
        hangUp();
        return Promise.resolve();
      },
    };
  }
}
