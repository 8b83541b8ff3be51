import type { Fault } from '../../domain/device/fault.ts';
import type { CardReadout, IdCardEvent } from './contract.ts';

/** Times of card presence, in ms. */
export interface PresenceTimings {
  /** A card counts as taken away after not having been found for so long. */
  readonly removalAfterMs: number;
  /** A card that could not be read and still lies there is tried again after so long. */
  readonly retryAfterMs: number;
}

type State =
  | { readonly at: 'empty' }
  | { readonly at: 'reading' }
  | { readonly at: 'present'; readonly idNumber: string; readonly absentSince?: number }
  | {
      readonly at: 'refused';
      readonly code: string;
      readonly since: number;
      readonly absentSince?: number;
    };

/**
 * Turns what a reader finds, poll by poll, into events about one laying-down of a card. Some readers find
 * a card once, some again and again while it lies there: the same id number is told only once until the
 * card was away for a while. All times are of the driver's clock, in ms.
 */
export class CardPresence {
  readonly #timings: PresenceTimings;
  readonly #emit: (event: IdCardEvent) => void;
  #state: State = { at: 'empty' };

  constructor(timings: PresenceTimings, emit: (event: IdCardEvent) => void) {
    this.#timings = timings;
    this.#emit = emit;
  }

  /** A card was found. Says whether to read it. */
  found(now: number): boolean {
    const state = this.#state;
    switch (state.at) {
      case 'empty':
        this.#state = { at: 'reading' };
        this.#emit({ type: 'reading' });
        return true;
      case 'refused':
        this.#state = { at: 'refused', code: state.code, since: state.since };
        return now - state.since >= this.#timings.retryAfterMs;
      case 'reading':
      case 'present':
        return true;
    }
  }

  /** The card that was found has been read whole. */
  read(readout: CardReadout): void {
    const { idNumber } = readout.data;
    const before = this.#state;
    this.#state = { at: 'present', idNumber };
    if (before.at === 'present' && before.idNumber === idNumber) return;
    if (before.at === 'present') this.#emit({ type: 'removed' });
    if (before.at !== 'reading') this.#emit({ type: 'reading' });
    this.#emit({ type: 'card', readout });
  }

  /** The card that was found could not be read; `lies` says whether it is still there. */
  failed(fault: Fault, lies: boolean, now: number): void {
    const state = this.#state;
    if (state.at === 'present') {
      this.absent(now);
      return;
    }
    this.#state = lies ? { at: 'refused', code: fault.code, since: now } : { at: 'empty' };
    const told = state.at === 'refused' && (state.code === fault.code || !lies);
    if (!told) this.#emit({ type: 'failed', fault });
    else if (!lies) this.#emit({ type: 'removed' });
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
