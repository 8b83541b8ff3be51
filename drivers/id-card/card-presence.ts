/**
 * Which card lies on a reader, as a small state machine. SDT has no word for "taken away" and readers
 * differ: some find a card once for each laying-down, some again and again while it lies there. The
 * driver tells what each look gave (left), the listeners hear a story that always makes sense (middle).
 *
 * | state   | what the look gave                | told                        | next state       |
 * | ------- | --------------------------------- | --------------------------- | ---------------- |
 * | empty   | found                             | reading                     | reading          |
 * | reading | read                              | card                        | present          |
 * |         | failed, the card lies             | failed                      | refused          |
 * |         | failed, the card is gone          | failed                      | empty            |
 * |         | the reader was lost               | failed                      | empty            |
 * | present | read, the same card               |                             | present          |
 * |         | read, another card                | removed, reading, card      | present          |
 * |         | failed, the card lies             | removed, reading, failed    | refused          |
 * |         | failed, the card is gone          | removed, reading, failed \* | empty            |
 * |         | absent for `removalAfterMs`       | removed                     | empty            |
 * | refused | read                              | (removed) reading, card     | present          |
 * |         | failed, the card lies, as before  | nothing, or as below        | refused          |
 * |         | failed, the card lies, otherwise  | (removed) reading, failed   | refused          |
 * |         | failed, the card is gone          | removed                     | empty            |
 * |         | absent for `removalAfterMs`       | removed                     | empty            |
 *
 * (removed): when the card had not been found in between: it was lifted, and this laying-down is a new
 * one. Then a failure is told even if it is the same as before, and the card is read without waiting.
 *
 * \*: not when this reader finds lying cards again and the card was there at every look: then the card
 * that was read is just being lifted while it is read once more. It counts as absent from now on.
 */
import type { Fault } from '../../domain/device/fault.ts';
import type { CardReadout, IdCardEvent } from './contract.ts';

/** Times of card presence, in ms. */
export interface PresenceTimings {
  /** A card counts as taken away after not having been found for so long. */
  readonly removalAfterMs: number;
  /** A card that could not be read and still lies there is tried again after so long. */
  readonly retryAfterMs: number;
}

/** Since when a card has not been found, and whether it was found again after that. */
interface Sighting {
  readonly absentSince?: number;
  /** Found after it had not been found, and it is not yet known what was found. */
  readonly laidAnew: boolean;
}

type State =
  | { readonly at: 'empty' }
  | { readonly at: 'reading' }
  | ({ readonly at: 'present'; readonly card: string } & Sighting)
  | ({ readonly at: 'refused'; readonly code: string; readonly since: number } & Sighting);

/**
 * Turns what a reader finds, look by look, into events about one laying-down of a card. Each `found` that
 * says true is followed by `read`, `failed` or `interrupted`. All times are of the driver's clock, in ms.
 */
export class CardPresence {
  readonly #timings: PresenceTimings;
  readonly #emit: (event: IdCardEvent) => void;
  #state: State = { at: 'empty' };
  /** Whether this reader was seen to find a card again that had been read and not lifted. */
  #refindsLyingCard = false;

  constructor(timings: PresenceTimings, emit: (event: IdCardEvent) => void) {
    this.#timings = timings;
    this.#emit = emit;
  }

  /** A card was found. Says whether to read it. */
  found(now: number): boolean {
    const state = this.#state;
    if (state.at === 'empty') {
      this.#state = { at: 'reading' };
      this.#emit({ type: 'reading' });
      return true;
    }
    if (state.at === 'reading') return true;
    const { absentSince, ...rest } = state;
    const laidAnew = state.laidAnew || absentSince !== undefined;
    this.#state = { ...rest, laidAnew };
    if (state.at === 'present') return true;
    return laidAnew || now - state.since >= this.#timings.retryAfterMs;
  }

  /** The card that was found has been read whole. */
  read(readout: CardReadout): void {
    const before = this.#state;
    const card = identityOf(readout);
    this.#state = { at: 'present', card, laidAnew: false };
    if (before.at === 'present') {
      if (before.card === card) {
        if (!before.laidAnew) this.#refindsLyingCard = true;
        return;
      }
      this.#emit({ type: 'removed' });
    } else if (before.at === 'refused' && before.laidAnew) {
      this.#emit({ type: 'removed' });
    }
    if (before.at !== 'reading') this.#emit({ type: 'reading' });
    this.#emit({ type: 'card', readout });
  }

  /** The card that was found could not be read; `lies` says whether it is still there. */
  failed(fault: Fault, lies: boolean, now: number): void {
    const before = this.#state;
    if (before.at === 'present' && !lies && !before.laidAnew && this.#refindsLyingCard) {
      this.absent(now);
      return;
    }
    this.#state = lies
      ? { at: 'refused', code: fault.code, since: now, laidAnew: false }
      : { at: 'empty' };
    if (before.at === 'refused' && !before.laidAnew) {
      if (!lies) this.#emit({ type: 'removed' });
      if (!lies || before.code === fault.code) return;
    } else if (before.at === 'refused' || before.at === 'present') {
      this.#emit({ type: 'removed' });
    }
    if (before.at !== 'reading') this.#emit({ type: 'reading' });
    this.#emit({ type: 'failed', fault });
  }

  /** No card was found. */
  absent(now: number): void {
    const state = this.#state;
    if (state.at === 'empty' || state.at === 'reading') return;
    const absentSince = state.absentSince ?? now;
    if (now - absentSince >= this.#timings.removalAfterMs) {
      this.#state = { at: 'empty' };
      this.#emit({ type: 'removed' });
    } else {
      this.#state = { ...state, absentSince };
    }
  }

  /** The reader was lost, or the driver closes: a reading that had begun ends as failed. */
  interrupted(fault: Fault): void {
    if (this.#state.at !== 'reading') return;
    this.#state = { at: 'empty' };
    this.#emit({ type: 'failed', fault });
  }
}

/**
 * What makes two readings the same card. The address is not part of it: whether the newest one could be
 * asked for changes from reading to reading. A renewed card has the old number and other dates.
 */
function identityOf({ data }: CardReadout): string {
  const { kind, idNumber, name, validFrom, validTo } = data;
  return JSON.stringify([kind, idNumber, name, validFrom, validTo]);
}
