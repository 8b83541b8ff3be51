// Test support: a printer whose words come when a test wants them. Not part of the product.
import { ok } from '../../domain/result.ts';
import type { DriverClock, Unsubscribe } from '../device.ts';
import type { ByteLine, Transport } from '../transport/transport.ts';
import { until } from './conformance.ts';

/** A printer whose every word is said by the test; only questions about its state it answers by itself. */
export class SlowPrinter {
  paper: 'full' | 'out' = 'full';
  /** Never answers a question about its state. */
  silent = false;
  /** What it is sent is taken only then. */
  takes: Promise<unknown> = Promise.resolve();
  /** Whether its outlet says that something hangs there. */
  hanging = false;
  /** Everything it was sent but questions about its state. */
  sent = '';
  /** How often it was asked whether it is done. */
  asked = 0;
  /** Called as such a question arrives, with its number: what it says then comes before any limit of a fast clock. */
  whenAsked: (number: number) => void = () => undefined;
  /** The place in its next answer of a byte that is lost on the way. */
  loses: number | undefined;
  readonly transport: Transport = {
    address: 'serial:slow',
    connect: () => Promise.resolve(ok(this.#line())),
  };
  readonly #listeners = new Set<(bytes: Uint8Array) => void>();

  #line(): ByteLine {
    return {
      onData: (listener) => {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
      onClose: () => () => undefined,
      write: (bytes) => {
        const text = Buffer.from(bytes).toString('latin1');
        if (text.startsWith('\x10\x04')) this.#answer(bytes[2] ?? 0);
        else this.sent += text;
        for (let times = text.split('\x1dr\x01').length - 1; times > 0; times -= 1) {
          const number = (this.asked += 1);
          queueMicrotask(() => {
            this.whenAsked(number);
          });
        }
        return this.takes.then(() => ok(undefined));
      },
      close: () => Promise.resolve(),
    };
  }

  #answer(question: number): void {
    if (this.silent) return;
    const out = this.paper === 'out';
    const realTime = out ? [0x1a, 0x32, 0x12, 0x7e] : [0x12, 0x12, 0x12, 0x12];
    const paper = (out ? 0x05 : 0) | (this.hanging ? 0x20 : 0);
    const whole = question === 0x14 ? [0x10, 0x0f, paper, 0, 0, 0] : [realTime[question - 1] ?? 0];
    const lost = this.loses;
    this.loses = undefined;
    queueMicrotask(() => {
      this.say(...whole.filter((_, place) => place !== lost));
    });
  }

  say(...bytes: readonly number[]): void {
    for (const listener of [...this.#listeners]) listener(Uint8Array.from(bytes));
  }

  /** What a new driver does first. */
  async isCleared(): Promise<void> {
    await this.isAsked(1);
    // of whoever spoke to it before it may owe one word, besides that for being asked
    this.say(0x00, 0x00);
    await this.isAsked(2);
    this.say(0x00);
  }

  /** Says that something is done while it takes what it is sent, which has this in it. */
  async saysWhileTaking(text: string): Promise<void> {
    await until(
      () => this.sent.includes(text),
      () => 'what it is to take',
    );
    this.say(0x00);
  }

  async isAsked(times: number): Promise<void> {
    await until(
      () => this.asked >= times,
      () => `${times} questions, there were ${this.asked}`,
    );
  }
}

/**
 * A clock that runs a hundred times too fast and stands still while the process does: it goes by the turns of the
 * event loop, so that no limit passes on a busy machine before what was to come in time had a turn.
 */
export class TurnClock implements DriverClock {
  #now = 0;
  #turns: NodeJS.Timeout | undefined;
  readonly #timers = new Set<{ readonly at: number; readonly callback: () => void }>();

  now(): number {
    return this.#now;
  }

  after(ms: number, callback: () => void): Unsubscribe {
    const timer = { at: this.#now + ms, callback };
    this.#timers.add(timer);
    this.#turns ??= setInterval(() => {
      this.#turn();
    }, 1);
    return () => this.#timers.delete(timer);
  }

  #turn(): void {
    this.#now += 100;
    for (const timer of this.#timers) {
      if (timer.at > this.#now) continue;
      this.#timers.delete(timer);
      timer.callback();
    }
    if (this.#timers.size > 0) return;
    clearInterval(this.#turns);
    this.#turns = undefined;
  }
}
