import { hash as digest } from 'node:crypto';
import { toBase64Url } from '../../../domain/base64url.ts';
import { err, ok, type Result } from '../../../domain/result.ts';
import {
  AUDIT_START,
  auditBreak,
  auditCheckpointText,
  auditEventText,
  auditSignature,
  type AuditPlace,
} from '../../../domain/wire/audit.ts';
import { verifyEd25519 } from '../keys/ed25519.ts';
import type { Clock, TerminalSigner } from '../ports.ts';
import type { IndexDb, Row } from '../storage/index-db.ts';
import { AUDIT_EVENTS, type AuditEventName } from '../../../domain/wire/audit-events.ts';
import type { Audit, AuditRow, AuditSubject } from './contract.ts';

/** Where a chain does not hold: the first event that is wrong, and how. */
export interface BrokenChain {
  readonly seq: number;
  readonly what: 'hash' | 'link' | 'gap' | 'checkpoint' | 'unknownEvent' | 'unsigned';
}

/** So many events are signed with the next round; with the next hundredth event whatever happens in between. */
const CHECKPOINT_EVERY = 100;

/**
 * Most events at a chain's end that nothing signs yet. A chain that signs itself has fewer than two hundred; what an
 * earlier version sent in one go, or brought back in two starts that were cut off before they signed, had more.
 */
export const UNSIGNED_AT_MOST = 1000;

const sha256 = (text: string): string => digest('sha256', text);

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

/** The chain of one index. `record` joins the transaction that is open. */
export interface AuditChain extends Audit {
  /** Adds an event in which the terminal signs everything before it, unless it has just done so. */
  checkpoint(signer: TerminalSigner): void;
  /** The same, where a hundred events are not signed yet. */
  checkpointWhenDue(signer: TerminalSigner): void;
  /** All events, oldest first. */
  rows(): readonly AuditRow[];
  /** The next events after one, oldest first. */
  after(seq: number, limit: number): readonly AuditRow[];
  /** The newest event's place; `AUDIT_START` at 0 when there is none. */
  end(): AuditPlace;
  /** Whether a place is one of this chain. */
  knows(place: AuditPlace): boolean;
  /** Places from the end to the beginning, each twice as far from the end as the one before. */
  landmarks(): readonly AuditPlace[];
}

function placeOf(row: Row | undefined): AuditPlace | undefined {
  return row && { seq: Number(row['seq']), hash: String(row['hash']) };
}

/**
 * The audit chain in an open index.
 * @param own signs in the transaction of what is recorded, however much of it comes between two rounds; without it
 * only `checkpoint` and `checkpointWhenDue` sign
 */
export function createAuditChain(db: IndexDb, clock: Clock, own?: TerminalSigner): AuditChain {
  const last = (): AuditPlace =>
    placeOf(db.get('SELECT seq, hash FROM audit_event ORDER BY seq DESC LIMIT 1')) ?? {
      seq: 0,
      hash: AUDIT_START,
    };
  const append = (event: AuditEventName, subject: AuditSubject): number => {
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
      sha256(auditEventText(row)),
    );
    return row.seq;
  };
  /** The key that signed the newest event, where that is a signature. */
  const signedLastBy = (): string | undefined => {
    const row = db.get('SELECT * FROM audit_event ORDER BY seq DESC LIMIT 1');
    return row?.['event'] === 'checkpoint' ? auditSignature(fromRow(row)).keyId : undefined;
  };
  const checkpoint = (signer: TerminalSigner): void =>
    db.transaction(() => {
      const before = last();
      // there is nothing to sign: the chain has just signed itself
      if (signedLastBy() === signer.keyId) return;
      const signature = signer.sign(Buffer.from(auditCheckpointText(before.seq + 1, before.hash)));
      append('checkpoint', { detail: `${signer.keyId}.${toBase64Url(signature)}` });
    });
  const sinceCheckpoint = (): number =>
    db.unlessWritten('events since the checkpoint', ['audit_event'], () => {
      const row = db.get(
        `SELECT count(*) AS n FROM audit_event WHERE seq >
           (SELECT coalesce(max(seq), 0) FROM audit_event WHERE event = 'checkpoint')`,
      );
      return Number(row?.['n'] ?? 0);
    });
  const checkpointWhenDue = (signer: TerminalSigner): void => {
    if (sinceCheckpoint() >= CHECKPOINT_EVERY) checkpoint(signer);
  };
  return {
    record(event, subject = {}) {
      db.transaction(() => {
        const seq = append(event, subject);
        // counting reads what is unsigned: not at each event
        if (own && seq % CHECKPOINT_EVERY === 0) checkpointWhenDue(own);
      });
    },
    checkpoint,
    checkpointWhenDue,
    latest: (limit) =>
      db.all('SELECT * FROM audit_event ORDER BY seq DESC LIMIT ?', limit).map(fromRow),
    rows: () => db.all('SELECT * FROM audit_event ORDER BY seq').map(fromRow),
    after: (seq, limit) =>
      db
        .all('SELECT * FROM audit_event WHERE seq > ? ORDER BY seq LIMIT ?', seq, limit)
        .map(fromRow),
    end: last,
    knows({ seq, hash }) {
      if (seq === 0) return hash === AUDIT_START;
      const at = db.get('SELECT hash FROM audit_event WHERE seq = ?', seq)?.['hash'];
      if (at !== undefined) return at === hash;
      // what stood before the first event that is left is known by that one
      const next = db.get('SELECT prev_hash FROM audit_event WHERE seq = ?', seq + 1);
      return next?.['prev_hash'] === hash;
    },
    landmarks() {
      const end = last().seq;
      const places: AuditPlace[] = [];
      for (let back = 0; back < end; back = back * 2 + 1) {
        const row = db.get('SELECT seq, hash FROM audit_event WHERE seq = ?', end - back);
        const place = placeOf(row);
        if (!place) break;
        places.push(place);
      }
      return places;
    },
  };
}

