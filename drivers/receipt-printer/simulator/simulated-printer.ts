import type { PrinterProfile } from '../profile.ts';
import type { PaperMark } from './print-head.ts';
import { PrintHead } from './print-head.ts';
import type { Token } from './tokens.ts';
import { TokenReader } from './tokens.ts';

/** One strip of paper that left the printer. */
export interface PrintedJob {
  /** From 1. */
  readonly number: number;
  readonly bytes: Uint8Array;
  readonly marks: readonly PaperMark[];
  /** False when the printer was reset or told to forget in the middle of it. */
  readonly whole: boolean;
}

/** What a person can do to the printer. */
export interface PrinterCondition {
  readonly paper: 'full' | 'low' | 'out';
  readonly coverOpen: boolean;
  readonly jammed: boolean;
}

/** What the printer is built into. */
export interface SimulatedPrinterOptions {
  readonly profile: PrinterProfile;
  readonly answers: 'all' | 'noRealTime' | 'none';
  readonly answer: (bytes: readonly number[]) => void;
  /** The buffer, full before, takes bytes again. */
  readonly onRoom: () => void;
}

/** As small printers have it. */
const BUFFER_BYTES = 4_096;

/** The printer behind the line: buffer, status, paper. Stops printing while something is wrong with it. */
export class SimulatedPrinter {
  readonly jobs: PrintedJob[] = [];
  readonly #options: SimulatedPrinterOptions;
  readonly #reader = new TokenReader();
  readonly #head: PrintHead;
  #queue: Token[] = [];
  #queuedBytes = 0;
  #lastTwo: [number, number] = [0, 0];
  #strip: number[] = [];
  #whole = true;
  #done = 0;
  #condition: PrinterCondition = { paper: 'full', coverOpen: false, jammed: false };
  #failures = 0;
  #failing = false;
  #automatic = false;
  #triggers: { readonly at: number; readonly act: () => void }[] = [];

  constructor(options: SimulatedPrinterOptions) {
    this.#options = options;
    this.#head = new PrintHead(options.profile);
  }

  /** JSON for the control plane. */
  state(): { readonly [key: string]: unknown } {
    return {
      ...this.#condition,
      failing: this.#failing,
      failuresToCome: this.#failures,
      bufferedBytes: this.#queuedBytes + this.#reader.pendingBytes,
      stripHanging: this.#head.hasInk,
      jobs: this.jobs.map(({ number, bytes, whole }) => ({ number, bytes: bytes.length, whole })),
    };
  }

  /** Whether the buffer takes nothing more. */
  isFull(): boolean {
    return this.#queuedBytes + this.#reader.pendingBytes >= BUFFER_BYTES;
  }

  /** Does something in the middle of the data, when `bytes` more of it have been carried out. */
  after(bytes: number, act: () => void): void {
    this.#triggers.push({ at: this.#done + bytes, act });
  }

