import { OUTBOX_STATES, type OutboxState } from '../../domain/outbox/transition.ts';
import type { AuditedItem } from '../invariants/ledger.ts';
import type { DistrictTerminal } from './district-terminal.ts';
import type { Machine } from './machine.ts';

/** Where something may find an item of a terminal: being stored, or in a state, its files still there. */
export const ITEM_MOMENTS = ['storing', ...OUTBOX_STATES] as const;

/** What a terminal is found at. */
export type TerminalMoment = 'storing' | OutboxState | 'takes a file away';
/** What the platform is found at. */
export type PlatformMoment = 'takes an envelope' | 'takes an attachment' | 'writes a backup';

/** What something waits for before it happens. */
export type Aim =
  | { readonly terminal: number; readonly when: TerminalMoment }
  | { readonly platform: PlatformMoment };

interface Waiting {
  readonly terminal: number;
  readonly when: TerminalMoment;
  readonly go: () => void;
}

/** What aiming needs to see. */
export interface Targets {
  readonly platform: Machine;
  terminal(number: number): DistrictTerminal | undefined;
  /** Where its items stand. */
  itemsOf(terminal: DistrictTerminal): Iterable<AuditedItem>;
}

/** What waits for its moment. */
export class Aims {
  readonly #targets: Targets;
  #waiting: Waiting[] = [];
  #over = false;

  constructor(targets: Targets) {
    this.#targets = targets;
  }

  /** Lets something happen at the first such moment. */
  wait(aim: Aim, happen: () => void): void {
    const go = (): void => {
      if (!this.#over) happen();
    };
    if ('platform' in aim) this.#targets.platform.atMoment(aim.platform, go);
    else if (aim.when === 'takes a file away') {
      this.#targets.terminal(aim.terminal)?.machine.atMoment('rm', go);
    } else this.#waiting.push({ ...aim, go });
  }

  /** To be called after each step. */
  look(): void {
    if (this.#waiting.length === 0) return;
    const due = this.#waiting.filter((each) => this.#met(each));
    if (due.length === 0) return;
    this.#waiting = this.#waiting.filter((each) => !due.includes(each));
    for (const { go } of due) go();
  }

  /** What did not find its moment until now never happens. */
  end(): void {
    this.#over = true;
    this.#waiting = [];
  }

  #met({ terminal: number, when }: Waiting): boolean {
    const terminal = this.#targets.terminal(number);
    if (!terminal?.machine.run) return false;
    if (when === 'storing') return terminal.storing > 0;
    for (const { state, ciphertextDeleted } of this.#targets.itemsOf(terminal)) {
      if (state === when && !ciphertextDeleted) return true;
    }
    return false;
  }
}
