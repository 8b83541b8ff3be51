import type { Fault } from '../../domain/device/fault.ts';
import type { Result } from '../../domain/result.ts';
import type { DriverClock } from '../device.ts';
import { sleep } from '../transport/system-clock.ts';
import type { ByteLine } from '../transport/transport.ts';
import { askRealTime } from './escpos-commands.ts';
import type { RealTimeAnswers, RealTimeQuestion } from './status.ts';
import { PrinterWordReader } from './status.ts';

/** An answer that is this late belongs to no question any more. */
const STALE_MS = 5_000;

/** One line to a printer: questions one at a time, and the words that come by themselves. */
export class PrinterLink {
  readonly signal: AbortSignal;
  readonly #line: ByteLine;
  readonly #clock: DriverClock;
  readonly #reader = new PrinterWordReader();
  #answered = false;
  #turn: Promise<unknown> = Promise.resolve();
  #awaitAnswer: ((byte: number) => void) | undefined;
  #awaitReport: (() => void) | undefined;
  #onChange: () => void = () => undefined;

  /** The signal aborts when the line is gone. */
  constructor(line: ByteLine, clock: DriverClock, signal: AbortSignal) {
    this.#line = line;
    this.#clock = clock;
    this.signal = signal;
    line.onData((bytes) => {
      this.#receive(bytes);
    });
  }

  /** Whether the line is of no more use. */
  isGone(): boolean {
    return this.signal.aborted;
  }

  /** Whether the printer ever answered a real-time question on this line. */
  get hasAnswered(): boolean {
    return this.#answered;
  }

  /** Called when the printer tells by itself that something changed. */
  onChange(listener: () => void): void {
    this.#onChange = listener;
  }

  write(bytes: Uint8Array): Promise<Result<void, Fault>> {
    return this.#line.write(bytes);
  }

  /** Resolves with the next answer to GS r; never, if none comes. Only the latest caller is told. */
  nextReport(): Promise<'reported'> {
    return new Promise((resolve) => {
      this.#awaitReport = () => {
        resolve('reported');
      };
    });
  }

  /** Asks DLE EOT 1 to 4; nothing when one stays unanswered for `patienceMs`. */
  async askStatus(patienceMs: number): Promise<RealTimeAnswers | undefined> {
    const answers: number[] = [];
    for (const question of [1, 2, 3, 4] as const) {
      const answer = await this.#ask(question, patienceMs);
      if (answer === undefined) return undefined;
      answers.push(answer);
    }
    const [first = 0, second = 0, third = 0, fourth = 0] = answers;
    return { 1: first, 2: second, 3: third, 4: fourth };
  }

  /**
   * Answers do not say which question they answer. So there is never more than one question under way,
   * and one without an answer blocks the next until its answer would be stale.
   */
  async #ask(question: RealTimeQuestion, patienceMs: number): Promise<number | undefined> {
    const before = this.#turn;
    const exchange = before.then(() => this.#exchange(question));
    this.#turn = exchange;
    await before;
    // Patience is for the printer, not for others' questions.
    const enough = new AbortController();
    const answer = await Promise.race([
      exchange,
      sleep(this.#clock, patienceMs, enough.signal).then(() => undefined),
    ]);
    enough.abort();
    return answer;
  }

  async #exchange(question: RealTimeQuestion): Promise<number | undefined> {
    if (this.isGone()) return undefined;
    const done = new AbortController();
    const answer = new Promise<number>((resolve) => {
      this.#awaitAnswer = resolve;
    });
    const written = await this.write(askRealTime(question));
    const stale = AbortSignal.any([done.signal, this.signal]);
    const result = written.ok
      ? await Promise.race([answer, sleep(this.#clock, STALE_MS, stale).then(() => undefined)])
      : undefined;
    this.#awaitAnswer = undefined;
    done.abort();
    return result;
  }

  #receive(bytes: Uint8Array): void {
    for (const word of this.#reader.read(bytes)) {
      if (word.type === 'realTime') {
        this.#answered = true;
        this.#awaitAnswer?.(word.byte);
        this.#awaitAnswer = undefined;
      } else if (word.type === 'single') {
        this.#awaitReport?.();
        this.#awaitReport = undefined;
      } else if (word.type === 'automatic') {
        this.#onChange();
      }
    }
  }
}
