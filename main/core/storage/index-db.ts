import { copyFileSync, existsSync, mkdirSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  DatabaseSync,
  type SQLInputValue,
  type SQLOutputValue,
  type StatementSync,
} from 'node:sqlite';
import type { LogMerger } from '../ports.ts';
import { copyIndex } from './index-copy.ts';
import { logIsDamaged } from './log-damage.ts';
import { layOutLog } from './log-space.ts';
import { MIGRATIONS, type Migration } from './migrations.ts';
import { readsAsWritten } from './schema-check.ts';
import { isCorrupt, isDiskFull, StorageError } from './storage-error.ts';

/** A row as SQLite gives it. */
export type Row = Readonly<Record<string, SQLOutputValue>>;

/** Tables of which something is kept that was read. */
export type Table = 'item' | 'attachment' | 'audit_event' | 'bundle' | 'kv' | 'unfiled_envelope';

/** The index: one SQLite file, WAL, every commit on the disk before it returns. */
export interface IndexDb {
  /** Runs `work` in one transaction; rolled back when it throws. Calls inside join the outer one. */
  transaction<T>(work: () => T): T;
  run(sql: string, ...values: SQLInputValue[]): void;
  get(sql: string, ...values: SQLInputValue[]): Row | undefined;
  all(sql: string, ...values: SQLInputValue[]): readonly Row[];
  /**
   * What was read under this name before, unless one of the tables was written to since; else reads it. Only
   * for what depends on nothing but their rows: nobody else writes to the file.
   */
  unlessWritten<T>(name: string, tables: readonly Table[], read: () => T): T;
  close(): void;
}

/** How opening went. */
export interface OpenedIndex {
  readonly db: IndexDb;
  /** There was none, or it was broken: what the sealed files tell must be put into it. */
  readonly fresh: boolean;
  /** Where a broken one was moved to. */
  readonly brokenMovedTo: string | undefined;
  /** Where a log was copied to of which a bad disk took committed rows: the envelopes still tell of them. */
  readonly damagedLog: string | undefined;
  /** It was migrated, and the disk had no room for a copy of it as it was before. */
  readonly uncopied: boolean;
}

/** After so many writing statements the log is merged: some 1000 pages, as SQLite does it by itself. */
const MERGE_AFTER = 300;

/** Keeps the log short without a flush of the main thread's. Told of each statement that wrote, and asked after each commit. */
function keepShort(
  database: DatabaseSync,
  merge: () => Promise<void>,
): { wrote(): void; committed(): void } {
  let unmerged = 0;
  let merging = false;
  const mergeHere = (): void => {
    try {
      database.exec('PRAGMA wal_checkpoint(PASSIVE)');
      unmerged = 0;
    } catch {
      // a disk that takes nothing: the commits say so; it is tried again after the next one
    }
  };
  return {
    wrote() {
      unmerged++;
    },
    committed() {
      if (unmerged < MERGE_AFTER) return;
      if (merging) {
        // whoever merges does not come along
        if (unmerged >= 4 * MERGE_AFTER) mergeHere();
        return;
      }
      unmerged = 0;
      merging = true;
      merge()
        .catch(() => {
          if (database.isOpen) mergeHere();
        })
        .finally(() => (merging = false));
    },
  };
}

interface Kept {
  readonly tables: readonly string[];
  readonly value: unknown;
}

/** The table that a statement writes to; `undefined` when its text does not begin with one. */
function writtenBy(sql: string): string | undefined {
  return /^\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+(\w+)/.exec(sql)?.[1];
}

function wrap(
  database: DatabaseSync,
  merge: (() => Promise<void>) | undefined,
  mayWrite: () => void,
): IndexDb {
  if (merge) database.exec('PRAGMA wal_autocheckpoint = 0');
  const log = merge && keepShort(database, merge);
  const statements = new Map<string, StatementSync>();
  const kept = new Map<string, Kept>();
  const written = new Map<string, string | undefined>();
  let depth = 0;
  const prepared = (sql: string): StatementSync => {
    let statement = statements.get(sql);
    if (!statement) {
      statement = database.prepare(sql);
      statements.set(sql, statement);
    }
    return statement;
  };
  const forget = (sql: string): void => {
    if (!written.has(sql)) written.set(sql, writtenBy(sql));
    const table = written.get(sql);
    for (const [name, { tables }] of kept) {
      if (table === undefined || tables.includes(table)) kept.delete(name);
    }
  };
  return {
    transaction(work) {
      if (depth > 0) return work();
      prepared('BEGIN IMMEDIATE').run();
      depth++;
      try {
        // only now: whoever took the data folder meanwhile waits until this one is through, and sees what it wrote
        mayWrite();
        const value = work();
        prepared('COMMIT').run();
        log?.committed();
        return value;
      } catch (error) {
        kept.clear();
        // some errors (full disk) have already rolled it back
        if (database.isTransaction) database.exec('ROLLBACK');
        throw error;
      } finally {
        depth--;
      }
    },
    run(sql, ...values) {
      if (depth === 0) mayWrite();
      forget(sql);
      prepared(sql).run(...values);
      log?.wrote();
      if (depth === 0) log?.committed();
    },
    get: (sql, ...values) => prepared(sql).get(...values),
    all: (sql, ...values) => prepared(sql).all(...values),
    unlessWritten<T>(name: string, tables: readonly Table[], read: () => T): T {
      const known = kept.get(name);
      if (known) return known.value as T;
      const value = read();
      kept.set(name, { tables, value });
      return value;
    },
    close() {
      statements.clear();
      kept.clear();
      database.close();
    },
  };
}

