import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** An item in the index of a terminal. */
export interface IndexedItem {
  readonly submissionId: string;
  readonly receiptNumber: string;
  readonly state: string;
  readonly envelopeSha256: string;
}

/** Items of a terminal's index, oldest first; read beside the core, or after it was killed. */
export function indexedItems(terminalDir: string): readonly IndexedItem[] {
  const file = join(terminalDir, 'outbox', 'index.db');
  if (!existsSync(file)) return [];
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    return db
      .prepare(
        'SELECT submission_id, receipt_number, state, envelope_sha256 FROM item ORDER BY created_at',
      )
      .all()
      .map((row) => ({
        submissionId: String(row['submission_id']),
        receiptNumber: String(row['receipt_number']),
        state: String(row['state']),
        envelopeSha256: String(row['envelope_sha256']),
      }));
  } finally {
    db.close();
  }
}
