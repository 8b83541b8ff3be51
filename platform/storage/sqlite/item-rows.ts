import type { DatabaseSync } from 'node:sqlite';
import type { Selectable } from 'kysely';
import type { CaseAction, CaseState } from '../../../domain/application-state.ts';
import type { ItemKind } from '../../../domain/envelope/header.ts';
import type { CaseEvent, ItemRow, LossCause } from '../port.ts';
import type { Tables } from './tables.ts';

/** A row of `items`. */
export type ItemRecord = Selectable<Tables['items']>;

/** The values of a column by submission id, in the order of the rows. */
function bySubmission<T>(
  rows: readonly (T & { readonly submissionId: string })[],
): ReadonlyMap<string, readonly T[]> {
  return Map.groupBy(rows, ({ submissionId }) => submissionId);
}

/**
 * Prepares what fills rows of `items` up with their attachments and kept conflicts: each item is asked for a
 * few times while it is reviewed.
 */
export function createItemFiller(
  database: DatabaseSync,
): (rows: readonly ItemRecord[]) => readonly ItemRow[] {
  const attachmentsOf = database.prepare(
    `SELECT submissionId, sha256, size FROM itemAttachments
     WHERE submissionId IN (SELECT value FROM json_each(?)) ORDER BY position`,
  );
  const conflictsOf = database.prepare(
    `SELECT submissionId, envelopeSha256 FROM conflicts
     WHERE submissionId IN (SELECT value FROM json_each(?)) ORDER BY at`,
  );
  const givenUpOf = database.prepare(
    `SELECT * FROM givenUp WHERE submissionId IN (SELECT value FROM json_each(?)) ORDER BY at, sha256`,
  );
  type Attachment = Pick<Tables['itemAttachments'], 'submissionId' | 'sha256' | 'size'>;
  type Conflict = Pick<Tables['conflicts'], 'submissionId' | 'envelopeSha256'>;
  return (rows) => {
    if (rows.length === 0) return [];
    const ids = JSON.stringify(rows.map((row) => row.submissionId));
    const attachments = bySubmission(attachmentsOf.all(ids) as unknown as Attachment[]);
    const conflicts = bySubmission(conflictsOf.all(ids) as unknown as Conflict[]);
    const givenUp = bySubmission(givenUpOf.all(ids) as unknown as Tables['givenUp'][]);
    return rows.map((row) => ({
      submissionId: row.submissionId,
      kind: row.kind as ItemKind,
      receiptNumber: row.receiptNumber,
      serviceId: row.serviceId,
      terminalId: row.terminalId,
      place: row.place,
      envelopeSha256: row.envelopeSha256,
      createdAt: row.createdAt,
      receivedAt: row.receivedAt,
      caseNumber: row.caseNumber,
      cursor: row.cursor,
      state: row.state as CaseState,
      reviewedAt: row.reviewedAt,
      problems: JSON.parse(row.problems) as string[],
      attachments: (attachments.get(row.submissionId) ?? []).map(({ sha256, size }) => ({
        sha256,
        size,
      })),
      conflicts: (conflicts.get(row.submissionId) ?? []).map((entry) => entry.envelopeSha256),
      givenUp: (givenUp.get(row.submissionId) ?? []).map(({ sha256, cause, actor, at }) => ({
        sha256,
        cause: cause as LossCause,
        by: actor,
        at,
      })),
    }));
  };
}

/** A row of `caseEvents` as the port tells it. */
export function toCaseEvent(row: Selectable<Tables['caseEvents']>): CaseEvent {
  return {
    cursor: row.cursor,
    receiptNumber: row.receiptNumber,
    submissionId: row.submissionId,
    state: row.state as CaseState,
    caseNumber: row.caseNumber,
    at: row.at,
    action: row.action as CaseAction | 'review' | null,
    actor: row.actor,
    reasons: JSON.parse(row.reasons) as string[],
  };
}
