import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  beginsRightly,
  createAuditChain,
  prunedDetail,
  UNSIGNED_AT_MOST,
  verifyChain,
  type AuditChain,
} from '../../main/core/audit/chain.ts';
import { pruneAudit } from '../../main/core/audit/prune.ts';
import { signerFromSeed } from '../../main/core/keys/ed25519.ts';
import { moveItem } from '../../main/core/outbox/move-item.ts';
import { openIndex, type IndexDb } from '../../main/core/storage/index-db.ts';
import { insertItem } from '../../main/core/storage/item-rows.ts';
import { INVARIANTS, readTerminal } from '../invariants/index.ts';

const DAY = 24 * 60 * 60 * 1000;
const BEGUN = Date.parse('2026-11-01T00:00:00Z');
const signer = signerFromSeed(new Uint8Array(32).fill(9));
const keys = new Map([[signer.keyId, signer.publicKey]]);
let now = BEGUN;
let folder: string;
let db: IndexDb;
let audit: AuditChain;

beforeEach(() => {
  now = BEGUN;
  folder = mkdtempSync(join(tmpdir(), 'bianmin-prune-'));
  db = openIndex(join(folder, 'outbox', 'index.db'), now).db;
  // a thousand days, and nobody pulls a plug here
  db.run('PRAGMA synchronous = OFF');
  audit = createAuditChain(db, { wall: () => now, now: () => now, after: () => () => undefined });
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A day: its events, and what the platform then says that its backup has. */
function day(events: () => void, archived = true, days = 180): number {
  now += DAY;
  events();
  const through = archived ? audit.end().seq : 0;
  return pruneAudit({ db, audit, signer, days }, through, { platform: now, own: now + 0.25 });
}

const quiet = (): void => audit.record('sessionBegun');

/** An application, from the first day to the end of its files. */
function item(id: string, until: 'queued' | 'done'): void {
  insertItem(
    db,
    {
      submissionId: id,
      receiptNumber: `number of ${id}`,
      kind: 'application',
      serviceId: 's',
      handleItemCode: 'h',
      createdAt: new Date(now).toISOString(),
      envelopeSha256: 'e',
      envelopeSize: 1,
      qr: 'q',
    },
    [],
  );
  audit.record('itemStored', { submissionId: id });
  if (until === 'done') done(id);
}

function done(id: string): void {
  for (const type of ['attemptBegun', 'received', 'archived'] as const) {
    moveItem(db, audit, id, { type });
  }
  db.run('UPDATE item SET ciphertext_deleted = 1 WHERE submission_id = ?', id);
  audit.record('ciphertextDeleted', { submissionId: id });
}

function holds(): void {
  const rows = audit.rows();
  const chain = verifyChain(rows, keys);
  expect(chain).toMatchObject({ ok: true });
  expect(beginsRightly(rows, chain.ok ? chain.value.signedThrough : 0)).toBe(true);
  expect(unsound()).toEqual([]);
}

/** What I6 finds on this disk. */
function unsound(): readonly string[] {
  const ground = { platform: undefined, witness: { printed: [], shown: [], people: [] } };
  const terminal = { ...readTerminal(folder, 'here'), keys };
  return INVARIANTS.I6({ ...ground, terminals: [terminal] }).map(({ what }) =>
    what.replace('here: ', ''),
  );
}

test('what the platform has had in a backup for 180 days goes, day by day; the chain tells with which hash it begins', () => {
  const removed: number[] = [];
  for (let n = 1; n <= 200; n++)
    removed.push(day(() => (n % 10 === 0 ? item(`i${n}`, 'done') : quiet())));
  expect(removed.slice(0, 180).every((count) => count === 0)).toBe(true);
  expect(removed.slice(180).every((count) => count > 0)).toBe(true);
  const [first] = audit.rows();
  // the events of 180 days and no more
  expect(first?.time).toBe(new Date(BEGUN + 21 * DAY).toISOString());
  holds();
  const told = audit.rows().at(-1);
  expect(told?.event).toBe('checkpoint');
  expect(verifyChain(audit.rows(), keys)).toMatchObject({ value: { signedThrough: told?.seq } });
});

test('nothing goes that the platform does not have, or by one clock alone, or sooner because a setting says so', () => {
  day(quiet);
  for (let n = 0; n < 250; n++) expect(day(quiet, false)).toBe(0);
  expect(audit.rows()[0]?.seq).toBe(1);
  const ahead = now + 400 * DAY;
  const parts = { db, audit, signer, days: 0 };
  const through = audit.end().seq;
  // of the first day, and said again
  expect(pruneAudit(parts, through, { platform: now, own: now })).toBe(1);
  const kept = audit.rows().length;
  expect(pruneAudit(parts, through, { platform: ahead, own: now })).toBe(0);
  expect(pruneAudit(parts, through, { platform: now, own: ahead })).toBe(0);
  now += 179 * DAY;
  expect(pruneAudit(parts, through, { platform: now, own: now })).toBe(0);
  expect(audit.rows()).toHaveLength(kept);
  now += DAY;
  expect(pruneAudit(parts, through, { platform: now, own: now })).toBe(through - 1);
  holds();
});

test('what a platform that was set up anew says it has not, stays; of what it came back with from an old backup, no more goes', () => {
  for (let n = 0; n < 100; n++) day(quiet);
  now += 200 * DAY;
  const at = { platform: now, own: now };
  const parts = { db, audit, signer, days: 180 };
  expect(pruneAudit(parts, 0, at)).toBe(0);
  expect(audit.rows()[0]?.seq).toBe(1);
  expect(pruneAudit(parts, 40, at)).toBe(40);
  expect(audit.rows()[0]?.seq).toBe(41);
  holds();
});

test('the story of an item whose files still lie here stays whole, and what comes after it, too', () => {
  day(() => item('long', 'queued'));
  for (let n = 0; n < 300; n++) day(quiet);
  expect(audit.rows()[0]?.seq).toBe(1);
  holds();
  day(() => done('long'));
  expect(audit.rows()[0]?.seq).toBeGreaterThan(100);
  holds();
});

test('nobody else removes events: the table refuses, and a beginning that was cut off is noticed', () => {
  for (let n = 0; n < 190; n++) day(quiet);
  holds();
  expect(() => db.run('DELETE FROM audit_event')).toThrow(/before their time/);
  const database = new DatabaseSync(join(folder, 'outbox', 'index.db'));
  database.exec('DROP TRIGGER audit_event_never_goes');
  database.exec('DELETE FROM audit_event WHERE seq < 100');
  database.close();
  const rows = audit.rows();
  const signedThrough = rows.at(-1)?.seq ?? 0;
  expect(verifyChain(rows, keys)).toMatchObject({ value: { signedThrough } });
  expect(beginsRightly(rows, signedThrough)).toBe(false);
  // and anybody can add that it was rightly done, but not sign it
  const [first] = rows;
  if (!first) throw new Error('no events');
  const detail = prunedDetail({ seq: first.seq - 1, hash: first.prevHash });
  audit.record('auditPruned', { detail });
  expect(beginsRightly(audit.rows(), signedThrough)).toBe(false);
  expect(unsound()).toEqual(['its beginning was cut off']);
});

test('a chain that was written anew without its checkpoints is noticed when it is longer than a terminal leaves unsigned', () => {
  for (let n = 0; n < UNSIGNED_AT_MOST; n++) quiet();
  expect(verifyChain(audit.rows(), keys)).toMatchObject({ value: { signedThrough: 0 } });
  expect(unsound()).toEqual([]);
  quiet();
  expect(verifyChain(audit.rows(), keys)).toMatchObject({ error: { seq: 1, what: 'unsigned' } });
  expect(unsound()).toEqual(['the chain breaks: unsigned']);
  audit.checkpoint(signer);
  expect(unsound()).toEqual([]);
});
