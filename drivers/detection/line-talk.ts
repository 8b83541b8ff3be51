import type { DriverClock } from '../device.ts';
import { sleep } from '../transport/system-clock.ts';
import type { ByteLine } from '../transport/transport.ts';

/** More than any answer to a harmless question has; who sends more is no device we know. */
const MOST_BYTES = 4_096;

/** Asks over a line and hears what comes, whatever it is. Keeps no more than it needs. */
export class LineTalk {
  readonly #line: ByteLine;
  readonly #clock: DriverClock;
  readonly #signal: AbortSignal;
  #heard: number[] = [];
  #total = 0;
  #wake: () => void = () => undefined;

  constructor(line: ByteLine, clock: DriverClock, signal: AbortSignal) {
    this.#line = line;
    this.#clock = clock;
    this.#signal = signal;
    line.onData((bytes) => {
      this.#total += bytes.length;
      for (const byte of bytes) if (this.#heard.length < MOST_BYTES) this.#heard.push(byte);
      this.#wake();
    });
  }

  /** Bytes heard since the line was opened. */
  get total(): number {
    return this.#total;
  }

  /** Whether the line is gone or the probe stopped. */
  isOver(): boolean {
    return this.#signal.aborted;
  }

  /** What comes within `ms`, without asking. */
  listen(ms: number): Promise<Uint8Array> {
    return this.#hear(ms, () => false);
  }

  /** Asks, and gives what came until it was enough or `ms` went by. */
  async ask(
    question: Uint8Array,
    ms: number,
    enough: (heard: Uint8Array) => boolean,
  ): Promise<Uint8Array> {
    this.#heard = [];
    const written = await this.#line.write(question);
    return written.ok ? this.#hear(ms, enough) : new Uint8Array(0);
  }

  async #hear(ms: number, enough: (heard: Uint8Array) => boolean): Promise<Uint8Array> {
    const until = this.#clock.now() + ms;
    for (;;) {
      const heard = Uint8Array.from(this.#heard);
      const left = until - this.#clock.now();
      const full = heard.length >= MOST_BYTES;
      if (this.isOver() || left <= 0 || full || (heard.length > 0 && enough(heard))) {
        this.#heard = [];
        return heard;
      }
      const news = new AbortController();
      this.#wake = () => news.abort();
      await sleep(this.#clock, left, AbortSignal.any([news.signal, this.#signal]));
    }
  }
}