/**
 * Checks a chain: every hash, every link, every checkpoint's signature, and that no more than
 * `UNSIGNED_AT_MOST` events come after the last one: who leaves the checkpoints out can write what he likes.
 * @param publicKeys raw Ed25519 keys by key id, of which several may have the same one; a checkpoint by any other key
 *   is wrong
 * @param leavesStrangers a checkpoint by a key of which nothing is known is not checked, and counts: where no directory
 *   is at hand
 * @returns how far the last checkpoint covers it; 0: nobody vouches for any of it, as in a young chain
 */
export function verifyChain(
  rows: readonly AuditRow[],
  publicKeys: ReadonlyMap<string, Uint8Array | readonly Uint8Array[]>,
  leavesStrangers = false,
): Result<{ readonly events: number; readonly signedThrough: number }, BrokenChain> {
  const [first] = rows;
  let place: AuditPlace = first
    ? { seq: first.seq - 1, hash: first.prevHash }
    : { seq: 0, hash: AUDIT_START };
  let signedThrough = 0;
  for (const row of rows) {
    const { seq } = row;
    if (seq !== place.seq + 1) return err({ seq, what: 'gap' });
    if (!(row.event in AUDIT_EVENTS)) return err({ seq, what: 'unknownEvent' });
    const what = auditBreak(row, place, sha256);
    if (what) return err({ seq, what });
    if (row.event === 'checkpoint') {
      const { keyId, signature } = auditSignature(row);
      const text = Buffer.from(auditCheckpointText(seq, place.hash));
      const signed = Buffer.from(signature, 'base64url');
      const keys = publicKeys.get(keyId);
      const left = keys === undefined && leavesStrangers;
      if (!left && ![keys ?? []].flat().some((key) => verifyEd25519(key, text, signed))) {
        return err({ seq, what: 'checkpoint' });
      }
      signedThrough = seq;
    }
    place = row;
  }
  const unsignedAfter = Math.max(signedThrough, (first?.seq ?? 1) - 1);
  if (place.seq - unsignedAfter > UNSIGNED_AT_MOST) {
    return err({ seq: unsignedAfter + 1, what: 'unsigned' });
  }
  return ok({ events: rows.length, signedThrough });
}

/** Detail of `auditPruned`: the place that the chain begins after. */
export function prunedDetail({ seq, hash }: AuditPlace): string {
  return `${seq}.${hash}`;
}

/**
 * Whether nothing is missing before the first of these events: it is event 1, or what stood there was removed
 * rightly, for a later event says so, and a checkpoint behind that one signs it: without it anybody could say so.
 * The terminal writes both in one transaction.
 * @param signedThrough what `verifyChain` says of these events
 */
export function beginsRightly(rows: readonly AuditRow[], signedThrough: number): boolean {
  const [first] = rows;
  if (!first || first.seq === 1) return true;
  const said = rows.findLast(({ event, seq }) => event === 'auditPruned' && seq < signedThrough);
  return said?.detail === prunedDetail({ seq: first.seq - 1, hash: first.prevHash });
}

/**
 * The longest run from the front that holds together after a place. What is broken at the front is left out.
 * @returns the run and whether it begins elsewhere than after the place; `undefined` when nothing holds
 */
export function soundRun(
  rows: readonly AuditRow[],
  after: AuditPlace,
): { readonly events: readonly AuditRow[]; readonly begins: boolean } | undefined {
  const start = rows.findIndex((row) => sha256(auditEventText(row)) === row.hash);
  const first = rows[start];
  if (!first) return undefined;
  const events = [first];
  for (const row of rows.slice(start + 1)) {
    if (auditBreak(row, events.at(-1) ?? first, sha256)) break;
    events.push(row);
  }
  return { events, begins: first.seq !== after.seq + 1 || first.prevHash !== after.hash };
}
