import type { StoredItem } from '../../main/core/outbox/contract.ts';
import type { DistrictPlatform } from './district-platform.ts';
import type { DistrictTerminal, Handed } from './district-terminal.ts';
import type { Unkept } from './outcome.ts';
import { submissionOf } from './papers.ts';

/**
 * One more person at each terminal, when all faults are over: a terminal that takes nobody keeps every other
 * promise. Who comes while something is wrong may go away with nothing.
 */
export class LastPeople {
  readonly #seed: string;
  readonly #came = new Map<Handed, DistrictTerminal>();
  readonly #printed = new Map<Handed, StoredItem>();

  constructor(seed: string) {
    this.#seed = seed;
  }

  /** They come to all but those that were revoked, which are to take nobody. */
  come(terminals: readonly DistrictTerminal[]): void {
    for (const [n, terminal] of terminals.entries()) {
      if (terminal.revoked) continue;
      const at = terminal.machine.scheduler.now;
      const what = {
        type: 'submit',
        at,
        terminal: n,
        papers: [],
        twice: false,
        age: false,
      } as const;
      const handed = { submission: submissionOf(this.#seed, what), twice: false, age: false };
      this.#came.set(handed, terminal);
      terminal.handIn(handed, 1);
    }
  }

  /** Somebody gets a receipt. @returns whether it is one of them */
  gets(handed: Handed, item: StoredItem): boolean {
    if (!this.#came.has(handed)) return false;
    this.#printed.set(handed, item);
    return true;
  }

  /** Who went away with nothing, and what did not arrive some hours later. */
  unkept(platform: DistrictPlatform): readonly Unkept[] {
    return [...this.#came].flatMap(([handed, { name, core }]): Unkept[] => {
      const id = this.#printed.get(handed)?.submissionId;
      if (id === undefined) {
        const says = core?.outbox.taking() ?? 'is off';
        const what = `${name}: takes nobody, though nothing is wrong: ${says}`;
        return [{ invariant: 'taken', about: name, what }];
      }
      const what = 'waits, though nothing is wrong';
      return platform.envelopeOf(id) === undefined
        ? [{ invariant: 'drained', about: id, what }]
        : [];
    });
  }

  /** How many came, and have a receipt. */
  get count(): number {
    return this.#printed.size;
  }
}