  /** Changes what is wrong with it, and goes on printing if nothing is. */
  setCondition(change: Partial<PrinterCondition>): void {
    this.#condition = { ...this.#condition, ...change };
    if (this.#automatic) this.#say('single', this.#automaticStatus());
    this.#work();
  }

  /** The next receipts end in a recoverable error before anything of them is on the paper; 0 heals it. */
  failNext(times: number): void {
    this.#failures = times;
    if (times === 0) this.#failing = false;
    this.#work();
  }

  /** Empties buffer and line, as DLE ENQ 2 does. */
  forget(): void {
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#reader.forget();
    this.#head.forgetLine();
    if (this.#head.hasInk) this.#whole = false;
    this.#options.onRoom();
  }

  /** Takes bytes off the line; real-time commands are carried out at once, wherever they stand. */
  receive(bytes: Uint8Array): void {
    for (const byte of bytes) {
      const [lead, name] = this.#lastTwo;
      this.#lastTwo = [name, byte];
      for (const token of this.#reader.read(Uint8Array.of(byte))) {
        // Between commands a real-time command leaves no trace; within one its bytes are data as well.
        if (token[0] === 0x10) continue;
        this.#queue.push(token);
        this.#queuedBytes += token.length;
      }
      if (lead === 0x10 && name === 0x04) this.#say('realTime', [this.#realTimeStatus(byte)]);
      if (lead === 0x10 && name === 0x05) this.#recover(byte);
    }
    this.#work();
  }

  #recover(how: number): void {
    if (how !== 1 && how !== 2) return;
    if (this.#failing) {
      this.#failing = false;
      this.#failures -= 1;
    }
    if (how === 2) this.forget();
  }

  #work(): void {
    const wasFull = this.isFull();
    while (this.#queue.length > 0) {
      const due = this.#triggers.filter(({ at }) => at <= this.#done);
      this.#triggers = this.#triggers.filter(({ at }) => at > this.#done);
      for (const { act } of due) act();
      const token = this.#queue[0];
      if (token === undefined || this.#isStopped(token)) break;
      this.#queue.shift();
      this.#queuedBytes -= token.length;
      this.#done += token.length;
      this.#carryOut(token);
    }
    if (wasFull && !this.isFull()) this.#options.onRoom();
  }

  #isStopped(next: Token): boolean {
    const { paper, coverOpen, jammed } = this.#condition;
    const prints = (next[0] ?? 0) >= 0x20 || next[0] === 0x1d;
    if (this.#failures > 0 && prints && !this.#head.hasInk && !isReport(next)) {
      this.#failing = true;
    }
    return paper === 'out' || coverOpen || jammed || this.#failing;
  }

  #carryOut(token: Token): void {
    const hadInk = this.#head.hasInk;
    if (!hadInk && token[0] === 0x1b && token[1] === 0x40) this.#strip = [];
    if (hadInk && token[0] === 0x1b && token[1] === 0x40) this.#whole = false;
    if (token[0] === 0x1d && token[1] === 0x61) {
      this.#automatic = token[2] !== 0;
      return;
    }
    const request = this.#head.execute(token);
    for (const byte of token) this.#strip.push(byte);
    if (request === 'cut' && this.#options.profile.cutter) this.#tear();
    if (request === 'reportPaper') {
      // Without a cutter the receipt ends where the printer is asked whether it is done.
      if (!this.#options.profile.cutter) this.#tear();
      this.#say('single', [{ full: 0x00, low: 0x03, out: 0x0f }[this.#condition.paper]]);
    }
    if (request === 'identify') this.#say('single', [0x20]);
  }

  #tear(): void {
    if (this.#head.hasInk) {
      this.jobs.push({
        number: this.jobs.length + 1,
        bytes: Uint8Array.from(this.#strip),
        marks: this.#head.takePaper(),
        whole: this.#whole,
      });
    } else {
      this.#head.takePaper();
    }
    this.#strip = [];
    this.#whole = true;
  }

  #say(kind: 'realTime' | 'single', bytes: readonly number[]): void {
    const { answers } = this.#options;
    if (answers === 'none' || (answers === 'noRealTime' && kind === 'realTime')) return;
    this.#options.answer(bytes);
  }

  #realTimeStatus(question: number): number {
    const { paper, coverOpen, jammed } = this.#condition;
    const error = jammed || this.#failing;
    const out = paper === 'out';
    const bits: Readonly<Record<number, number>> = {
      1: out || coverOpen || error ? 0x08 : 0,
      2: (coverOpen ? 0x04 : 0) | (out ? 0x20 : 0) | (error ? 0x40 : 0),
      3: error ? 0x04 : 0,
      4: out ? 0x6c : paper === 'low' ? 0x0c : 0,
    };
    return 0x12 | (bits[question] ?? 0);
  }

  #automaticStatus(): readonly number[] {
    const { paper, coverOpen, jammed } = this.#condition;
    const out = paper === 'out';
    return [
      0x10 | (out || coverOpen || jammed ? 0x08 : 0) | (coverOpen ? 0x20 : 0),
      jammed ? 0x04 : 0,
      out ? 0x0f : paper === 'low' ? 0x03 : 0,
      0x0f,
    ];
  }
}

function isReport(token: Token): boolean {
  return token[0] === 0x1d && 'raIV'.includes(String.fromCharCode(token[1] ?? 0));
}
