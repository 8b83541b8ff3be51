import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LogMerger } from '../ports.ts';
import { openIndex, type IndexDb } from './index-db.ts';
import { logIsDamaged } from './log-damage.ts';
import { layOutLog } from './log-space.ts';
import { MIGRATIONS } from './migrations.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bianmin-log-space-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const MEBIBYTE = 1024 * 1024;
const idle: LogMerger = { merge: () => Promise.resolve(), close: () => Promise.resolve() };
const file = (name = 'index.db'): string => join(folder, name);
const open = (name?: string): IndexDb => openIndex(file(name), 0, MIGRATIONS, idle).db;
const put = (db: IndexDb, value: string): void =>
  db.run(
    "INSERT INTO kv (key, value) VALUES ('feedCursor', ?) ON CONFLICT DO UPDATE SET value = ?1",
    value,
  );
const read = (db: IndexDb): unknown =>
  db.get("SELECT value FROM kv WHERE key = 'feedCursor'")?.['value'];
/** The disk as a power cut leaves it. */
const cutOff = (name: string): void => {
  for (const end of ['', '-wal']) copyFileSync(file() + end, file(name) + end);
};

test('the log has its space before the first commit, and no commit makes it longer', () => {
  const db = open();
  const size = statSync(`${file()}-wal`).size;
  expect(size).toBe(4 * MEBIBYTE);
  for (let n = 0; n < 100; n++) put(db, String(n));
  expect(statSync(`${file()}-wal`).size).toBe(size);
  db.close();
});

test('after a power cut the zeros behind the last commit are neither commits nor damage', () => {
  const db = open();
  // nothing was written yet since its space was laid out
  cutOff('early.db');
  for (let n = 0; n < 100; n++) put(db, String(n));
  cutOff('late.db');
  // of a log that never had a frame
  writeFileSync(`${file('late.db')}-empty`, new Uint8Array(4 * MEBIBYTE));
  expect(logIsDamaged(`${file('late.db')}-empty`)).toBe(false);
  for (const [name, value] of [
    ['early.db', undefined],
    ['late.db', '99'],
  ] as const) {
    const opened = openIndex(file(name), 0, MIGRATIONS, idle);
    expect(opened).toMatchObject({ damagedLog: undefined, brokenMovedTo: undefined });
    expect(read(opened.db)).toBe(value);
    put(opened.db, 'more');
    expect(read(opened.db)).toBe('more');
    opened.db.close();
  }
  db.close();
});

test('a log whose space is all zeros counts as none', () => {
  open().close();
  writeFileSync(`${file()}-wal`, new Uint8Array(4 * MEBIBYTE));
  const db = open();
  put(db, 'one');
  cutOff('copy.db');
  expect(read(open('copy.db'))).toBe('one');
  db.close();
});

test('what stands in the log stays, and one that is longer is left alone', () => {
  const log = file('log');
  writeFileSync(log, 'frames');
  layOutLog(log);
  const bytes = readFileSync(log);
  expect(bytes).toHaveLength(4 * MEBIBYTE);
  expect(bytes.subarray(0, 6).toString()).toBe('frames');
  expect(bytes.subarray(6).every((byte) => byte === 0)).toBe(true);
  writeFileSync(log, new Uint8Array(5 * MEBIBYTE));
  layOutLog(log);
  expect(statSync(log).size).toBe(5 * MEBIBYTE);
});

test('where there is no log nothing happens', () => {
  expect(() => layOutLog(file('missing'))).not.toThrow();
});

test('where there is no room for it the log stays as it was', ({ skip }) => {
  const small = join(folder, 'small');
  mkdirSync(small);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', small], { stdio: 'ignore' });
  } catch {
    console.log('NOT RUN: this user may not mount a small file system');
    skip();
  }
  try {
    const log = join(small, 'log');
    writeFileSync(log, 'frames');
    layOutLog(log);
    expect(readFileSync(log, 'utf8')).toBe('frames');
  } finally {
    execFileSync('umount', [small]);
  }
});
