/** Channels that boards of this kind have at most. */
export const MOST_CHANNELS = 8;

/**
 * The one question there is. Unconfirmed: only boards sold as later ones know it, and what others make of a lone
 * byte nobody wrote down, so it is sent only to a board that is said to answer.
 */
export const RELAY_QUESTION: Uint8Array = Uint8Array.of(0xff);

/**
 * Switches one relay of a board of the LCUS kind: `A0`, the channel from 1, 01 on or 00 off, and the sum of the
 * three, modulo 256. The widespread firmware answers nothing to it. (As sellers of LCUS-1, -2 and -4 print it.)
 */
export function relayFrame(channel: number, on: boolean): Uint8Array {
  const state = on ? 1 : 0;
  return Uint8Array.of(0xa0, channel, state, (0xa0 + channel + state) & 0xff);
}

/** What a board says of one of its relays. */
export interface RelayWord {
  /** From 1. */
  readonly channel: number;
  readonly on: boolean;
}

const WORD = /CH([1-8]) {0,2}: {0,2}(ON|OFF)/g;
/** The longest beginning of a word that is not yet one. */
const LONGEST_BEGINNING = 'CH1  :  OF'.length;

/**
 * Finds `CH1: OFF` and `CH2: ON` in whatever comes, in whatever pieces. Where lines end is not asked: a word is
 * whole with its last letter, and what is no word is passed over. Keeps a few bytes only and never throws.
 */
export class RelayWords {
  #kept = '';

  push(bytes: Uint8Array): readonly RelayWord[] {
    const text = this.#kept + Buffer.from(bytes).toString('latin1');
    const words: RelayWord[] = [];
    let end = 0;
    for (const match of text.matchAll(WORD)) {
      words.push({ channel: Number(match[1]), on: match[2] === 'ON' });
      end = match.index + match[0].length;
    }
    this.#kept = text.slice(end).slice(-LONGEST_BEGINNING);
    return words;
  }
}
