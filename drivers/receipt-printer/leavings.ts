import type { Cleared, Remains } from './clearing.ts';
import { ANYTHING_LEFT } from './clearing.ts';
import { LONGEST_COMMAND } from './escpos-encoder.ts';
import type { JobEnd } from './print-job.ts';
import type { PrinterProfile } from './profile.ts';

/**
 * So often a driver cuts off by itself what is left, without an end of it: a printer that falls off its line whenever
 * it cuts, for want of power, would else give blank strips until its roll has ended, with nobody there.
 */
const MOST_VAIN_CUTS = 2;

/** What a receipt, and clearing up before one, must know of those before. */
export interface Known {
  readonly remains: Remains;
  /** Bytes of the longest command that may have been torn. */
  readonly longest: number;
  /** Of a printer that is believed to say no word when it is done: without that question. */
  readonly profile: PrinterProfile;
  /** Whether it ever said, on any line, that something is done. */
  readonly hasSpoken: () => boolean;
}

/** What a driver believes that is left in its printer, from line to line, and whether it says when it is done. */
export class Leavings {
  readonly #profile: PrinterProfile;
  #remains: Remains = ANYTHING_LEFT;
  #longest = LONGEST_COMMAND;
  #vainCuts = 0;

  #hasSpoken = false;
  #isMute = false;
  /** Words that were asked for and are not waited for. */
  #unheard = 0;

  constructor(profile: PrinterProfile) {
    this.#profile = profile;
  }

  /** As it is now. */
  known(): Known {
    if (!this.#isMute && this.#unheard > 0) {
      // It began to speak after all: it may yet say all that it was asked before.
      const { paper, words } = this.#remains;
      this.#remains = { paper, words: words + this.#unheard };
      this.#unheard = 0;
    }
    return {
      remains: this.#remains,
      longest: this.#longest,
      profile: this.#isMute ? { ...this.#profile, done: undefined } : this.#profile,
      hasSpoken: () => this.#hasSpoken,
    };
  }

  /** It said that something is done. */
  spoke(): void {
    this.#hasSpoken = true;
    this.#isMute = false;
  }

  get isTorn(): boolean {
    return this.#remains.paper === 'midCommand';
  }

  /** Whether paper is to be cut off without being asked; if not, the next receipt does. */
  get goByThemselves(): boolean {
    return this.#remains.paper !== 'none' && this.#vainCuts < MOST_VAIN_CUTS;
  }

  /** A picture of so many bytes went only in part, or may have; until that is made good. */
  tornPicture(bytes: number): void {
    this.#remains = { ...this.#remains, paper: 'midCommand' };
    this.#longest = Math.max(this.#longest, bytes);
  }

  /** What a receipt left. One that waited in vain is the last that waits, until the printer says a word. */
  left({ remains, unheard = 0 }: JobEnd): void {
    this.#unheard += unheard;
    this.#isMute ||= unheard > 0 && !this.#hasSpoken;
    this.#keep(remains);
  }

  /** How clearing up by itself ended. */
  cleared({ remains, hasCut }: Cleared): void {
    this.#keep(remains);
    if (remains.paper !== 'none' && hasCut === true) this.#vainCuts += 1;
  }

  #keep({ paper, words }: Remains): void {
    if (this.#isMute) this.#unheard += words;
    this.#remains = { paper, words: this.#isMute ? 0 : words };
    if (paper === 'none') this.#vainCuts = 0;
    if (paper !== 'midCommand') this.#longest = LONGEST_COMMAND;
  }

  /** A receipt was begun on a printer that was cleared up before it. */
  wentAway(): void {
    this.#longest = LONGEST_COMMAND;
    this.#vainCuts = 0;
  }
}
