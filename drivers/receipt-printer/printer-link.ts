import { fault } from '../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../domain/device/fault.ts';
import type { Result } from '../../domain/result.ts';
import { err, ok } from '../../domain/result.ts';
import type { DriverClock } from '../device.ts';
import { sleep } from '../transport/system-clock.ts';
import { ESCPOS } from './escpos-commands.ts';
import type { ByteLine } from '../transport/transport.ts';
import type { PrinterProfile } from './profile.ts';
import type { Reading } from './status.ts';
import {
  automaticReading,
  isDistinct,
  PrinterWordReader,
  readingOf,
  statusFrom,
} from './status.ts';
import type { StatusQuestion } from './status-question.ts';

/** What a printer that is stopped does not carry out fills its buffer: it is asked anew only every so many looks. */
const LOOKS_WHILE_SILENT = 30;

/** Counts the printer's words that it is done. */
export interface ReportCount {
  /** So many came since it was made. */
  readonly heard: number;
  readonly wanted: number;
  /** Resolves when all that are wanted came; never, if they do not. */
  readonly all: Promise<'reported'>;
}

/** So much goes at once: a line gives each write a few seconds, in which 9600 baud carry some thousand bytes. */
const PIECE = 1_024;

/** An answer that is this late belongs to no question any more. */
const STALE_MS = 5_000;

/** One line to a printer: questions one at a time, and the words that come by themselves. */
export class PrinterLink {
  readonly signal: AbortSignal;
  readonly #line: ByteLine;
  readonly #clock: DriverClock;
  readonly #profile: PrinterProfile;
  readonly #reader: PrinterWordReader;
  #answered = false;
  #turn: Promise<unknown> = Promise.resolve();
  #asked: StatusQuestion | undefined;
  #awaitAnswer: ((bytes: readonly number[]) => void) | undefined;
  #reports: { heard: number; readonly wanted: number; readonly told: () => void } | undefined;
  /** Words that it is done which came while an answer of several bytes is awaited: they may be pieces of it. */
  #heldReports = 0;
  #awaitBlock: ((bytes: readonly number[]) => void) | undefined;
  #told: Reading | undefined;
  #awaitTold: (() => void) | undefined;
  /** Looks since it told anything. */
  #unanswered = 0;
  #last: Reading | undefined;
  #onChange: () => void = () => undefined;
  #onDone: () => void = () => undefined;
  /** Something goes in pieces; whatever else is to be sent comes after it. */
  #inPieces: Promise<unknown> | undefined;

  /** The signal aborts when the line is gone. */
  constructor(line: ByteLine, clock: DriverClock, signal: AbortSignal, profile: PrinterProfile) {
    this.#line = line;
    this.#clock = clock;
    this.#profile = profile;
    this.#reader = new PrinterWordReader(profile);
    this.signal = signal;
    line.onData((bytes) => {
      this.#receive(bytes);
    });
  }

  /** Whether the line is of no more use. */
  isGone(): boolean {
    return this.signal.aborted;
  }

  /** Whether the printer ever answered a status question on this line. */
  get hasAnswered(): boolean {
    return this.#answered;
  }

  /** What the printer last told by itself; nothing when it does not. */
  get told(): Reading | undefined {
    return this.#told;
  }

  /** Whether its state may be asked while it owes the word that a receipt is done: the answers must differ. */
  get mayAskMeanwhile(): boolean {
    const { questions, done } = this.#profile;
    return questions.every(({ answer }) => isDistinct(answer, done));
  }

  /** Called when the printer tells by itself that something changed. */
  onChange(listener: () => void): void {
    this.#onChange = listener;
  }

  /** Called at every word that it is done while such words are awaited. */
  onDone(listener: () => void): void {
    this.#onDone = listener;
  }

  write(bytes: Uint8Array): Promise<Result<void, Fault>> {
    const before = this.#inPieces;
    return before === undefined ? this.#line.write(bytes) : before.then(() => this.write(bytes));
  }

