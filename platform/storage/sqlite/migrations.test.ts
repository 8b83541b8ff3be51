import fs from 'node:fs';
import { copyFile, readFile, readdir, writeFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../tests/platform-kit/platform.ts';
import { migrate, StorageError } from './migrations.ts';
import { openDatabase } from './node-sqlite.ts';
import { openSqliteStorage } from './sqlite-storage.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let file = '';
beforeEach(async () => {
  folder = await temporaryFolder();
  file = join(folder.path, 'test.sqlite');
});
afterEach(() => folder.remove());

const ONE = 'CREATE TABLE a (x INTEGER) STRICT; INSERT INTO a VALUES (7);';
const TWO = 'ALTER TABLE a ADD COLUMN y INTEGER;';

describe('a migration', () => {
  it('goes forward only, keeps the rows, and leaves a copy of the file as it was', async () => {
    const first = openDatabase(file);
    migrate(first, file, [ONE]);
    first.close();
    expect(await readdir(folder.path)).toEqual(['test.sqlite']);
    const second = openDatabase(file);
    migrate(second, file, [ONE, TWO]);
    expect({ ...second.prepare('SELECT x, y FROM a').get() }).toEqual({ x: 7, y: null });
    second.close();
    const copy = new DatabaseSync(`${file}.before-version-2`, { readOnly: true });
    expect({ ...copy.prepare('SELECT * FROM a').get() }).toEqual({ x: 7 });
    copy.close();
  });

  it('is done again after a way back: the copies of both times are there, whole', async () => {
    const first = openDatabase(file);
    migrate(first, file, [ONE]);
    // a copy that was not finished is no copy
    await writeFile(`${file}.before-version-2.part`, 'torn');
    migrate(first, file, [ONE, TWO]);
    first.close();
    await copyFile(`${file}.before-version-2`, file);
    const back = openDatabase(file);
    back.exec('INSERT INTO a VALUES (8)');
    migrate(back, file, [ONE, TWO]);
    back.close();
    const rows = (copy: string): unknown => {
      const database = new DatabaseSync(copy, { readOnly: true });
      try {
        return database.prepare('SELECT group_concat(x) AS x FROM a').get()?.['x'];
      } finally {
        database.close();
      }
    };
    expect(rows(`${file}.before-version-2.1`)).toBe('7');
    expect(rows(`${file}.before-version-2`)).toBe('7,8');
    const names = await readdir(folder.path);
    expect(names.filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('that fails at every start leaves one copy, and it is whole', async () => {
    const begun = openDatabase(file);
    migrate(begun, file, [ONE]);
    begun.close();
    for (let start = 0; start < 3; start += 1) {
      const database = openDatabase(file);
      expect(() => migrate(database, file, [ONE, 'nonsense'])).toThrow();
      database.close();
    }
    expect((await readdir(folder.path)).sort()).toEqual([
      'test.sqlite',
      'test.sqlite.before-version-2',
    ]);
    expect(await readFile(`${file}.before-version-2`)).toEqual(await readFile(file));
  });

  it('is refused while another process reads, for a copy would lack what is in the log', async () => {
    const database = openDatabase(file);
    migrate(database, file, [ONE]);
    // how long it waits for the reader
    database.exec('PRAGMA busy_timeout = 0');
    const reader = new DatabaseSync(file);
    reader.exec('BEGIN; SELECT * FROM a');
    reader.prepare('SELECT * FROM a').all();
    database.exec('INSERT INTO a VALUES (8)');
    expect(() => migrate(database, file, [ONE, TWO])).toThrow(StorageError);
    expect((await readdir(folder.path)).filter((name) => name.includes('before'))).toEqual([]);
    reader.close();
    migrate(database, file, [ONE, TWO]);
    database.close();
    const copy = new DatabaseSync(`${file}.before-version-2`, { readOnly: true });
    expect(
      copy
        .prepare('SELECT x FROM a')
        .all()
        .map(({ x }) => x),
    ).toEqual([7, 8]);
    copy.close();
  });

  it('leaves no half copy when the disk takes none', async () => {
    const database = openDatabase(file);
    migrate(database, file, [ONE]);
    const { fsyncSync } = fs;
    fs.fsyncSync = () => {
      throw new Error('ENOSPC');
    };
    syncBuiltinESMExports();
    try {
      expect(() => migrate(database, file, [ONE, TWO])).toThrow('ENOSPC');
    } finally {
      fs.fsyncSync = fsyncSync;
      syncBuiltinESMExports();
    }
    database.close();
    expect(await readdir(folder.path)).toEqual(['test.sqlite']);
  });

  it('that fails changes nothing', () => {
    const database = openDatabase(file);
    migrate(database, file, [ONE]);
    expect(() => migrate(database, file, [ONE, 'CREATE TABLE b (x); nonsense;'])).toThrow();
    expect(database.prepare("SELECT name FROM sqlite_schema WHERE name = 'b'").get()).toBe(
      undefined,
    );
    expect(database.prepare('PRAGMA user_version').get()?.['user_version']).toBe(1);
    database.close();
  });

  it('that finds the disk full says so, and changes nothing', () => {
    const database = openDatabase(file);
    const table = 'CREATE TABLE b (y BLOB) STRICT;';
    migrate(database, file, [table]);
    database.exec(
      `PRAGMA max_page_count = ${Number(database.prepare('PRAGMA page_count').get()?.['page_count'])}`,
    );
    const large = 'INSERT INTO b VALUES (zeroblob(100000));';
    expect(() => migrate(database, file, [table, large])).toThrow(/is full/);
    expect(database.prepare('PRAGMA user_version').get()?.['user_version']).toBe(1);
    database.close();
  });

  it('refuses a database of a newer program', () => {
    const database = openDatabase(file);
    migrate(database, file, [ONE, TWO]);
    expect(() => migrate(database, file, [ONE])).toThrow(StorageError);
    database.close();
  });

  it('opens durably: every commit is on the disk before it is acknowledged', () => {
    const database = openDatabase(file);
    expect(database.prepare('PRAGMA journal_mode').get()?.['journal_mode']).toBe('wal');
    expect(database.prepare('PRAGMA synchronous').get()?.['synchronous']).toBe(2);
    database.close();
  });
});

it('a storage that was never asked anything lets go of its files all the same', async () => {
  await openSqliteStorage(file).close();
  // SQLite removes the log when the last connection closes
  expect(await readdir(folder.path)).toEqual(['test.sqlite']);
});
