import { createHash, createPublicKey, verify } from 'node:crypto';
import { toBase64Url } from '../../../domain/base64url.ts';
import { err, ok, type Result } from '../../../domain/result.ts';
import type { Clock, TerminalSigner } from '../ports.ts';
import type { IndexDb, Row } from '../storage/index-db.ts';
import { AUDIT_EVENTS, type AuditEventName } from './catalogue.ts';
import type { Audit, AuditRow, AuditSubject } from './contract.ts';

const START = '0'.repeat(64);

/** Where a chain does not hold: the first event that is wrong, and how. */
export interface BrokenChain {
  readonly seq: number;
  readonly what: 'hash' | 'link' | 'gap' | 'checkpoint' | 'unknownEvent';
}

function hashOf(row: Omit<AuditRow, 'hash'>): string {
  const fields = [
    row.seq,
    row.time,
    row.event,
    row.submissionId,
    row.receiptNumber,
    row.detail,
    row.prevHash,
  ];
  return createHash('sha256')
    .update(`bianmin-audit/1\n${JSON.stringify(fields)}`)
    .digest('hex');
}

function fromRow(row: Row): AuditRow {
  const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);
  return {
    seq: Number(row['seq']),
    time: String(row['time']),
    event: String(row['event']) as AuditEventName,
    submissionId: textOrNull(row['submission_id']),
    receiptNumber: textOrNull(row['receipt_number']),
    detail: textOrNull(row['detail']),
    prevHash: String(row['prev_hash']),
    hash: String(row['hash']),
  };
}

function checkpointBytes(seq: number, prevHash: string): Uint8Array {
  return Buffer.from(`bianmin-audit-checkpoint/1\n${seq}\n${prevHash}`);
}

/** The chain of one index. `record` joins the transaction that is open. */
export interface AuditChain extends Audit {
  /** Adds an event in which the terminal signs everything before it. */
  checkpoint(signer: TerminalSigner): void;
  /** Events since the last checkpoint. */
  sinceCheckpoint(): number;
  /** All events, oldest first. */
  rows(): readonly AuditRow[];
}

/** The audit chain in an open index. */
export function createAuditChain(db: IndexDb, clock: Clock): AuditChain {
  const last = (): { seq: number; hash: string } => {
    const row = db.get('SELECT seq, hash FROM audit_event ORDER BY seq DESC LIMIT 1');
    return row ? { seq: Number(row['seq']), hash: String(row['hash']) } : { seq: 0, hash: START };
  };
  const append = (event: AuditEventName, subject: AuditSubject): void => {
    const before = last();
    const row = {
      seq: before.seq + 1,
      time: new Date(clock.wall()).toISOString(),
      event,
      submissionId: subject.submissionId ?? null,
      receiptNumber: subject.receiptNumber ?? null,
      detail: subject.detail ?? null,
      prevHash: before.hash,
    };
    db.run(
      `INSERT INTO audit_event (seq, time, event, submission_id, receipt_number, detail, prev_hash, hash)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      row.seq,
      row.time,
      row.event,
      row.submissionId,
      row.receiptNumber,
      row.detail,
      row.prevHash,
      hashOf(row),
    );
  };
  return {
    record(event, subject = {}) {
      db.transaction(() => append(event, subject));
    },
    checkpoint(signer) {
      db.transaction(() => {
        const before = last();
        const signature = signer.sign(checkpointBytes(before.seq + 1, before.hash));
        append('checkpoint', { detail: `${signer.keyId}.${toBase64Url(signature)}` });
      });
    },
    sinceCheckpoint() {
      return db.unlessWritten('events since the checkpoint', () => {
        const row = db.get(
          `SELECT count(*) AS n FROM audit_event WHERE seq >
             (SELECT coalesce(max(seq), 0) FROM audit_event WHERE event = 'checkpoint')`,
        );
        return Number(row?.['n'] ?? 0);
      });
    },
    latest: (limit) =>
      db.all('SELECT * FROM audit_event ORDER BY seq DESC LIMIT ?', limit).map(fromRow),
    rows: () => db.all('SELECT * FROM audit_event ORDER BY seq').map(fromRow),
  };
}

/**
 * Checks a chain: every hash, every link, every checkpoint's signature.
 * @param publicKeys raw Ed25519 keys by key id; a checkpoint by any other key is wrong
 * @returns how many events the last checkpoint covers
 */
export function verifyChain(
  rows: readonly AuditRow[],
  publicKeys: ReadonlyMap<string, Uint8Array>,
): Result<{ readonly events: number; readonly signedThrough: number }, BrokenChain> {
  let prevHash = rows[0]?.prevHash ?? START;
  let seq = rows[0]?.seq ?? 1;
  let signedThrough = 0;
  for (const row of rows) {
    if (row.seq !== seq) return err({ seq: row.seq, what: 'gap' });
    if (!(row.event in AUDIT_EVENTS)) return err({ seq, what: 'unknownEvent' });
    if (row.prevHash !== prevHash) return err({ seq, what: 'link' });
    if (hashOf(row) !== row.hash) return err({ seq, what: 'hash' });
    if (row.event === 'checkpoint') {
      const [keyId = '', signature = ''] = (row.detail ?? '').split('.');
      const key = publicKeys.get(keyId);
      if (!key || !signedBy(key, checkpointBytes(seq, prevHash), signature)) {
        return err({ seq, what: 'checkpoint' });
      }
      signedThrough = seq;
    }
    prevHash = row.hash;
    seq++;
  }
  return ok({ events: rows.length, signedThrough });
}

function signedBy(rawKey: Uint8Array, bytes: Uint8Array, signature: string): boolean {
  const key = createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: toBase64Url(rawKey) },
    format: 'jwk',
  });
  return verify(null, bytes, key, Buffer.from(signature, 'base64url'));
}
