import { fault } from '../../domain/device/fault-catalogue.ts';
import type { DeviceStatus, PaperState } from '../../domain/device/status.ts';

/** The four real-time questions, DLE EOT 1 to 4. */
export type RealTimeQuestion = 1 | 2 | 3 | 4;

/** One answer byte for each question. */
export type RealTimeAnswers = Readonly<Record<RealTimeQuestion, number>>;

/** Something a printer said. */
export type PrinterWord =
  /** Answer to DLE EOT, pattern 0xx1xx10. */
  | { readonly type: 'realTime'; readonly byte: number }
  /** Answer to GS r or GS I, pattern 0xx0xxxx. */
  | { readonly type: 'single'; readonly byte: number }
  /** Automatic status: 0xx1xx00 and three times 0xx0xxxx. */
  | { readonly type: 'automatic'; readonly bytes: readonly number[] }
  /** 5F … 00, answers to GS I 65 and the like. */
  | { readonly type: 'block'; readonly bytes: readonly number[] }
  | { readonly type: 'flow'; readonly resume: boolean }
  | { readonly type: 'noise'; readonly byte: number };

/** No maker's name or serial number is longer. */
const LONGEST_BLOCK = 128;

/** Takes the mixed stream of a printer's answers apart. Keeps its place between calls; never throws. */
export class PrinterWordReader {
  #automatic: number[] | undefined;
  #block: number[] | undefined;

  /** The words that these bytes complete, in order. */
  read(bytes: Uint8Array): readonly PrinterWord[] {
    return Array.from(bytes).flatMap((byte) => this.#next(byte));
  }

  #next(byte: number): readonly PrinterWord[] {
    if (this.#block !== undefined) return this.#inBlock(this.#block, byte);
    if (byte === 0x11 || byte === 0x13) return [{ type: 'flow', resume: byte === 0x11 }];
    if ((byte & 0x93) === 0x12) return [{ type: 'realTime', byte }];
    if ((byte & 0x93) === 0x10) {
      this.#automatic = [byte];
      return [];
    }
    if ((byte & 0x90) === 0) {
      if (this.#automatic === undefined) return [{ type: 'single', byte }];
      const bytes = [...this.#automatic, byte];
      this.#automatic = bytes.length < 4 ? bytes : undefined;
      return bytes.length < 4 ? [] : [{ type: 'automatic', bytes }];
    }
    if (byte === 0x5f) {
      this.#block = [];
      return [];
    }
    return [{ type: 'noise', byte }];
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

/** What the four answers say, the gravest first. Total: every byte gives a status. */
export function statusFrom(answers: RealTimeAnswers): DeviceStatus {
  const has = (question: RealTimeQuestion, mask: number): boolean =>
    (answers[question] & mask) !== 0;
  const hex = ([1, 2, 3, 4] as const)
    .map((n) => answers[n].toString(16).padStart(2, '0'))
    .join(' ');
  const vendor = { vendorCode: hex };
  const supply: PaperState = has(4, 0x60) || has(2, 0x20) ? 'out' : has(4, 0x0c) ? 'low' : 'full';
  if (has(3, 0x20)) {
    return { state: 'hardwareError', paper: supply, fault: fault('printer.hardware', vendor) };
  }
  if (has(3, 0x08)) {
    return { state: 'hardwareError', paper: supply, fault: fault('printer.cutter', vendor) };
  }
  if (has(2, 0x04)) {
    return { state: 'userError', paper: supply, fault: fault('printer.coverOpen', vendor) };
  }
  if (has(3, 0x04)) {
    return { state: 'userError', paper: 'jammed', fault: fault('printer.jam', vendor) };
  }
  if (supply === 'out') {
    return { state: 'userError', paper: supply, fault: fault('printer.paperOut', vendor) };
  }
  // A hot head, a held feed button: it goes on by itself.
  if (has(3, 0x40) || has(1, 0x08)) return { state: 'deviceBusy', paper: supply };
  if (has(2, 0x40)) {
    return { state: 'hardwareError', paper: supply, fault: fault('printer.hardware', vendor) };
  }
  return { state: 'online', paper: supply };
}
