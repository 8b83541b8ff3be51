/*
 * A scanner that pretends to be a keyboard and is set to strike a function key first. What it strikes after that
 * key is told from a person's typing before the first character comes, so a field that has the focus is not
 * disturbed. Knows neither DOM nor Node: the page feeds it.
 */
import type { KeyPress } from './keyboard-wedge.ts';

/** Function keys that neither the page nor a browser does anything with that matters here. */
export const WEDGE_PREFIXES = ['F2', 'F4', 'F6', 'F7', 'F8', 'F9', 'F10'] as const;

/** A key that a scanner strikes before each code. */
export type WedgePrefix = (typeof WEDGE_PREFIXES)[number];

/** What became of a key. */
export interface PrefixedStep {
  /** It is the scanner's: no field may get it. */
  readonly mine: boolean;
  /** A whole code; its Enter is used up. */
  readonly code?: string;
}

const MODIFIERS = new Set(['Shift', 'CapsLock', 'NumLock']);
const LONGEST = 4_096;

/**
 * From the prefix to Enter every key at a scanner's pace is the scanner's. A key that comes later than `maxGapMs`
 * after the last one is a person's again, and what was begun is thrown away: a code that was cut is no code.
 */
export class PrefixedWedge {
  readonly #prefix: WedgePrefix;
  readonly #maxGapMs: number;
  #held: string[] | undefined;
  #lastAtMs = -Infinity;

  /** `maxGapMs`: longest time between two keys of a scanner; default 50. */
  constructor(prefix: WedgePrefix, maxGapMs = 50) {
    this.#prefix = prefix;
    this.#maxGapMs = maxGapMs;
  }

  /** Takes the next key. */
  press({ key, atMs, repeat, modified }: KeyPress): PrefixedStep {
    const gapMs = atMs - this.#lastAtMs;
    if (gapMs > this.#maxGapMs || gapMs < 0) this.#held = undefined;
    this.#lastAtMs = atMs;
    if (repeat !== true && modified !== true && key === this.#prefix) {
      this.#held = [];
      return { mine: true };
    }
    const held = this.#held;
    if (held === undefined) return { mine: false };
    if (key === 'Enter') {
      this.#held = undefined;
      return held.length === 0 ? { mine: true } : { mine: true, code: held.join('') };
    }
    if (MODIFIERS.has(key)) return { mine: true };
    const isCharacter = Array.from(key).length === 1 && repeat !== true && modified !== true;
    if (isCharacter && held.length < LONGEST) held.push(key);
    // no scanner strikes that in a code: it is a person's, and so is what follows
    else this.#held = undefined;
    return { mine: isCharacter };
  }
}