function openRaw(file: string, migrations: readonly Migration[]): DatabaseSync {
  const database = new DatabaseSync(file, { enableForeignKeyConstraints: true, timeout: 5000 });
  try {
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    const check = database.prepare('PRAGMA quick_check(1)').get();
    if (check?.['quick_check'] !== 'ok') {
      throw Object.assign(new Error('quick_check found damage'), { errcode: 11 });
    }
    if (!readsAsWritten(database, versionOf(database), migrations)) {
      throw Object.assign(new Error('its words are damaged'), { errcode: 11 });
    }
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function nameForBroken(file: string, wallMs: number): string {
  const stamp = new Date(wallMs).toISOString().replace(/[:.]/g, '-');
  let target = `${file}.broken-${stamp}`;
  for (let n = 2; existsSync(target); n++) target = `${file}.broken-${stamp}-${n}`;
  return target;
}

function moveAway(file: string, wallMs: number): string {
  const target = nameForBroken(file, wallMs);
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(file + suffix)) renameSync(file + suffix, target + suffix);
  }
  return target;
}

function versionOf(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
}

/** Key of the note that rows are still to come back from the envelopes. */
const PENDING = 'rebuildPending';
const PENDING_SQL = `INSERT INTO kv (key, value) VALUES ('${PENDING}', '1')
  ON CONFLICT (key) DO UPDATE SET value = '1'`;

/** Whether an index was made anew and its rows have not come back yet. */
export function isRebuildPending(db: Pick<IndexDb, 'get'>): boolean {
  return db.get('SELECT value FROM kv WHERE key = ?', PENDING) !== undefined;
}

/** The rows are back; joins the transaction that brings them. */
export function endRebuild(db: Pick<IndexDb, 'run'>): void {
  db.run('DELETE FROM kv WHERE key = ?', PENDING);
}

/** @returns whether it was migrated without a copy of it as it was before */
function migrate(database: DatabaseSync, file: string, migrations: readonly Migration[]): boolean {
  const have = versionOf(database);
  const newest = migrations.at(-1)?.version ?? 0;
  if (have > newest) {
    throw new StorageError(
      'newerThanProgram',
      `${file} was written by a newer version of this program (index ${have}, known ${newest}). ` +
        'Install that version again, or a newer one. Nothing was changed.',
    );
  }
  const missing = migrations.filter((migration) => migration.version > have);
  if (missing.length === 0) return false;
  try {
    const uncopied = have > 0 && !copyIndex(database, `${file}.before-${newest}`);
    database.exec('BEGIN IMMEDIATE');
    for (const migration of missing) {
      database.exec(migration.sql);
      database.exec(`PRAGMA user_version = ${migration.version}`);
    }
    // in the same commit: a crash before the rows are back must not make it look like one that has them
    if (have === 0) database.exec(PENDING_SQL);
    database.exec('COMMIT');
    return uncopied;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw new StorageError(
      'migrationFailed',
      `${file} could not be brought to index ${newest}; it stays at ${have}. ` +
        (isDiskFull(error)
          ? 'The disk is full: make room on it and start again.'
          : 'Keep the file and report this.'),
      error,
    );
  }
}

/**
 * Opens the index, migrating it forward in one transaction after a backup file was made, for which a full disk
 * need not have room. A broken file is moved aside, never deleted; so is a copy of a damaged log.
 * @param merger keeps the log short; without one SQLite does it by itself, in the middle of commits
 * @param mayWrite throws when this process may not write to it any more; asked within each transaction
 * @throws StorageError when it is newer than the program, cannot be opened or cannot be migrated
 */
export function openIndex(
  file: string,
  wallMs: number,
  migrations: readonly Migration[] = MIGRATIONS,
  merger?: LogMerger,
  mayWrite: () => void = () => undefined,
): OpenedIndex {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  let brokenMovedTo: string | undefined;
  let fresh = !existsSync(file);
  let damagedLog: string | undefined;
  let uncopied: boolean;
  let database: DatabaseSync;
  try {
    if (logIsDamaged(`${file}-wal`)) {
      damagedLog = nameForBroken(`${file}-wal`, wallMs);
      copyFileSync(`${file}-wal`, damagedLog);
    }
    try {
      database = openRaw(file, migrations);
    } catch (error) {
      if (!isCorrupt(error)) throw error;
      brokenMovedTo = moveAway(file, wallMs);
      fresh = true;
      database = openRaw(file, migrations);
    }
  } catch (error) {
    throw new StorageError(
      'cannotOpen',
      `${file} cannot be opened. See that the disk is mounted, writable and not full.`,
      error,
    );
  }
  try {
    // a crash between making the file and its first migration leaves an empty one
    fresh ||= versionOf(database) === 0;
    uncopied = migrate(database, file, migrations);
    if (damagedLog !== undefined) database.exec(PENDING_SQL);
  } catch (error) {
    database.close();
    throw error;
  }
  if (merger) layOutLog(`${file}-wal`);
  const db = wrap(database, merger && (() => merger.merge(file)), mayWrite);
  fresh ||= damagedLog === undefined && isRebuildPending(db);
  return { db, fresh, brokenMovedTo, damagedLog, uncopied };
}
