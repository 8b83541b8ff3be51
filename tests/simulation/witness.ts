import type { StoredItem } from '../../main/core/outbox/contract.ts';
import type { Shown, Witness } from '../invariants/ground.ts';
import { BUILD_DATE, type DistrictTerminal, type Handed } from './district-terminal.ts';
import type { Outcome } from './outcome.ts';

const BUILT = Date.parse(BUILD_DATE);

/** What the people of a district have in their hands and were shown; outside of what may crash. */
export class People {
  readonly #printed = new Map<string, StoredItem>();
  readonly #handed = new Map<string, Handed>();
  readonly #atPlace = new Map<string, StoredItem[]>();
  readonly #wrong: (wrong: Outcome['violations'][number]) => void;
  #shown: Shown[] = [];

  /** @param wrong told of what cannot be right, as soon as somebody could see it */
  constructor(wrong: (wrong: Outcome['violations'][number]) => void) {
    this.#wrong = wrong;
  }

  /**
   * Somebody gets a receipt.
   * @returns whether it is the first one of its item
   */
  gets(terminal: DistrictTerminal, item: StoredItem, handed: Handed): boolean {
    const { submissionId: about, receiptNumber } = item;
    const wrong = (invariant: 'I3' | 'receipt', what: string): void =>
      this.#wrong({ invariant, about, what });
    const before = this.#printed.get(about);
    if (before && before.receiptNumber !== receiptNumber) wrong('I3', 'printed with two numbers');
    const theirs = this.#handed.get(about) ?? handed;
    if (theirs !== handed) wrong('I3', 'one id for what two people handed in');
    if (Date.parse(item.submittedAt) < BUILT) wrong('receipt', 'from before the program was built');
    this.#handed.set(about, handed);
    this.#printed.set(about, item);
    const { place } = terminal;
    this.#atPlace.set(place, [...this.receiptsOf({ places: [place] }), item]);
    return before === undefined;
  }

  /** Somebody is shown where an item stands. */
  isShown(submissionId: string, said: Shown['said']): void {
    this.#shown.push({ submissionId, said });
  }

  /** Receipts that were given at the places where a terminal stands and stood. */
  receiptsOf({ places }: Pick<DistrictTerminal, 'places'>): readonly StoredItem[] {
    return places.flatMap((place) => this.#atPlace.get(place) ?? []);
  }

  /** Everything, once: what was shown counts at the next look only. */
  testify(people: readonly string[]): Witness {
    const shown = this.#shown;
    this.#shown = [];
    return { printed: [...this.#printed.values()], shown, people };
  }
}
