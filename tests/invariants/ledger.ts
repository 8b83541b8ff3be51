import {
  OUTBOX_STATES,
  transition,
  type OutboxEvent,
  type OutboxState,
} from '../../domain/outbox/transition.ts';
import type { AuditEventName } from '../../domain/wire/audit-events.ts';
import type { AuditRow } from '../../main/core/audit/contract.ts';
import { AUDITED } from '../../main/core/outbox/move-item.ts';

/** The event of the machine behind an audit event. */
const EVENT_OF: ReadonlyMap<string, OutboxEvent> = new Map(
  (Object.entries(AUDITED) as [OutboxEvent['type'], AuditEventName][]).map(([type, audited]) => [
    audited,
    // why it was refused changes nothing of where it stands
    type === 'refused' ? { type, code: 'malformed' } : { type },
  ]),
);

/** Where an item stands by the audit alone, and whether its sealed files were given up. */
export interface AuditedItem {
  readonly state: OutboxState;
  readonly ciphertextDeleted: boolean;
}

/**
 * Plays the machine of `domain/outbox/transition.ts` by the audit events, one by one: what the rows say
 * must come out, for each move has exactly one event.
 */
export class Ledger {
  readonly items = new Map<string, AuditedItem>();
  readonly #pruned: boolean;

  /** @param pruned old events were removed: a story may be told from the middle on */
  constructor(pruned = false) {
    this.#pruned = pruned;
  }

  /** @returns why the event cannot be, else `undefined` */
  take(row: AuditRow): string | undefined {
    const id = row.submissionId;
    if (id === null) return undefined;
    const before = this.items.get(id);
    if (row.event === 'itemStored' || row.event === 'itemRecovered') {
      if (before) return `${row.event} of an item that is there`;
      this.items.set(id, { state: 'queued', ciphertextDeleted: false });
      return undefined;
    }
    if (row.event === 'ciphertextDeleted') {
      if (!before && this.#pruned) {
        this.items.set(id, { state: 'archived', ciphertextDeleted: true });
        return undefined;
      }
      if (before?.state !== 'archived') return `ciphertextDeleted in state ${before?.state ?? '-'}`;
      if (before.ciphertextDeleted) return 'ciphertextDeleted twice';
      this.items.set(id, { ...before, ciphertextDeleted: true });
      return undefined;
    }
    const event = EVENT_OF.get(row.event);
    if (!event) return undefined;
    if (!before) {
      const after = OUTBOX_STATES.map((state) => transition(state, event)).find(({ ok }) => ok);
      if (!this.#pruned || !after?.ok) return `${row.event} of an item that was never stored`;
      this.items.set(id, { state: after.value, ciphertextDeleted: false });
      return undefined;
    }
    const next = transition(before.state, event);
    if (!next.ok) return `${row.event} in state ${before.state}`;
    this.items.set(id, { ...before, state: next.value });
    return undefined;
  }
}

/** Whether a word is a state of the machine. */
export function isOutboxState(word: string): word is OutboxState {
  return OUTBOX_STATES.some((state) => state === word);
}
