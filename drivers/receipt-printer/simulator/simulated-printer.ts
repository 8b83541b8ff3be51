import type { PrinterProfile } from '../profile.ts';
import type { PaperMark } from './print-head.ts';
import { SimulatedOutlet } from './outlet.ts';
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
  /** When its first dot was on the paper, in ms of the wall clock. */
  readonly inkedAt: number;
}

/** What a person can do to the printer. */
export interface PrinterCondition {
  readonly paper: 'full' | 'low' | 'out';
  readonly coverOpen: boolean;
  readonly jammed: boolean;
  /** The print head is too hot to go on; it cools by itself when told so. */
  readonly headHot: boolean;
  /** The cutter sticks when it is next used. */
  readonly cutterStuck: boolean;
}

/** What the printer is built into. */
export interface SimulatedPrinterOptions {
  readonly profile: PrinterProfile;
  readonly answers: 'all' | 'noRealTime' | 'none';
  readonly answer: (bytes: readonly number[]) => void;
  /** As many are by their manuals: DLE ENQ is obeyed after errors only, and what a paper end stopped is printed on. */
  readonly keepsWhatStopped: boolean;
  /** The buffer, full before, takes bytes again. */
  readonly onRoom: () => void;
}

/** Answers to GS I 65 to 68. */
const NAMES: Readonly<Record<number, string>> = {
  65: '1.00',
  66: 'Bianmin',
  67: 'Simulated 80',
  68: 'SIM0001',
};

/** As small printers have it. */
const BUFFER_BYTES = 4_096;