  /** Sends what may be long, and nothing else amid it; stops when the signal aborts. */
  async writeInPieces(bytes: Uint8Array, signal: AbortSignal): Promise<Result<void, Fault>> {
    while (this.#inPieces !== undefined) await this.#inPieces;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#inPieces = promise;
    try {
      for (let at = 0; at < bytes.length; at += PIECE) {
        if (this.isGone()) return err(fault('device.offline', { detail: 'the line closed' }));
        if (signal.aborted) return err(fault('device.cancelled'));
        const written = await this.#line.write(bytes.subarray(at, at + PIECE));
        if (!written.ok) return written;
      }
      return ok(undefined);
    } finally {
      this.#inPieces = undefined;
      resolve(undefined);
    }
  }

  /** Counts the words that the printer is done from now on. Only the latest count is kept. */
  countReports(wanted: number): ReportCount {
    const { promise, resolve } = Promise.withResolvers<'reported'>();
    const told = (): void => {
      resolve('reported');
    };
    const count = { heard: 0, wanted, told, all: promise };
    this.#reports = count;
    return count;
  }

  /** No word is awaited any more. */
  stopCounting(): void {
    this.#reports = undefined;
  }

  /** Sends bytes and gives the block that comes next; nothing when none comes for `patienceMs`. */
  async askBlock(bytes: Uint8Array, patienceMs: number): Promise<readonly number[] | undefined> {
    const block = new Promise<readonly number[]>((resolve) => {
      this.#awaitBlock = resolve;
    });
    const written = await this.write(bytes);
    if (!written.ok) return undefined;
    return this.#inTime(block, patienceMs);
  }

  /**
   * Asks all that the profile asks; of a printer that is never asked, what it last told by itself. Nothing
   * when a question stays unanswered for `patienceMs`.
   */
  async askStatus(patienceMs: number): Promise<Reading | undefined> {
    const { questions } = this.#profile;
    if (questions.length === 0) return this.#told;
    // Its answer would be taken for the word that is awaited.
    if (this.#reports !== undefined && !this.mayAskMeanwhile) return this.#last;
    const answers: (readonly number[])[] = [];
    for (const question of questions) {
      const answer = await this.#ask(question, patienceMs);
      if (answer === undefined) return undefined;
      answers.push(answer);
    }
    this.#last = readingOf(questions, answers);
    return this.#last;
  }

  /**
   * As `askStatus`, between receipts. One that only tells by itself is told anew to do so, which it begins with how
   * it is: over a power cut of its own its last word would stand for ever. While it is stopped that word stands.
   */
  async lookBetween(patienceMs: number): Promise<Reading | undefined> {
    const { questions, automaticStatus } = this.#profile;
    if (questions.length > 0 || !automaticStatus) return this.askStatus(patienceMs);
    const isStopped = this.#told !== undefined && statusFrom(this.#told).state !== 'online';
    this.#unanswered += 1;
    const isTurn = this.#unanswered % LOOKS_WHILE_SILENT === 0;
    if (!isTurn && (isStopped || this.#unanswered > LOOKS_WHILE_SILENT)) return this.#told;
    const { promise, resolve } = Promise.withResolvers<true>();
    this.#awaitTold = () => {
      resolve(true);
    };
    const written = await this.write(Uint8Array.from(ESCPOS.automaticStatusOn));
    const heard = written.ok && !isStopped ? await this.#inTime(promise, patienceMs) : undefined;
    this.#awaitTold = undefined;
    if (!written.ok || (heard === undefined && !isStopped)) this.#told = undefined;
    return this.#told;
  }

  /** Resolves when no question is under way. */
  async unasked(): Promise<void> {
    await this.#turn;
  }

  /**
   * Answers do not say which question they answer. So there is never more than one question under way,
   * and one without an answer blocks the next until its answer would be stale.
   */
  async #ask(question: StatusQuestion, patienceMs: number): Promise<readonly number[] | undefined> {
    const before = this.#turn;
    const exchange = before.then(() => this.#exchange(question));
    this.#turn = exchange;
    await before;
    // Patience is for the printer, not for others' questions.
    return this.#inTime(exchange, patienceMs);
  }

  async #inTime<T>(answer: Promise<T>, patienceMs: number): Promise<T | undefined> {
    const enough = new AbortController();
    const stop = AbortSignal.any([enough.signal, this.signal]);
    const late = sleep(this.#clock, patienceMs, stop).then(() => undefined);
    const result = await Promise.race([answer, late]);
    enough.abort();
    return result;
  }

  async #exchange(question: StatusQuestion): Promise<readonly number[] | undefined> {
    if (this.isGone()) return undefined;
    const done = new AbortController();
    const answer = new Promise<readonly number[]>((resolve) => {
      this.#awaitAnswer = resolve;
    });
    this.#asked = question;
    this.#reader.await(question.answer);
    const written = await this.write(Uint8Array.from(question.ask));
    const stale = AbortSignal.any([done.signal, this.signal]);
    const result = written.ok
      ? await Promise.race([answer, sleep(this.#clock, STALE_MS, stale).then(() => undefined)])
      : undefined;
    this.#awaitAnswer = undefined;
    this.#asked = undefined;
    this.#reader.await(undefined);
    if (result === undefined) {
      // A byte of it was lost, or all of it: what came meanwhile says nothing.
      this.#reader.forgetBegun();
      this.#heldReports = 0;
    }
    done.abort();
    return result;
  }

  #heardReport(): void {
    const count = this.#reports;
    if (count === undefined) return;
    this.#onDone();
    count.heard += 1;
    if (count.heard < count.wanted) return;
    this.#reports = undefined;
    count.told();
  }

  #heardTold(reading: Reading): void {
    const isNews = this.#told?.vendorCode !== reading.vendorCode;
    const awaited = this.#awaitTold;
    this.#told = reading;
    this.#unanswered = 0;
    this.#awaitTold = undefined;
    awaited?.();
    if (awaited === undefined && isNews) this.#onChange();
  }

  #receive(bytes: Uint8Array): void {
    for (const word of this.#reader.read(bytes)) {
      if (word.type === 'answer') {
        this.#answered = true;
        if (word.pattern !== this.#asked?.answer) continue;
        this.#awaitAnswer?.(word.bytes);
        this.#awaitAnswer = undefined;
        this.#reader.await(undefined);
        // The answer came whole: what came before it was no piece of it.
        for (; this.#heldReports > 0; this.#heldReports -= 1) this.#heardReport();
      } else if (word.type === 'done') {
        if (this.#awaitAnswer !== undefined && (this.#asked?.answer.length ?? 0) > 1) {
          this.#heldReports += 1;
        } else {
          this.#heardReport();
        }
      } else if (word.type === 'block') {
        this.#awaitBlock?.(word.bytes);
        this.#awaitBlock = undefined;
      } else if (word.type === 'automatic') {
        this.#heardTold(automaticReading(word.bytes));
      }
    }
  }
}
