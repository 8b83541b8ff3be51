import type { CommandOptions, DriverClock } from '../device.ts';
import { sleep } from '../transport/system-clock.ts';
import type { ByteLine } from '../transport/transport.ts';
import { CommandTurns, type Ending } from './command-turns.ts';
import { RELAY_QUESTION, RelayWords } from './relay-frames.ts';

/** How often a board is asked before it counts as silent. */
const TRIES = 3;

/** Times of a relay board, in ms. */
export interface RelayTimings {
  /** For a whole answer, before the board is asked again. */
  readonly answerMs: number;
  /** After each command. Unconfirmed: boards are said to lose commands that follow at once. */
  readonly gapMs: number;
}

/** How it ended: what was said of each channel, nothing where the board was not asked. */
export type RelayExchange =
  | { readonly type: 'answered'; readonly said: ReadonlyMap<number, boolean> }
  /** Not one word came, though the board was asked as often as may be. */
  | { readonly type: 'silent' }
  | Ending;

/** Commands to a relay board and its answers, one at a time. An answer does not say what it answers. */
export class RelayLink {
  readonly #line: ByteLine;
  readonly #clock: DriverClock;
  readonly #timings: RelayTimings;
  readonly #turns: CommandTurns;
  readonly #said = new Map<number, boolean>();
  #heard: () => void = () => undefined;
  /** Some question was given up or asked twice: what comes next may be its answer. */
  #owed = false;

  constructor(line: ByteLine, clock: DriverClock, signal: AbortSignal, timings: RelayTimings) {
    this.#line = line;
    this.#clock = clock;
    this.#timings = timings;
    this.#turns = new CommandTurns(clock, signal);
    const words = new RelayWords();
    line.onData((bytes) => {
      for (const { channel, on } of words.push(bytes)) this.#said.set(channel, on);
      this.#heard();
    });
  }

  /**
   * Sends these commands when it is their turn, then asks until the board has said something of every one of
   * `channels`, again where a part of the answer is missing; what was said by then is the answer. With no
   * channels nothing is asked: answered says only that the commands went out. Never rejects.
   */
  exchange(
    frames: readonly Uint8Array[],
    channels: readonly number[],
    options: Partial<CommandOptions> = {},
  ): Promise<RelayExchange> {
    return this.#turns.take((ended) => this.#exchange(frames, channels, ended), options);
  }

  async #exchange(
    frames: readonly Uint8Array[],
    channels: readonly number[],
    ended: Promise<Ending>,
  ): Promise<RelayExchange> {
    if (this.#owed && channels.length > 0) {
      const ending = await this.#wait(this.#timings.answerMs, ended);
      if (ending !== undefined) return ending;
      this.#owed = false;
    }
    for (const frame of frames) {
      const ending = (await this.#write(frame)) ?? (await this.#wait(this.#timings.gapMs, ended));
      if (ending !== undefined) return ending;
    }
    this.#said.clear();
    if (channels.length === 0) return { type: 'answered', said: new Map() };
    for (let tried = 0; tried < TRIES; tried++) {
      this.#owed = true;
      const ending = (await this.#write(RELAY_QUESTION)) ?? (await this.#answer(channels, ended));
      if (ending !== undefined && ending !== 'whole') return ending;
      if (ending === 'whole') {
        this.#owed = tried > 0;
        break;
      }
    }
    const said = new Map(this.#said);
    return said.size === 0 ? { type: 'silent' } : { type: 'answered', said };
  }

  async #answer(
    channels: readonly number[],
    ended: Promise<Ending>,
  ): Promise<Ending | 'whole' | undefined> {
    const { promise, resolve } = Promise.withResolvers<'whole'>();
    this.#heard = () => {
      if (channels.every((channel) => this.#said.has(channel))) resolve('whole');
    };
    return this.#wait(this.#timings.answerMs, ended, promise);
  }

  async #write(bytes: Uint8Array): Promise<Ending | undefined> {
    const written = await this.#line.write(bytes);
    return written.ok ? undefined : { type: 'gone' };
  }

  async #wait<T = never>(
    ms: number,
    ended: Promise<Ending>,
    sooner?: Promise<T>,
  ): Promise<Ending | T | undefined> {
    const over = new AbortController();
    const waited = sleep(this.#clock, ms, over.signal).then(() => undefined);
    const first = await Promise.race([...(sooner === undefined ? [] : [sooner]), ended, waited]);
    over.abort();
    return first;
  }
}
