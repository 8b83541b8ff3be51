import { execFileSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { endRebuild, openIndex } from './index-db.ts';
import { MIGRATIONS } from './migrations.ts';
import { isDiskFull, StorageError } from './storage-error.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bianmin-index-copy-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const NEXT = MIGRATIONS.length + 1;
const NOTE = { version: NEXT, sql: 'ALTER TABLE kv ADD COLUMN note TEXT' };
const LONG = 'x'.repeat(1_500_000);

/** An index of this program, with 1.5 MB in it. */
function makeIndex(file: string): void {
  const { db } = openIndex(file, 0);
  endRebuild(db);
  db.run("INSERT INTO kv (key, value) VALUES ('feedCursor', ?)", LONG);
  db.close();
}

/** Takes all room but some. */
function fill(file: string, but: number): void {
  const handle = openSync(file, 'w');
  try {
    for (;;) writeSync(handle, new Uint8Array(4096));
  } catch (error) {
    if (!isDiskFull(error)) throw error;
  } finally {
    closeSync(handle);
  }
  truncateSync(file, Math.max(0, statSync(file).size - but));
}

/** `work` on a disk of 8 MiB; false where this user may not mount one. */
function onSmallDisk(work: (disk: string) => void): boolean {
  const disk = join(folder, 'small');
  mkdirSync(disk);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', disk], { stdio: 'ignore' });
  } catch {
    return false;
  }
  try {
    work(disk);
  } finally {
    execFileSync('umount', [disk]);
  }
  return true;
}

test('an index is migrated also where the disk has no room for its copy, and nothing is left of that', ({
  skip,
}) => {
  const ran = onSmallDisk((disk) => {
    const file = join(disk, 'outbox', 'index.db');
    makeIndex(file);
    // an earlier program left it so
    writeFileSync(`${file}.before-${NEXT}`, '');
    fill(join(disk, 'full'), 1_000_000);
    const opened = openIndex(file, 0, [...MIGRATIONS, NOTE]);
    expect(opened).toMatchObject({ uncopied: true, fresh: false, brokenMovedTo: undefined });
    expect(opened.db.get("SELECT * FROM kv WHERE key = 'feedCursor'")).toEqual({
      key: 'feedCursor',
      value: LONG,
      note: null,
    });
    opened.db.close();
    expect(readdirSync(join(disk, 'outbox'))).toEqual(['index.db']);
    const again = openIndex(file, 0, [...MIGRATIONS, NOTE]);
    expect(again.uncopied).toBe(false);
    again.db.close();
  });
  skip(!ran, 'this user may not mount a small file system');
});

test('a disk that has no room for the migration itself is told so', ({ skip }) => {
  const ran = onSmallDisk((disk) => {
    const file = join(disk, 'outbox', 'index.db');
    makeIndex(file);
    fill(join(disk, 'full'), 500_000);
    const large = `CREATE TABLE extra (a TEXT); INSERT INTO extra VALUES ('${LONG}');`;
    const open = (): unknown => openIndex(file, 0, [...MIGRATIONS, { version: NEXT, sql: large }]);
    expect(open).toThrow(StorageError);
    expect(open).toThrow(/make room/);
    expect(readdirSync(join(disk, 'outbox'))).toEqual(['index.db']);
    openIndex(file, 0).db.close();
  });
  skip(!ran, 'this user may not mount a small file system');
});

test('what a kill left of a copy goes, and is never taken for one', () => {
  const file = join(folder, 'index.db');
  makeIndex(file);
  for (const torn of ['', '.part']) writeFileSync(`${file}.before-${NEXT}${torn}`, 'torn');
  const { db, uncopied } = openIndex(file, 0, [...MIGRATIONS, NOTE]);
  db.close();
  expect(uncopied).toBe(false);
  expect(readdirSync(folder).toSorted()).toEqual(['index.db', `index.db.before-${NEXT}`]);
  const copy = new DatabaseSync(`${file}.before-${NEXT}`, { readOnly: true });
  expect(copy.prepare("SELECT * FROM kv WHERE key = 'feedCursor'").get()).toEqual({
    key: 'feedCursor',
    value: LONG,
  });
  copy.close();
});

test('a copy that fails otherwise is told as the migration that could not be', () => {
  const file = join(folder, 'index.db');
  makeIndex(file);
  mkdirSync(`${file}.before-${NEXT}`);
  expect(() => openIndex(file, 0, [...MIGRATIONS, NOTE])).toThrow(StorageError);
  const { db } = openIndex(file, 0);
  expect(db.get("SELECT name FROM pragma_table_info('kv') WHERE name = 'note'")).toBeUndefined();
  db.close();
});
