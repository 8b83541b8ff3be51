import type { IndexDb } from './index-db.ts';

/** An envelope that the index holds until its file is durable. */
export interface UnfiledEnvelope {
  readonly submissionId: string;
  readonly sha256: string;
}

/** Keeps the bytes of an item's envelope in the index; joins the transaction that makes its row. */
export function keepEnvelope(db: IndexDb, submissionId: string, bytes: Uint8Array): void {
  db.run('INSERT INTO unfiled_envelope (submission_id, bytes) VALUES (?, ?)', submissionId, bytes);
}

/** Envelopes that no durable file holds yet, as far as the index knows. */
export function unfiledEnvelopes(db: IndexDb): readonly UnfiledEnvelope[] {
  return db.unlessWritten('unfiled envelopes', ['unfiled_envelope', 'item'], () =>
    db
      .all(
        `SELECT submission_id, envelope_sha256 FROM unfiled_envelope JOIN item USING (submission_id)
         ORDER BY unfiled_envelope.rowid`,
      )
      .map((row) => ({
        submissionId: String(row['submission_id']),
        sha256: String(row['envelope_sha256']),
      })),
  );
}

/** The bytes of an envelope that is not filed yet; `undefined`: its file holds them. */
export function unfiledBytes(db: IndexDb, submissionId: string): Uint8Array | undefined {
  const bytes = db.get(
    'SELECT bytes FROM unfiled_envelope WHERE submission_id = ?',
    submissionId,
  )?.['bytes'];
  return bytes instanceof Uint8Array ? bytes : undefined;
}

/** The file is durable: the index need not hold the bytes any more. */
export function dropEnvelope(db: IndexDb, submissionId: string): void {
  db.run('DELETE FROM unfiled_envelope WHERE submission_id = ?', submissionId);
}
