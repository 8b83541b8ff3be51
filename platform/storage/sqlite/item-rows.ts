import type { Kysely, Selectable } from 'kysely';
import type { CaseAction, CaseState } from '../../../domain/application-state.ts';
import type { ItemKind } from '../../../domain/envelope/header.ts';
import type { CaseEvent, ItemRow } from '../port.ts';
import type { Tables } from './tables.ts';

/** Fills rows of `items` up with their attachments and kept conflicts. */
export async function toItems(
  db: Kysely<Tables>,
  rows: readonly Selectable<Tables['items']>[],
): Promise<readonly ItemRow[]> {
  if (rows.length === 0) return [];
  const ids = rows.map((row) => row.submissionId);
  const attachments = await db
    .selectFrom('itemAttachments')
    .selectAll()
    .where('submissionId', 'in', ids)
    .orderBy('position')
    .execute();
  const conflicts = await db
    .selectFrom('conflicts')
    .select(['submissionId', 'envelopeSha256'])
    .where('submissionId', 'in', ids)
    .orderBy('at')
    .execute();
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
    attachments: attachments
      .filter((entry) => entry.submissionId === row.submissionId)
      .map(({ sha256, size }) => ({ sha256, size })),
    conflicts: conflicts
      .filter((entry) => entry.submissionId === row.submissionId)
      .map((entry) => entry.envelopeSha256),
  }));
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
