import { LEAST_AUDIT_DAYS } from '../../../domain/wire/audit.ts';
import type { TerminalSigner } from '../ports.ts';
import type { IndexDb } from '../storage/index-db.ts';
import { readNumber, writeNumber } from '../storage/key-values.ts';
import { prunedDetail, type AuditChain } from './chain.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** What removing old events works on. */
export interface PruneParts {
  readonly db: IndexDb;
  readonly audit: AuditChain;
  readonly signer: TerminalSigner;
  /** Days that an event stays after the platform had it in a verified backup; never below `LEAST_AUDIT_DAYS`. */
  readonly days: number;
}

/** When something was: two clocks, for either may be wrong. Milliseconds since 1970. */
export interface BothClocks {
  readonly platform: number;
  readonly own: number;
}

/** Once a day how far the platform's backup reaches; by the later clock. */
function noteArchived(db: IndexDb, seq: number, at: number): void {
  const last = db.get('SELECT seq, at FROM audit_mark ORDER BY seq DESC LIMIT 1');
  if (seq <= Number(last?.['seq'] ?? readNumber(db, 'auditPrunedThrough') ?? 0)) return;
  if (last && Math.abs(at - Number(last['at'])) < DAY_MS) return;
  db.run('INSERT INTO audit_mark (seq, at) VALUES (?, ?)', seq, at);
}

/** The last event before the story of an item that is not done with; of no such item: no end. */
function beforeUnfinished(db: IndexDb): number {
  const row = db.get(
    `SELECT min(seq) AS seq FROM audit_event WHERE submission_id IN
       (SELECT submission_id FROM item WHERE ciphertext_deleted = 0)`,
  );
  return typeof row?.['seq'] === 'number' ? row['seq'] - 1 : Number.POSITIVE_INFINITY;
}

/**
 * Notes what the platform has in a verified backup, and removes the events that were there long enough and
 * still are: since at least so many days by both clocks, and only from the front. The chain itself tells, signed,
 * with which event's hash it now begins. What is told of an item whose sealed files still lie here stays.
 *
 * @param archivedSeq what the platform says of this very chain
 * @returns how many events were removed
 */
export function pruneAudit(parts: PruneParts, archivedSeq: number, now: BothClocks): number {
  const { db, audit, signer } = parts;
  noteArchived(db, archivedSeq, Math.trunc(Math.max(now.platform, now.own)));
  const days = Math.max(LEAST_AUDIT_DAYS, parts.days);
  const old = db.get(
    'SELECT max(seq) AS seq FROM audit_mark WHERE at <= ?',
    Math.min(now.platform, now.own) - days * DAY_MS,
  )?.['seq'];
  const before = readNumber(db, 'auditPrunedThrough') ?? 0;
  if (typeof old !== 'number' || old <= before) return 0;
  // a platform that came back without it, or with less, is not one that has it
  const through = Math.min(old, archivedSeq, beforeUnfinished(db));
  const hash = db.get('SELECT hash FROM audit_event WHERE seq = ?', through)?.['hash'];
  if (through <= before || typeof hash !== 'string') return 0;
  return db.transaction(() => {
    const count = Number(
      db.get('SELECT count(*) AS n FROM audit_event WHERE seq <= ?', through)?.['n'],
    );
    // the guard of the table lets go of nothing else
    writeNumber(db, 'auditPrunedThrough', through);
    db.run('DELETE FROM audit_event WHERE seq <= ?', through);
    db.run('DELETE FROM audit_mark WHERE seq <= ?', through);
    audit.record('auditPruned', { detail: prunedDetail({ seq: through, hash }) });
    audit.checkpoint(signer);
    return count;
  });
}
