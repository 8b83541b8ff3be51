import { randomBytes } from 'node:crypto';
import type { DriverClock } from '../device.ts';
import { PartsLink } from '../terminal-parts/parts-link.ts';
import { PROTOCOL_VERSION } from '../terminal-parts/parts-messages.ts';
import { sleep } from '../transport/system-clock.ts';
import type { ByteLine } from '../transport/transport.ts';
import type { ProbeTimings } from './contract.ts';

/** A board that was heard. */
export interface PartsFound {
  /** As it names itself when asked; absent when it did not answer. */
  readonly model?: string;
}

/**
 * Listens for a board of terminal parts. A board that nobody has greeted says BOOT every two seconds
 * (docs/terminal-parts.md, 6), so it need not be asked: a question would be a printed line to a printer. Only
 * when BOOT was heard, with its CRC right, is it asked who it is.
 */
export class PartsProber {
  readonly #link: PartsLink;
  readonly #clock: DriverClock;
  readonly #signal: AbortSignal;
  readonly #timings: ProbeTimings;

  /** Listens from now on. */
  constructor(line: ByteLine, clock: DriverClock, signal: AbortSignal, timings: ProbeTimings) {
    this.#link = new PartsLink(line, clock, signal, timings.answerMs, () => undefined);
    this.#clock = clock;
    this.#signal = signal;
    this.#timings = timings;
  }

  /** Whether a board said that it is there. */
  get heard(): boolean {
    return this.#link.strange.aborted;
  }

  /** Waits until a board says that it is there, `ms` at most; `undefined` when none does. */
  async find(ms: number): Promise<PartsFound | undefined> {
    if (!this.heard) {
      await sleep(this.#clock, ms, AbortSignal.any([this.#link.strange, this.#signal]));
    }
    if (!this.heard) return undefined;
    const token = randomBytes(2).toString('hex').toUpperCase();
    const answer = await this.#link.exchange(
      `WHO ${String(PROTOCOL_VERSION)} ${token}`,
      (message) => message.type === 'iam' && message.token === token,
      { signal: this.#signal, deadlineMs: 3 * this.#timings.answerMs },
    );
    if (answer.type !== 'answered' || answer.message.type !== 'iam') return {};
    const { board } = answer.message.capabilities;
    return board === undefined ? {} : { model: `${board.model} ${board.firmware}` };
  }
}
