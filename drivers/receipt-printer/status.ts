import { fault } from '../../domain/device/fault-catalogue.ts';
import type { DeviceStatus, PaperState } from '../../domain/device/status.ts';
import type { AnswerPattern } from './answer-pattern.ts';
import { couldBeConfused, fits } from './answer-pattern.ts';
import type { PrinterProfile } from './profile.ts';
import type { StatusCheck, StatusWord } from './status-question.ts';
import { AUTOMATIC_CHECKS, wordsOf } from './status-question.ts';

/** Something a printer said. */
export type PrinterWord =
  /** Answer to a status question with this pattern. */
  | { readonly type: 'answer'; readonly pattern: AnswerPattern; readonly bytes: readonly number[] }
  /** Answer to the question whether it is done. */
  | { readonly type: 'done' }
  /** Automatic status: 0xx1xx00 and three times 0xx0xxxx. */
  | { readonly type: 'automatic'; readonly bytes: readonly number[] }
  /** 5F … 00 or 37 … 00: names, and lists of what is kept in it. */
  | { readonly type: 'block'; readonly bytes: readonly number[] }
  | { readonly type: 'flow'; readonly resume: boolean }
  | { readonly type: 'noise'; readonly byte: number };

/** No maker's name, serial number or list of pictures is longer. */
const LONGEST_BLOCK = 128;
const NAME = 0x5f;
const LIST = 0x37;

/** What a reader must know of the printer. */
export type Speech = Pick<PrinterProfile, 'questions' | 'done' | 'automaticStatus'>;

/**
 * Takes the mixed stream of a printer's answers apart. Keeps its place between calls; never throws. Answers
 * that cannot be told from the word that it is done are heard only while they are awaited.
 */
export class PrinterWordReader {
  readonly #done: AnswerPattern | undefined;
  readonly #automaticStatus: boolean;
  readonly #known: readonly AnswerPattern[];
  #awaited: AnswerPattern | undefined;
  #partial: { readonly pattern: AnswerPattern; readonly bytes: number[] } | undefined;
  #automatic: number[] | undefined;
  #block: number[] | undefined;

  constructor({ questions, done, automaticStatus }: Speech) {
    this.#done = done?.answer;
    this.#automaticStatus = automaticStatus;
    this.#known = questions
      .map(({ answer }) => answer)
      .filter((answer) => isDistinct(answer, done));
  }

  /** Says which answer is awaited now. */
  await(pattern: AnswerPattern | undefined): void {
    this.#awaited = pattern;
  }

  /** Forgets an answer of which the rest is not coming: the next would be read as its end. */
  forgetBegun(): void {
    this.#partial = undefined;
  }

