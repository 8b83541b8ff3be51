/*
 * A scanner that pretends to be a keyboard: the last resort. It needs the focus, loses Chinese text, and
 * cannot be told apart from a keyboard but by its speed. Knows neither DOM nor Node: the page feeds it.
 */

/** One key going down. */
export interface KeyPress {
  /** As the UI Events standard names it: the character itself, or `Enter`, `Shift`, `Tab` … */
  readonly key: string;
  /** When, in ms that only go up. */
  readonly atMs: number;
  /** The key is held down and repeats itself: a person's finger. */
  readonly repeat?: boolean;
  /** With Ctrl, Alt or Meta held: a person's command. */
  readonly modified?: boolean;
}

/** What tells a scanner from a person. */
export interface WedgeOptions {
  /** Longest time between two keys of a scanner, in ms. Default 50; who types fast needs about 100. */
  readonly maxGapMs?: number;
  /** Fewest characters of a code. Default 6: nobody strikes so many keys at that speed. */
  readonly minLength?: number;
  /** Most characters of a code; a longer burst is given as typed. Default 4096. */
  readonly maxLength?: number;
}

/** What became of the keys. Every key comes back exactly once: as typed, or in a code. */
export interface WedgeStep {
  /** Keys that a person typed, the held-back ones included, in their order. */
  readonly typed: readonly KeyPress[];
  /** A whole code, after `typed`; its Enter is used up. */
  readonly code?: string;
}

const MODIFIERS = new Set(['Shift', 'CapsLock', 'NumLock']);

/**
 * Tells a scanner's burst of keys from a person's typing: characters that follow each other at a speed no
 * person has, ended by Enter at the same speed. Keys are held back until it is clear whose they are, so the
 * page must keep them from the field that has the focus, and must call `settle` a little more than
 * `maxGapMs` after the last key. A burst with a key in it that no code has is given as typed to its end.
 */
export class KeyboardWedge {
  readonly #options: Required<WedgeOptions>;
  #held: KeyPress[] = [];
  #characters = 0;
  #lastAtMs = -Infinity;
  /** The burst cannot be a code any more; what follows at the same speed is no code either. */
  #spoilt = false;

  constructor(options: WedgeOptions = {}) {
    this.#options = { maxGapMs: 50, minLength: 6, maxLength: 4_096, ...options };
  }

  /** Takes the next key. */
  press(press: KeyPress): WedgeStep {
    const typed = [...this.settle(press.atMs).typed];
    this.#lastAtMs = press.atMs;
    const { key } = press;
    if (key === 'Enter' && press.repeat !== true && press.modified !== true) {
      const code = this.#code();
      if (code === undefined) typed.push(...this.#held, press);
      this.#forget();
      return code === undefined ? { typed } : { typed, code };
    }
    if (!this.#spoilt && fitsACode(press)) {
      this.#held.push(press);
      if (!MODIFIERS.has(key)) this.#characters += 1;
      if (this.#characters <= this.#options.maxLength) return { typed };
      typed.push(...this.#held);
    } else {
      typed.push(...this.#held, press);
    }
    this.#forget();
    this.#spoilt = true;
    return { typed };
  }

  /** Time has gone by: gives back as typed what a scanner would have gone on with by now. */
  settle(atMs: number): WedgeStep {
    const gapMs = atMs - this.#lastAtMs;
    // A clock that jumps back tells nothing of the speed.
    if (gapMs >= 0 && gapMs <= this.#options.maxGapMs) return { typed: [] };
    const typed = this.#held;
    this.#forget();
    return { typed };
  }

  #code(): string | undefined {
    if (this.#characters < this.#options.minLength) return undefined;
    return this.#held.flatMap(({ key }) => (MODIFIERS.has(key) ? [] : [key])).join('');
  }

  #forget(): void {
    this.#held = [];
    this.#characters = 0;
    this.#spoilt = false;
  }
}

function fitsACode({ key, repeat, modified }: KeyPress): boolean {
  if (repeat === true || modified === true) return false;
  return MODIFIERS.has(key) || Array.from(key).length === 1;
}