/** The printer behind the line: buffer, status, paper. Stops printing while something is wrong with it. */
export class SimulatedPrinter {
  readonly jobs: PrintedJob[] = [];
  readonly #options: SimulatedPrinterOptions;
  readonly #reader = new TokenReader();
  readonly #head: PrintHead;
  #queue: Token[] = [];
  /** Place in the queue of what is carried out next. */
  #next = 0;
  #queuedBytes = 0;
  #lastTwo: [number, number] = [0, 0];
  #strip: number[] = [];
  #whole = true;
  #inkedAt = 0;
  #done = 0;
  readonly #outlet = new SimulatedOutlet();
  #condition: PrinterCondition = {
    paper: 'full',
    coverOpen: false,
    jammed: false,
    headHot: false,
    cutterStuck: false,
  };
  #stuck = false;
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
      keptPictures: this.#head.keptPictures,
      ...(this.#options.profile.presenter && {
        outletHanging: this.#outlet.hanging,
        outletAsked: this.#outlet.asked,
        retractBin: this.#outlet.bin,
      }),
      jobs: this.jobs.map(({ number, bytes, whole, inkedAt }) => {
        const fate = this.#outlet.fateOf(number);
        return { number, bytes: bytes.length, whole, inkedAt, ...(fate && { fate }) };
      }),
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
    if (!this.#condition.cutterStuck) this.#stuck = false;
    this.#tellChange();
    this.#work();
  }

  /** A person pulls out what hangs in the outlet, if anything does. */
  takeTicket(): void {
    this.#outlet.take();
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
    this.#next = 0;
    this.#queuedBytes = 0;
    this.#reader.forget();
    this.#head.forgetLine();
    if (this.#head.hasInk) this.#whole = false;
    this.#options.onRoom();
  }

  /** As after a power cut of its own: what it held is gone, and it tells nothing by itself. */
  restart(): void {
    this.#automatic = false;
    this.forget();
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
      if (lead === 0x10 && name === 0x04) this.#say('realTime', this.#realTimeAnswer(byte));
      if (lead === 0x10 && name === 0x05) this.#recover(byte);
    }
    this.#work();
  }

  #recover(how: number): void {
    if (how !== 1 && how !== 2) return;
    if (this.#options.keepsWhatStopped && !this.#hasError()) return;
    if (this.#failing) {
      this.#failing = false;
      this.#failures -= 1;
      this.#tellChange();
    }
    if (how === 2) this.forget();
  }

  #work(): void {
    const wasFull = this.isFull();
    while (this.#next < this.#queue.length) {
      // May change the condition, and so come back in here.
      this.#fireTriggers();
      const token = this.#queue[this.#next];
      if (token === undefined || this.#isStopped(token)) break;
      this.#next += 1;
      this.#queuedBytes -= token.length;
      this.#done += token.length;
      this.#carryOut(token);
    }
    this.#queue.splice(0, this.#next);
    this.#next = 0;
    if (wasFull && !this.isFull()) this.#options.onRoom();
  }

  #fireTriggers(): void {
    if (this.#triggers.length === 0) return;
    const due = this.#triggers.filter(({ at }) => at <= this.#done);
    this.#triggers = this.#triggers.filter(({ at }) => at > this.#done);
    for (const { act } of due) act();
  }

  #isStopped(next: Token): boolean {
    const { paper, coverOpen, jammed, headHot } = this.#condition;
    const prints = (next[0] ?? 0) >= 0x20 || next[0] === 0x1d;
    if (this.#failures > 0 && prints && !this.#head.hasInk && !isReport(next)) {
      if (!this.#failing) {
        this.#failing = true;
        this.#tellChange();
      }
    }
    if (this.#isCut(next) && this.#condition.cutterStuck && !this.#stuck) {
      this.#stuck = true;
      this.#tellChange();
    }
    return paper === 'out' || coverOpen || jammed || headHot || this.#stuck || this.#failing;
  }

  #isCut([lead, name]: Token): boolean {
    if (this.#options.profile.cut.length === 0) return false;
    return (lead === 0x1d && name === 0x56) || (lead === 0x1b && (name === 0x69 || name === 0x6d));
  }

  #carryOut(token: Token): void {
    const hadInk = this.#head.hasInk;
    if (!hadInk && token[0] === 0x1b && token[1] === 0x40) this.#strip = [];
    if (hadInk && token[0] === 0x1b && token[1] === 0x40) this.#whole = false;
    if (token[0] === 0x1b && token[1] === 0x40) this.#automatic = false;
    if (token[0] === 0x1d && token[1] === 0x61) {
      this.#automatic = token[2] !== 0;
      this.#tellChange();
      return;
    }
    const request = this.#head.execute(token);
    if (this.#head.hasInk && !hadInk) this.#inkedAt = Date.now();
    for (const byte of token) this.#strip.push(byte);
    const { cut, presenter } = this.#options.profile;
    switch (request) {
      case 'cut':
        if (cut.length > 0) this.#tear();
        return;
      case 'reportPaper':
        // Without a cutter the receipt ends where the printer is asked whether it is done.
        if (cut.length === 0) this.#tear();
        this.#say('single', [{ full: 0x00, low: 0x03, out: 0x0f }[this.#condition.paper]]);
        return;
      case 'identify':
        this.#say('single', [this.#options.profile.modelIds?.[0] ?? 0x20]);
        return;
      case 'tellName': {
        const { tellsName = false } = this.#options.profile;
        const word = NAMES[token.at(-1) ?? 0];
        if (!tellsName || word === undefined) return;
        this.#say('single', [0x5f, ...Array.from(word, (one) => one.charCodeAt(0)), 0]);
        return;
      }
      case 'listPictures': {
        if (this.#options.profile.pictureMemory !== 'graphics') return;
        const names = Array.from(this.#head.keptPictures.join(''), (one) => one.charCodeAt(0));
        this.#say('single', [0x37, 0x72, 0x40, ...names, 0]);
        return;
      }
      case 'present':
        if (presenter) this.#outlet.present();
        return;
      case 'retract':
        if (presenter?.retract !== undefined) this.#outlet.retract();
        return;
      case 'eject':
        if (presenter) this.#outlet.eject();
        return;
      case 'tellOutlet':
        if (presenter) this.#say('single', [this.#outletStatus()]);
        return;
      case undefined:
        return;
    }
  }

  #tear(): void {
    if (this.#head.hasInk) {
      this.jobs.push({
        number: this.jobs.length + 1,
        bytes: Uint8Array.from(this.#strip),
        marks: this.#head.takePaper(),
        whole: this.#whole,
        inkedAt: this.#inkedAt,
      });
      if (this.#options.profile.presenter) this.#outlet.cut(this.jobs.length);
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

  /** Says a change by itself, if it was told to. */
  #tellChange(): void {
    if (this.#automatic) this.#say('single', this.#automaticStatus());
  }

  #realTimeAnswer(question: number): readonly number[] {
    const isCustom = this.#options.profile.presenter !== undefined;
    return isCustom && question === 0x14 ? this.#fullStatus() : [this.#realTimeStatus(question)];
  }

  #realTimeStatus(question: number): number {
    const { paper, coverOpen, headHot } = this.#condition;
    const error = this.#hasError();
    const out = paper === 'out';
    const bits: Readonly<Record<number, number>> = {
      1: out || coverOpen || error || headHot ? 0x08 : 0,
      2: (coverOpen ? 0x04 : 0) | (out ? 0x20 : 0) | (error ? 0x40 : 0),
      3: (this.#hasJam() ? 0x04 : 0) | (this.#stuck ? 0x08 : 0) | (headHot ? 0x40 : 0),
      4: out ? 0x6c : paper === 'low' ? 0x0c : 0,
    };
    return 0x12 | (bits[question] ?? 0);
  }

  /** DLE EOT 20 of Custom's family. */
  #fullStatus(): readonly number[] {
    const { paper, coverOpen, headHot } = this.#condition;
    const supply = paper === 'out' ? 0x05 : paper === 'low' ? 0x04 : 0;
    return [
      ...[0x10, 0x0f],
      supply | (this.#outlet.look() ? 0x20 : 0),
      coverOpen ? 0x02 : 0,
      (headHot ? 0x01 : 0) | (this.#hasJam() ? 0x40 : 0),
      this.#stuck ? 0x01 : 0,
    ];
  }

  /** GS e 6. */
  #outletStatus(): number {
    const { paper } = this.#condition;
    return (paper === 'full' ? 0 : 0x01) | (this.#outlet.look() ? 0x0c : 0);
  }

  #automaticStatus(): readonly number[] {
    const { paper, coverOpen, headHot } = this.#condition;
    const out = paper === 'out';
    const busy = out || coverOpen || this.#hasError() || headHot;
    return [
      0x10 | (busy ? 0x08 : 0) | (coverOpen ? 0x20 : 0),
      (this.#hasJam() ? 0x04 : 0) | (this.#stuck ? 0x08 : 0) | (headHot ? 0x40 : 0),
      out ? 0x0f : paper === 'low' ? 0x03 : 0,
      0x0f,
    ];
  }

  /** A jam and an unnamed error look the same to a printer's sensors. */
  #hasJam(): boolean {
    return this.#condition.jammed || this.#failing;
  }

  #hasError(): boolean {
    return this.#hasJam() || this.#stuck;
  }
}

function isReport(token: Token): boolean {
  return token[0] === 0x1d && 'raIV'.includes(String.fromCharCode(token[1] ?? 0));
}
