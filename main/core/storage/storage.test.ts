import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockData } from './data-lock.ts';
import { replaceDurably, writeRenamed } from './durable-files.ts';
import { endRebuild, openIndex } from './index-db.ts';
import { MIGRATIONS } from './migrations.ts';
import { isDiskFull, StorageError } from './storage-error.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bianmin-storage-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = (): string => join(folder, 'index.db');
const step = (version: number, sql: string) => ({ version, sql });
const NEXT = MIGRATIONS.length + 1;

test('every commit is on the disk before it returns: WAL, synchronous FULL, foreign keys', () => {
  const { db, fresh } = openIndex(file(), 0);
  expect(fresh).toBe(true);
  expect(db.get('PRAGMA journal_mode')).toEqual({ journal_mode: 'wal' });
  expect(db.get('PRAGMA synchronous')).toEqual({ synchronous: 2 });
  expect(db.get('PRAGMA foreign_keys')).toEqual({ foreign_keys: 1 });
  expect(() =>
    db.run(
      "INSERT INTO attachment (submission_id, position, sha256, size) VALUES ('x', 0, 'y', 1)",
    ),
  ).toThrow(/FOREIGN KEY/);
  db.close();
  // a crash before the rows came back: it is still one that has none
  const again = openIndex(file(), 0);
  expect(again.fresh).toBe(true);
  endRebuild(again.db);
  again.db.close();
  expect(openIndex(file(), 0).fresh).toBe(false);
});

test('what is kept of a look is forgotten with every write to its table, also with one that is rolled back', () => {
  const { db } = openIndex(file(), 0);
  const put = (value: string): void =>
    db.run(
      "INSERT INTO kv (key, value) VALUES ('a', ?) ON CONFLICT DO UPDATE SET value = ?1",
      value,
    );
  let looks = 0;
  const seen = (): unknown =>
    db.unlessWritten('a', ['kv'], () => {
      looks++;
      return db.get("SELECT value FROM kv WHERE key = 'a'")?.['value'];
    });
  put('one');
  expect([seen(), seen(), looks]).toEqual(['one', 'one', 1]);
  expect(() =>
    db.transaction(() => {
      put('two');
      expect(seen()).toBe('two');
      throw new Error('no');
    }),
  ).toThrow('no');
  expect(seen()).toBe('one');
  put('three');
  expect(seen()).toBe('three');
  const before = looks;
  db.run("INSERT INTO receipt_sequence (place, date, last) VALUES ('500199001001', '261101', 1)");
  expect([seen(), looks]).toEqual(['three', before]);
  db.run("DELETE FROM kv WHERE key = 'a'");
  expect(seen()).toBeUndefined();
  // what a statement writes to that is put otherwise nobody knows
  db.run("WITH made AS (SELECT 'four' AS value) INSERT INTO kv SELECT 'a', value FROM made");
  expect(seen()).toBe('four');
  db.close();
});

test('a migration goes forward in one transaction, after a backup of the database was made', () => {
  const first = openIndex(file(), 0);
  first.db.run("INSERT INTO kv (key, value) VALUES ('feedCursor', '7')");
  first.db.close();
  const { db } = openIndex(file(), 0, [
    ...MIGRATIONS,
    step(NEXT, 'ALTER TABLE kv ADD COLUMN note TEXT'),
  ]);
  expect(db.get("SELECT * FROM kv WHERE key = 'feedCursor'")).toEqual({
    key: 'feedCursor',
    value: '7',
    note: null,
  });
  db.close();
  const backup = new DatabaseSync(`${file()}.before-${NEXT}`);
  expect(backup.prepare("SELECT * FROM kv WHERE key = 'feedCursor'").get()).toEqual({
    key: 'feedCursor',
    value: '7',
  });
  backup.close();
});

test('a migration that fails changes nothing', () => {
  openIndex(file(), 0).db.close();
  const broken = [
    ...MIGRATIONS,
    step(NEXT, 'CREATE TABLE extra (a TEXT); SELECT nothing FROM nowhere'),
  ];
  expect(() => openIndex(file(), 0, broken)).toThrow(StorageError);
  const { db } = openIndex(file(), 0);
  expect(db.get("SELECT name FROM sqlite_master WHERE name = 'extra'")).toBeUndefined();
  db.close();
});

test('audit events can be neither changed nor deleted', () => {
  const { db } = openIndex(file(), 0);
  db.run(
    "INSERT INTO audit_event (seq, time, event, prev_hash, hash) VALUES (1, 't', 'coreStarted', 'p', 'h')",
  );
  expect(() => db.run("UPDATE audit_event SET event = 'x'")).toThrow(/never change/);
  expect(() => db.run('DELETE FROM audit_event')).toThrow(/never deleted/);
  db.close();
});

test('a data folder belongs to one core at a time', () => {
  const lock = lockData(folder);
  expect(() => lockData(folder, 10)).toThrow(/another terminal core/);
  lock.release();
  lockData(folder, 10).release();
});

test('an index that may not be written to any more changes nothing, and is read', () => {
  let ours = true;
  const { db } = openIndex(file(), 0, MIGRATIONS, undefined, () => {
    if (!ours) throw new StorageError('lockLost', "it is another one's now");
  });
  const set = (value: string): void =>
    db.run("INSERT OR REPLACE INTO kv (key, value) VALUES ('k', ?)", value);
  set('1');
  ours = false;
  const lost = /it is another one's now/;
  expect(() => set('2')).toThrow(lost);
  expect(() => db.transaction(() => set('3'))).toThrow(lost);
  expect(db.get("SELECT value FROM kv WHERE key = 'k'")).toMatchObject({ value: '1' });
  ours = true;
  db.transaction(() => {
    set('4');
    // what has begun is asked no more: its commit is waited for
    ours = false;
    set('5');
  });
  expect(db.get("SELECT value FROM kv WHERE key = 'k'")).toMatchObject({ value: '5' });
  db.close();
});

test('a file is replaced whole, and a failed write leaves nothing', async () => {
  const path = join(folder, 'a');
  await replaceDurably(path, Buffer.from('one'));
  await replaceDurably(path, Buffer.from('two'));
  await expect(writeRenamed(join(folder, 'no', 'b'), Buffer.from('x'))).rejects.toThrow();
  expect(readdirSync(folder)).toEqual(['a']);
  expect(existsSync(path)).toBe(true);
});

test('a full disk is known by the words of the file system and of SQLite', () => {
  expect(isDiskFull(Object.assign(new Error(''), { code: 'ENOSPC' }))).toBe(true);
  expect(isDiskFull(Object.assign(new Error(''), { errcode: 13 }))).toBe(true);
  expect(isDiskFull(new Error('x'))).toBe(false);
});
