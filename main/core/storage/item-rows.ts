import { z } from 'zod';
import { OUTBOX_STATES, type OutboxState } from '../../../domain/outbox/transition.ts';
import type { IndexDb, Row } from './index-db.ts';

const itemSchema = z
  .object({
    submission_id: z.string(),
    receipt_number: z.string(),
    kind: z.enum(['application', 'supplement', 'withdrawal', 'rating', 'question']),
    service_id: z.string(),
    handle_item_code: z.string(),
    state: z.enum(OUTBOX_STATES as [OutboxState, ...OutboxState[]]),
    created_at: z.string(),
    envelope_sha256: z.string(),
    envelope_size: z.number(),
    qr: z.string(),
    attempts: z.number(),
    not_before: z.number(),
    last_error: z.string().nullable(),
    platform_cursor: z.number().nullable(),
    case_number: z.string().nullable(),
    case_state: z.string().nullable(),
    archived_at: z.string().nullable(),
    ciphertext_deleted: z.number(),
  })
  .transform((row) => ({
    submissionId: row.submission_id,
    receiptNumber: row.receipt_number,
    kind: row.kind,
    serviceId: row.service_id,
    handleItemCode: row.handle_item_code,
    state: row.state,
    createdAt: row.created_at,
    envelopeSha256: row.envelope_sha256,
    envelopeSize: row.envelope_size,
    qr: row.qr,
    attempts: row.attempts,
    /** Milliseconds since 1970 by the terminal's clock. */
    notBefore: row.not_before,
    lastError: row.last_error,
    platformCursor: row.platform_cursor,
    caseNumber: row.case_number,
    caseState: row.case_state,
    archivedAt: row.archived_at,
    ciphertextDeleted: row.ciphertext_deleted !== 0,
  }));

/** One item of the index. */
export type ItemRow = z.infer<typeof itemSchema>;

/** What is known of an item when its row is made. */
export type NewItem = Pick<
  ItemRow,
  | 'submissionId'
  | 'receiptNumber'
  | 'kind'
  | 'serviceId'
  | 'handleItemCode'
  | 'createdAt'
  | 'envelopeSha256'
  | 'envelopeSize'
  | 'qr'
>;

/** One attachment of an item. */
export interface AttachmentRow {
  readonly position: number;
  readonly sha256: string;
  readonly size: number;
  readonly offset: number;
  readonly complete: boolean;
}

const parse = (row: Row): ItemRow => itemSchema.parse(row);

/** Puts the rows of a new item into the index; state `queued`. */
export function insertItem(
  db: IndexDb,
  item: NewItem,
  attachments: readonly { readonly sha256: string; readonly size: number }[],
): void {
  db.run(
    `INSERT INTO item (submission_id, receipt_number, kind, service_id, handle_item_code, state,
       created_at, envelope_sha256, envelope_size, qr) VALUES (?, ?, ?, ?, ?, 'queued', ?, ?, ?, ?)`,
    item.submissionId,
    item.receiptNumber,
    item.kind,
    item.serviceId,
    item.handleItemCode,
    item.createdAt,
    item.envelopeSha256,
    item.envelopeSize,
    item.qr,
  );
  attachments.forEach((attachment, position) => {
    db.run(
      'INSERT INTO attachment (submission_id, position, sha256, size) VALUES (?, ?, ?, ?)',
      item.submissionId,
      position,
      attachment.sha256,
      attachment.size,
    );
  });
}

/** Writes down the text of an item's receipt code. */
export function saveCode(db: IndexDb, submissionId: string, qr: string): void {
  db.run('UPDATE item SET qr = ? WHERE submission_id = ?', qr, submissionId);
}

/** One item by its submission id. */
export function itemById(db: IndexDb, submissionId: string): ItemRow | undefined {
  const row = db.get('SELECT * FROM item WHERE submission_id = ?', submissionId);
  return row && parse(row);
}

/** One item by its receipt number. */
export function itemByReceipt(db: IndexDb, receiptNumber: string): ItemRow | undefined {
  const row = db.get('SELECT * FROM item WHERE receipt_number = ?', receiptNumber);
  return row && parse(row);
}

/** All items, newest first. */
export function allItems(db: IndexDb): readonly ItemRow[] {
  return db.all('SELECT * FROM item ORDER BY created_at DESC, receipt_number DESC').map(parse);
}

/** Items in one state that is not archived, those that may be tried first in front: all of them have their files. */
export function itemsIn(db: IndexDb, state: Exclude<OutboxState, 'archived'>): readonly ItemRow[] {
  return db.unlessWritten(`items ${state}`, ['item'], () =>
    db
      .all(
        `SELECT * FROM item WHERE state = ? AND ciphertext_deleted = 0
         ORDER BY not_before, created_at`,
        state,
      )
      .map(parse),
  );
}