  /** The words that these bytes complete, in order. */
  read(bytes: Uint8Array): readonly PrinterWord[] {
    return Array.from(bytes).flatMap((byte) => this.#next(byte));
  }

  #next(byte: number): readonly PrinterWord[] {
    if (this.#block !== undefined) return this.#inBlock(this.#block, byte);
    if (this.#partial !== undefined) return this.#inAnswer(this.#partial, byte);
    if (this.#automatic !== undefined && (byte & 0x90) === 0) {
      return this.#inAutomatic(this.#automatic, byte);
    }
    if (byte === 0x11 || byte === 0x13) return [{ type: 'flow', resume: byte === 0x11 }];
    const awaited = this.#awaited === undefined ? [] : [this.#awaited];
    for (const pattern of [...awaited, ...this.#known]) {
      if (fits(pattern, 0, byte)) return this.#inAnswer({ pattern, bytes: [] }, byte);
    }
    if (this.#done !== undefined && fits(this.#done, 0, byte)) {
      return this.#inAnswer({ pattern: this.#done, bytes: [] }, byte);
    }
    return this.#other(byte);
  }

  /** What belongs to no question. */
  #other(byte: number): readonly PrinterWord[] {
    if (this.#automaticStatus && (byte & 0x93) === 0x10) {
      this.#automatic = [byte];
      return [];
    }
    if (byte === NAME || byte === LIST) {
      this.#block = [byte];
      return [];
    }
    return [{ type: 'noise', byte }];
  }

  #inAnswer(
    partial: { readonly pattern: AnswerPattern; readonly bytes: number[] },
    byte: number,
  ): readonly PrinterWord[] {
    const { pattern, bytes } = partial;
    this.#partial = undefined;
    if (!fits(pattern, bytes.length, byte)) {
      // It only began like one.
      const [first, ...rest] = [...bytes, byte];
      return [...this.#other(first), ...rest.flatMap((one) => this.#next(one))];
    }
    bytes.push(byte);
    if (bytes.length < pattern.length) {
      this.#partial = partial;
      return [];
    }
    return [pattern === this.#done ? { type: 'done' } : { type: 'answer', pattern, bytes }];
  }

  #inAutomatic(begun: readonly number[], byte: number): readonly PrinterWord[] {
    const bytes = [...begun, byte];
    this.#automatic = bytes.length < 4 ? bytes : undefined;
    return bytes.length < 4 ? [] : [{ type: 'automatic', bytes }];
  }

  #inBlock(block: number[], byte: number): readonly PrinterWord[] {
    if (byte === 0) {
      this.#block = undefined;
      return [{ type: 'block', bytes: block }];
    }
    block.push(byte);
    if (block.length > LONGEST_BLOCK) this.#block = undefined;
    return [];
  }
}

/** Whether an answer can be told from the word that the printer is done. */
export function isDistinct(answer: AnswerPattern, done: PrinterProfile['done']): boolean {
  return done === undefined || !couldBeConfused(answer, done.answer);
}

/** What a printer says of itself: the words, and the bytes they were read from in hex. */
export interface Reading {
  readonly words: readonly StatusWord[];
  readonly vendorCode: string;
  /** Whether it would have said that paper is out: else silence about paper says nothing. */
  readonly tellsPaper: boolean;
}

/** Reads the answers to all questions of a profile, one for each. */
export function readingOf(
  questions: PrinterProfile['questions'],
  answers: readonly (readonly number[])[],
): Reading {
  const words = questions.flatMap(({ checks }, i) => wordsOf(checks, answers[i] ?? []));
  const tellsPaper = questions.some(({ checks }) => areOfPaper(checks));
  return { words: [...new Set(words)], vendorCode: hex(answers.flat()), tellsPaper };
}

/** Reads an automatic status. */
export function automaticReading(bytes: readonly number[]): Reading {
  return {
    words: wordsOf(AUTOMATIC_CHECKS, bytes),
    vendorCode: hex(bytes),
    tellsPaper: areOfPaper(AUTOMATIC_CHECKS),
  };
}

function areOfPaper(checks: readonly StatusCheck[]): boolean {
  return checks.some(({ means }) => means === 'paperOut');
}

/** Bytes as a technician compares them with a manual. */
export function hex(bytes: readonly number[]): string {
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

/** What the words make together, the gravest first. Paper is only called full by a printer that can say that it is out. */
export function statusFrom({ words, vendorCode, tellsPaper }: Reading): DeviceStatus {
  const says = (word: StatusWord): boolean => words.includes(word);
  const vendor = { vendorCode };
  const rest = tellsPaper ? 'full' : 'unknown';
  const paper: PaperState = says('paperOut') ? 'out' : says('paperLow') ? 'low' : rest;
  if (says('hardware')) {
    return { state: 'hardwareError', paper, fault: fault('printer.hardware', vendor) };
  }
  if (says('cutter')) {
    return { state: 'hardwareError', paper, fault: fault('printer.cutter', vendor) };
  }
  if (says('coverOpen')) {
    return { state: 'userError', paper, fault: fault('printer.coverOpen', vendor) };
  }
  if (says('jam')) {
    return { state: 'userError', paper: 'jammed', fault: fault('printer.jam', vendor) };
  }
  if (paper === 'out') {
    return { state: 'userError', paper, fault: fault('printer.paperOut', vendor) };
  }
  // It goes on by itself: a hot head when it has cooled, a held feed button.
  if (says('headHot')) {
    return { state: 'deviceBusy', paper, fault: fault('printer.headHot', vendor) };
  }
  if (says('busy')) return { state: 'deviceBusy', paper };
  if (says('error')) {
    return { state: 'hardwareError', paper, fault: fault('printer.hardware', vendor) };
  }
  // A warning only: it prints.
  return paper === 'low'
    ? { state: 'online', paper, fault: fault('printer.paperLow') }
    : { state: 'online', paper };
}

/** What keeps a receipt from being begun. */
export function obstacleTo({ state, fault: why }: DeviceStatus): DeviceStatus['fault'] {
  return state === 'online' ? undefined : why;
}

/** What ends a receipt that has begun: not what passes by itself. */
export function obstacleIn({ state, fault: why }: DeviceStatus): DeviceStatus['fault'] {
  return state === 'online' || state === 'deviceBusy' ? undefined : why;
}
