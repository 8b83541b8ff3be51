import { isDeepStrictEqual } from 'node:util';
import type { Unsubscribe } from './device.ts';

/** What a device says of itself, in its maker's words; absent is what it does not say. For technicians. */
export interface HardwareDetails {
  readonly maker?: string;
  /** Of a PC/SC reader the name under which the system lists it. */
  readonly model?: string;
  readonly firmware?: string;
  readonly serialNumber?: string;
  /** Number of the security module: `05.01-20110253-0000123456-123456789`. */
  readonly samId?: string;
}

/** What the hardware last said of itself; kept while it is away, empty until it spoke. */
export interface HardwareReport {
  readonly details: HardwareDetails;
  /** Called when it says something else than before. */
  onTold(listener: () => void): Unsubscribe;
}

/** Longest word that is kept of one. */
const MOST_CHARACTERS = 80;

/** Keeps what the hardware said. A device is not trusted: control characters are left out, long words cut. */
export class ToldHardware implements HardwareReport {
  readonly #listeners = new Set<() => void>();
  #details: HardwareDetails = {};

  get details(): HardwareDetails {
    return this.#details;
  }

  onTold(listener: () => void): Unsubscribe {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** The hardware was asked anew; words that are empty or undefined are left out. */
  told(words: { readonly [Key in keyof HardwareDetails]: string | undefined }): void {
    const plain = Object.entries(words).flatMap(([key, word]) => {
      const text = plainWord(word);
      return text === '' ? [] : [[key, text] as const];
    });
    const details: HardwareDetails = Object.fromEntries(plain);
    if (isDeepStrictEqual(details, this.#details)) return;
    this.#details = details;
    for (const listener of [...this.#listeners]) listener();
  }
}

function plainWord(word: string | undefined): string {
  const plain = (word ?? '').replaceAll(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, ' ');
  const short = plain.replaceAll(/ +/g, ' ').trim().slice(0, MOST_CHARACTERS);
  // the cut may have gone through a character, or left a blank
  return short.replace(/[\ud800-\udbff]$/, '').trim();
}