/** The item that has waited longest, of those that are sent by themselves. */
export function oldestWaiting(db: IndexDb): ItemRow | undefined {
  return db.unlessWritten('oldest waiting', ['item'], () => {
    const row = db.get(
      `SELECT * FROM item WHERE state IN ('queued', 'sending', 'retry') AND ciphertext_deleted = 0
       ORDER BY created_at LIMIT 1`,
    );
    return row && parse(row);
  });
}

/** Archived items whose sealed files still lie here, all of them: one that is still to be filed would come again. */
export function archivedWithFiles(db: IndexDb): readonly ItemRow[] {
  return db.unlessWritten('archived with files', ['item', 'unfiled_envelope'], () =>
    db
      .all(
        `SELECT * FROM item WHERE ciphertext_deleted = 0 AND state = 'archived'
           AND submission_id NOT IN (SELECT submission_id FROM unfiled_envelope) ORDER BY created_at`,
      )
      .map(parse),
  );
}

/** Attachments of an item in their order. */
export function attachmentsOf(db: IndexDb, submissionId: string): readonly AttachmentRow[] {
  return db
    .all('SELECT * FROM attachment WHERE submission_id = ? ORDER BY position', submissionId)
    .map((row) => ({
      position: Number(row['position']),
      sha256: String(row['sha256']),
      size: Number(row['size']),
      offset: Number(row['sent_offset']),
      complete: row['complete'] !== 0,
    }));
}

/** Submission id → bytes of its attachments that the platform has not got yet, of items that have some. */
export function unsentBytesOf(db: IndexDb): ReadonlyMap<string, number> {
  return new Map(
    db
      .all(
        `SELECT submission_id, sum(size - sent_offset) AS bytes FROM attachment
         WHERE complete = 0 GROUP BY submission_id`,
      )
      .map((row) => [String(row['submission_id']), Number(row['bytes'])]),
  );
}

/** Writes down how far an attachment has gone. */
export function saveProgress(
  db: IndexDb,
  submissionId: string,
  attachment: Pick<AttachmentRow, 'position' | 'offset' | 'complete'>,
): void {
  db.run(
    'UPDATE attachment SET sent_offset = ?, complete = ? WHERE submission_id = ? AND position = ?',
    attachment.offset,
    attachment.complete ? 1 : 0,
    submissionId,
    attachment.position,
  );
}

/** How much waits, and how much lies on the disk. */
export interface Backlog {
  readonly waiting: number;
  readonly oldestWaiting: string | undefined;
  readonly storedBytes: number;
  readonly held: number;
}

/**
 * Counts the backlog; only what still has its files can belong to it. How far an attachment has gone does not
 * count: its size never changes, and its row comes and goes with its item's in one transaction.
 */
export function backlogOf(db: IndexDb): Backlog {
  return db.unlessWritten('backlog', ['item'], () => countBacklog(db));
}

function countBacklog(db: IndexDb): Backlog {
  const counts = db.get(
    `SELECT count(*) FILTER (WHERE state IN ('queued', 'sending', 'retry', 'held')) AS waiting,
       min(created_at) FILTER (WHERE state IN ('queued', 'sending', 'retry')) AS oldest,
       count(*) FILTER (WHERE state = 'held') AS held,
       coalesce(sum(envelope_size), 0) AS envelopes,
       coalesce(sum((SELECT sum(size) FROM attachment
         WHERE attachment.submission_id = item.submission_id)), 0) AS attached
     FROM item WHERE ciphertext_deleted = 0`,
  );
  const oldest = counts?.['oldest'];
  return {
    waiting: Number(counts?.['waiting'] ?? 0),
    oldestWaiting: typeof oldest === 'string' ? oldest : undefined,
    storedBytes: Number(counts?.['envelopes'] ?? 0) + Number(counts?.['attached'] ?? 0),
    held: Number(counts?.['held'] ?? 0),
  };
}

/** Names of all sealed files that must be on the disk. */
export function namedFiles(db: IndexDb): ReadonlySet<string> {
  const rows = db.all(
    `SELECT envelope_sha256 AS name FROM item WHERE ciphertext_deleted = 0
     UNION SELECT sha256 FROM attachment
     WHERE submission_id IN (SELECT submission_id FROM item WHERE ciphertext_deleted = 0)`,
  );
  return new Set(rows.map((row) => String(row['name'])));
}

/** Names of sealed files of items whose files were deleted, or were about to be when a crash came. */
export function deletedFiles(db: IndexDb): ReadonlySet<string> {
  const rows = db.all(
    `SELECT envelope_sha256 AS name FROM item WHERE ciphertext_deleted = 1
     UNION SELECT sha256 FROM attachment
     WHERE submission_id IN (SELECT submission_id FROM item WHERE ciphertext_deleted = 1)`,
  );
  return new Set(rows.map((row) => String(row['name'])));
}
