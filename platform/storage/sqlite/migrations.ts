import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';

/** The database cannot be used by this program. */
export class StorageError extends Error {}

/** SQL of each version, from 1. Only ever appended to. */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
  CREATE TABLE enrolmentCodes (
    sha256 TEXT PRIMARY KEY, region TEXT NOT NULL, terminal TEXT NOT NULL,
    reusable INTEGER NOT NULL, spentBy TEXT
  ) STRICT;
  CREATE TABLE terminals (
    terminalId TEXT PRIMARY KEY, region TEXT NOT NULL, terminal TEXT NOT NULL,
    generation INTEGER NOT NULL, publicKey TEXT NOT NULL, keyId TEXT NOT NULL,
    codeSha256 TEXT NOT NULL, softwareVersion TEXT NOT NULL,
    enrolledAt TEXT NOT NULL, revokedAt TEXT,
    UNIQUE (region, terminal, generation), UNIQUE (codeSha256, publicKey)
  ) STRICT;
  CREATE INDEX terminalsByKey ON terminals (keyId);
  CREATE TABLE assertions (
    terminalId TEXT NOT NULL, jti TEXT NOT NULL, expiresAt INTEGER NOT NULL,
    PRIMARY KEY (terminalId, jti)
  ) STRICT;
  CREATE TABLE heartbeats (terminalId TEXT PRIMARY KEY, at TEXT NOT NULL, body TEXT NOT NULL) STRICT;
  CREATE TABLE bundles (
    kind TEXT NOT NULL, version INTEGER NOT NULL, issuedAt TEXT NOT NULL,
    contentSha256 TEXT NOT NULL, contentJson TEXT NOT NULL, jws TEXT NOT NULL,
    PRIMARY KEY (kind, version)
  ) STRICT;
  CREATE TABLE caseEvents (
    cursor INTEGER PRIMARY KEY AUTOINCREMENT, submissionId TEXT NOT NULL, place TEXT NOT NULL,
    receiptNumber TEXT NOT NULL, caseNumber TEXT NOT NULL, state TEXT NOT NULL, at TEXT NOT NULL,
    action TEXT, actor TEXT, reasons TEXT NOT NULL
  ) STRICT;
  CREATE INDEX caseEventsByPlace ON caseEvents (place, cursor);
  CREATE INDEX caseEventsByItem ON caseEvents (submissionId, cursor);
  CREATE TABLE items (
    submissionId TEXT PRIMARY KEY, kind TEXT NOT NULL, receiptNumber TEXT NOT NULL,
    serviceId TEXT NOT NULL, handleItemCode TEXT NOT NULL, terminalId TEXT NOT NULL,
    place TEXT NOT NULL, envelopeSha256 TEXT NOT NULL, createdAt TEXT NOT NULL,
    receivedAt TEXT NOT NULL, caseNumber TEXT NOT NULL UNIQUE,
    cursor INTEGER NOT NULL UNIQUE REFERENCES caseEvents (cursor), answer TEXT NOT NULL,
    state TEXT NOT NULL, reviewedAt TEXT, problems TEXT NOT NULL
  ) STRICT;
  CREATE INDEX itemsByReceipt ON items (receiptNumber);
  CREATE INDEX itemsByPlace ON items (place, receiptNumber);
  CREATE INDEX itemsUnreviewed ON items (cursor) WHERE reviewedAt IS NULL;
  CREATE TABLE itemAttachments (
    submissionId TEXT NOT NULL REFERENCES items (submissionId), position INTEGER NOT NULL,
    sha256 TEXT NOT NULL, size INTEGER NOT NULL, PRIMARY KEY (submissionId, position)
  ) STRICT;
  CREATE TABLE conflicts (
    submissionId TEXT NOT NULL REFERENCES items (submissionId), envelopeSha256 TEXT NOT NULL,
    terminalId TEXT NOT NULL, at TEXT NOT NULL, afterCursor INTEGER NOT NULL,
    PRIMARY KEY (submissionId, envelopeSha256)
  ) STRICT;
  CREATE TABLE caseSequences (prefix TEXT PRIMARY KEY, last INTEGER NOT NULL) STRICT;
  CREATE TABLE users (
    name TEXT PRIMARY KEY, role TEXT NOT NULL, passwordHash TEXT NOT NULL,
    failures INTEGER NOT NULL DEFAULT 0, lockedUntil INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE TABLE accessLog (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, actor TEXT NOT NULL,
    role TEXT NOT NULL, action TEXT NOT NULL, subject TEXT NOT NULL,
    previous TEXT NOT NULL, hash TEXT NOT NULL
  ) STRICT;
  `,
  `
  CREATE TABLE auditChains (
    chain INTEGER PRIMARY KEY AUTOINCREMENT, terminalId TEXT NOT NULL, origin TEXT NOT NULL,
    firstSeq INTEGER NOT NULL, lastSeq INTEGER NOT NULL, lastHash TEXT NOT NULL,
    lastTime TEXT NOT NULL, signedThrough INTEGER NOT NULL, badCheckpoint INTEGER,
    begunAt TEXT NOT NULL, receivedAt TEXT NOT NULL, lastArrival INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX auditChainsByTerminal ON auditChains (terminalId, lastArrival);
  CREATE TABLE auditEvents (
    arrival INTEGER PRIMARY KEY AUTOINCREMENT, chain INTEGER NOT NULL REFERENCES auditChains (chain),
    terminalId TEXT NOT NULL, seq INTEGER NOT NULL, time TEXT NOT NULL, event TEXT NOT NULL,
    submissionId TEXT, receiptNumber TEXT, detail TEXT, prevHash TEXT NOT NULL, hash TEXT NOT NULL,
    receivedAt TEXT NOT NULL, UNIQUE (terminalId, seq, hash)
  ) STRICT;
  CREATE INDEX auditEventsByChain ON auditEvents (chain, seq);
  CREATE INDEX auditEventsByAge ON auditEvents (receivedAt);
  `,
  `
  ALTER TABLE auditChains ADD COLUMN foundCause TEXT;
  ALTER TABLE auditChains ADD COLUMN foundBy TEXT;
  ALTER TABLE auditChains ADD COLUMN foundAt TEXT;
  CREATE INDEX auditEventsByTerminal ON auditEvents (terminalId, arrival);
  `,
  `
  CREATE INDEX assertionsByEnd ON assertions (expiresAt);
  `,
  `
  CREATE TABLE givenUp (
    submissionId TEXT NOT NULL REFERENCES items (submissionId), sha256 TEXT NOT NULL,
    cause TEXT NOT NULL, actor TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (submissionId, sha256)
  ) STRICT;
  `,
  // events that were there count from the first mark on: when they came was said by a clock alone
  `
  CREATE TABLE auditMarks (ranMs INTEGER PRIMARY KEY, arrival INTEGER NOT NULL) STRICT;
  DROP INDEX auditEventsByAge;
  `,
  `
  CREATE TABLE feedReaders (terminalId TEXT PRIMARY KEY, cursor INTEGER NOT NULL) STRICT;
  `,
  // items that a terminal of another place than theirs has: it moved
  `
  CREATE TABLE broughtBy (
    place TEXT NOT NULL, submissionId TEXT NOT NULL REFERENCES items (submissionId),
    PRIMARY KEY (place, submissionId)
  ) STRICT, WITHOUT ROWID;
  `,
];

function versionOf(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
}

/** Whether two files have the same bytes; databases are larger than memory. */
function areSame(one: string, other: string): boolean {
  if (statSync(one).size !== statSync(other).size) return false;
  const handles = [openSync(one, 'r'), openSync(other, 'r')] as const;
  try {
    const [here, there] = [Buffer.alloc(CHUNK), Buffer.alloc(CHUNK)];
    for (let at = 0; ; at += CHUNK) {
      const length = readSync(handles[0], here, 0, CHUNK, at);
      const otherLength = readSync(handles[1], there, 0, CHUNK, at);
      if (!here.subarray(0, length).equals(there.subarray(0, otherLength))) return false;
      if (length < CHUNK) return true;
    }
  } finally {
    handles.forEach(closeSync);
  }
}

const CHUNK = 2 ** 20;

/**
 * Copies the database beside itself before it is changed. A copy of an earlier change is kept under another name,
 * unless it is the same: a migration that fails at each start must not fill the disk.
 *
 * @throws StorageError when somebody else has it open, so that its file is not all of it
 */
function keepCopy(database: DatabaseSync, file: string, version: number): void {
  const copy = `${file}.before-version-${version + 1}`;
  const work = `${copy}.part`;
  rmSync(work, { force: true });
  if (database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.['busy'] !== 0) {
    throw new StorageError(
      `${file} is read by another process, so no whole copy of it can be made before it is changed: end that process and start again`,
    );
  }
  if (existsSync(copy) && areSame(file, copy)) {
    // the start that made it may have died before this
    syncNow(dirname(copy), 'r');
    return;
  }
  try {
    copyFileSync(file, work);
    syncNow(work, 'r+');
  } catch (error) {
    rmSync(work, { force: true });
    throw error;
  }
  for (let n = 1; existsSync(copy); n += 1) {
    const earlier = `${copy}.${n}`;
    if (!existsSync(earlier)) renameSync(copy, earlier);
  }
  renameSync(work, copy);
  syncNow(dirname(copy), 'r');
}

function syncNow(path: string, flags: 'r' | 'r+'): void {
  const handle = openSync(path, flags);
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/**
 * Brings a database to the newest version, one transaction a step, with a copy of the file before each
 * step. Never goes back, never empties.
 *
 * @throws StorageError when the file was written by a newer program, or must be changed and is read by another process
 */
export function migrate(
  database: DatabaseSync,
  file: string,
  migrations: readonly string[] = MIGRATIONS,
): void {
  const found = versionOf(database);
  if (found > migrations.length) {
    throw new StorageError(
      `${file} has version ${found}, this program knows ${migrations.length}: use the newer program, or restore a copy`,
    );
  }
  migrations.slice(found).forEach((sql, step) => {
    const version = found + step;
    // a database that begins holds nothing yet
    if (found > 0) keepCopy(database, file, version);
    database.exec('BEGIN IMMEDIATE');
    try {
      database.exec(sql);
      database.exec(`PRAGMA user_version = ${version + 1}`);
      database.exec('COMMIT');
    } catch (error) {
      // a full disk may have ended it already
      if (database.isTransaction) database.exec('ROLLBACK');
      throw error;
    }
  });
}
