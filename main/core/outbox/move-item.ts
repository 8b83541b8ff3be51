import { transition, type OutboxEvent } from '../../../domain/outbox/transition.ts';
import type { AuditEventName } from '../../../domain/wire/audit-events.ts';
import type { Audit } from '../audit/contract.ts';
import type { IndexDb } from '../storage/index-db.ts';
import { itemById, type ItemRow } from '../storage/item-rows.ts';

/** The one audit event that each event of the machine leaves. */
export const AUDITED: Readonly<Record<OutboxEvent['type'], AuditEventName>> = {
  attemptBegun: 'attemptBegun',
  attemptFailed: 'attemptFailed',
  received: 'itemReceived',
  refused: 'itemHeld',
  archived: 'itemArchived',
  forgotten: 'itemForgotten',
  released: 'itemReleased',
};

/** Columns that change together with the state. */
export interface Along {
  /** A code from a closed set; also the detail of the audit event. */
  readonly lastError?: string | null;
  readonly notBefore?: number;
  readonly attempts?: number;
  readonly receivedAt?: string;
  readonly platformCursor?: number;
  readonly caseNumber?: string;
  readonly archivedAt?: string;
}

const COLUMNS: Readonly<Record<keyof Along, string>> = {
  lastError: 'last_error',
  notBefore: 'not_before',
  attempts: 'attempts',
  receivedAt: 'received_at',
  platformCursor: 'platform_cursor',
  caseNumber: 'case_number',
  archivedAt: 'archived_at',
};

/**
 * Moves an item to its next state: state, columns and exactly one audit event in one transaction.
 * @throws Error when the event cannot happen in the item's state: a bug of the caller
 */
export function moveItem(
  db: IndexDb,
  audit: Audit,
  submissionId: string,
  event: OutboxEvent,
  along: Along = {},
): ItemRow {
  return db.transaction(() => {
    const item = itemById(db, submissionId);
    if (!item) throw new Error(`no item ${submissionId}`);
    const next = transition(item.state, event);
    if (!next.ok) {
      throw new Error(`${next.error.kind}: ${next.error.event} in state ${next.error.state}`);
    }
    const columns = Object.entries(along) as [keyof Along, string | number | null][];
    db.run(
      `UPDATE item SET state = ?${columns.map(([name]) => `, ${COLUMNS[name]} = ?`).join('')}
       WHERE submission_id = ?`,
      next.value,
      ...columns.map(([, value]) => value),
      submissionId,
    );
    audit.record(AUDITED[event.type], {
      submissionId,
      receiptNumber: item.receiptNumber,
      ...(typeof along.lastError === 'string' ? { detail: along.lastError } : {}),
    });
    const moved = itemById(db, submissionId);
    if (!moved) throw new Error(`item ${submissionId} went away`);
    return moved;
  });
}
