import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { logIsDamaged } from './log-damage.ts';

const FRAME = 24 + 4096;
let folder: string;
/** Bytes of a log after each of its commits. */
const lengths: number[] = [];
let log: Buffer;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bianmin-log-'));
  const file = join(folder, 'a.db');
  const database = new DatabaseSync(file);
  database.exec('PRAGMA journal_mode = WAL; CREATE TABLE a (x TEXT)');
  // the log begins anew: behind it lie frames of before
  for (let n = 0; n < 9; n++) database.exec(`INSERT INTO a VALUES ('before ${n}')`);
  database.exec('PRAGMA wal_checkpoint(RESTART)');
  for (let n = 0; n < 5; n++) {
    database.exec(`INSERT INTO a VALUES ('row ${n}')`);
    lengths.push(32 + (n + 1) * FRAME);
  }
  copyFileSync(`${file}-wal`, join(folder, 'log'));
  database.close();
  log = readFileSync(join(folder, 'log'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function damaged(change: (bytes: Buffer) => Buffer | undefined): boolean {
  const bytes = Buffer.from(log);
  const file = join(folder, 'changed');
  writeFileSync(file, change(bytes) ?? bytes);
  return logIsDamaged(file);
}

function flip(bytes: Buffer, at: number): undefined {
  bytes.writeUInt8(bytes.readUInt8(at) ^ 4, at);
}

test('a whole log, none, and what a power cut leaves are not damaged', () => {
  expect(logIsDamaged(join(folder, 'not-there'))).toBe(false);
  expect(damaged(() => undefined)).toBe(false);
  // the last commit came to the disk in parts
  expect(damaged((bytes) => void bytes.fill(0, (lengths[3] ?? 0) + 30, lengths[4]))).toBe(false);
  expect(damaged((bytes) => bytes.subarray(0, (lengths[4] ?? 0) - 100))).toBe(false);
  expect(damaged((bytes) => void bytes.fill(0))).toBe(false);
});

test('a flipped bit with more commits behind it is damage, wherever it is', () => {
  for (const at of [3, 20, 32 + 5, 32 + 9, 32 + 17, 32 + 24 + 1000]) {
    expect(damaged((bytes) => flip(bytes, at))).toBe(true);
  }
  expect(damaged((bytes) => flip(bytes, (lengths[1] ?? 0) + 3000))).toBe(true);
});

test('in the last commit it cannot be told from a power cut', () => {
  expect(damaged((bytes) => flip(bytes, (lengths[3] ?? 0) + 3000))).toBe(false);
});
