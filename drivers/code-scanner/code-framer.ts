import { AIM_ID_BYTES, isAimId } from './aim-id.ts';
import type { Assembled, CodeAssembler } from './code-assembler.ts';
import { MAX_CODE_BYTES } from './contract.ts';

/** What a scanner on a serial line puts after a code: CR, LF or both; TAB; or nothing but a pause. */
export type CodeSuffix = 'newline' | 'tab' | 'none';

/** How codes stand on a serial line. */
export interface FramingOptions {
  readonly suffix: CodeSuffix;
  /** The scanner puts a symbology identifier (`]Q1`) before each code; a code without one is thrown away. */
  readonly aimId: boolean;
}

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;

/**
 * Finds codes in the bytes of a serial line. With a suffix, a code counts only when its suffix came, and
 * a pause throws away what has begun. Without one, the pause ends the code, and line ends inside it stay.
 */
export class CodeFramer implements CodeAssembler {
  readonly #options: FramingOptions;
  readonly #kept: Uint8Array;
  #length = 0;
  #tooLong = false;

  constructor(options: FramingOptions) {
    this.#options = options;
    this.#kept = new Uint8Array(MAX_CODE_BYTES + (options.aimId ? AIM_ID_BYTES : 0));
  }

  get partial(): boolean {
    return this.#length > 0 || this.#tooLong;
  }

  push(piece: Uint8Array): readonly Assembled[] {
    const assembled: Assembled[] = [];
    for (const byte of piece) {
      if (this.#ends(byte)) {
        assembled.push(...this.#finish());
      } else if (this.#length < this.#kept.length) {
        this.#kept[this.#length++] = byte;
      } else if (this.#options.suffix !== 'none' || !isBlank(byte)) {
        this.#tooLong = true;
        this.#length = 0;
      }
    }
    return assembled;
  }

  paused(): readonly Assembled[] {
    if (this.#options.suffix === 'none' || this.#tooLong) return this.#finish();
    if (this.#length === 0) return [];
    this.reset();
    return [{ type: 'dropped', why: 'no suffix came' }];
  }

  reset(): void {
    this.#kept.fill(0);
    this.#length = 0;
    this.#tooLong = false;
  }

  #ends(byte: number): boolean {
    switch (this.#options.suffix) {
      case 'newline':
        return byte === CR || byte === LF;
      case 'tab':
        return byte === TAB;
      case 'none':
        return false;
    }
  }

  #finish(): readonly Assembled[] {
    if (this.#options.suffix === 'none') {
      while (this.#length > 0 && isBlank(this.#kept[this.#length - 1])) this.#length -= 1;
    }
    const whole = this.#kept.slice(0, this.#length);
    const tooLong = this.#tooLong;
    this.reset();
    if (tooLong) return [{ type: 'dropped', why: `longer than ${MAX_CODE_BYTES} bytes` }];
    if (whole.length === 0) return [];
    if (!this.#options.aimId) return [{ type: 'code', bytes: whole }];
    if (!isAimId(whole)) return [{ type: 'dropped', why: 'no symbology identifier' }];
    const bytes = whole.slice(AIM_ID_BYTES);
    if (bytes.length === 0) return [];
    return [{ type: 'code', bytes, aimId: whole.slice(0, AIM_ID_BYTES) }];
  }
}

function isBlank(byte: number | undefined): boolean {
  return byte === CR || byte === LF || byte === TAB;
}
