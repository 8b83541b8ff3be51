import type { Cleared, Remains } from './clearing.ts';
import { ANYTHING_LEFT } from './clearing.ts';
import { LONGEST_COMMAND } from './escpos-encoder.ts';

/**
 * So often a driver cuts off by itself what is left, without an end of it: a printer that falls off its line whenever
 * it cuts, for want of power, would else give blank strips until its roll has ended, with nobody there.
 */
const MOST_VAIN_CUTS = 2;

/** What a driver believes that is left in its printer, from line to line. */
export class Leavings {
  #remains: Remains = ANYTHING_LEFT;
  #longest = LONGEST_COMMAND;
  #vainCuts = 0;

  /** What is to be cleared up, and how many bytes of a command may be missing. */
  get now(): { readonly remains: Remains; readonly longest: number } {
    return { remains: this.#remains, longest: this.#longest };
  }

  get isTorn(): boolean {
    return this.#remains.paper === 'midCommand';
  }

  /** Whether paper is to be cut off without being asked; if not, the next receipt does. */
  get goByThemselves(): boolean {
    return this.#remains.paper !== 'none' && this.#vainCuts < MOST_VAIN_CUTS;
  }

  /** A picture of so many bytes went only in part. */
  tornPicture(bytes: number): void {
    this.#remains = { ...this.#remains, paper: 'midCommand' };
    this.#longest = Math.max(this.#longest, bytes);
  }

  /** What a receipt left. */
  left(remains: Remains): void {
    this.#remains = remains;
    if (remains.paper === 'none') this.#vainCuts = 0;
  }

  /** How clearing up by itself ended. */
  cleared({ remains, hasCut }: Cleared): void {
    this.left(remains);
    if (remains.paper !== 'none' && hasCut === true) this.#vainCuts += 1;
  }

  /** A receipt was begun on a printer that was cleared up before it. */
  wentAway(): void {
    this.#vainCuts = 0;
  }
}
