import { execFile } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { takeDataLock, type LockHost } from '../../../domain/data-lock.ts';
import { lockData, mustHold } from './data-lock.ts';

// slow shared machines: nothing here depends on how long it takes
vi.setConfig({ testTimeout: 60_000 });

const exec = promisify(execFile);
const child = new URL('./lock-child.test-helper.ts', import.meta.url).pathname;
const asRoot = process.getuid?.() === 0;
/** Somebody who owns nothing here. */
const NOBODY = 65_534;

let folder: string;
let lock: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bianmin-lock-'));
  lock = join(folder, 'lock');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const other = async (...as: readonly string[]): Promise<string> =>
  (await exec(process.execPath, [child, folder, '0', ...as])).stdout.trim();

test('a lock that can be read and not written holds nothing, so nobody gets it, and it says what to do', async () => {
  lockData(folder).release();
  chmodSync(lock, 0o444);
  chmodSync(folder, 0o755);
  const said = await other(...(asRoot ? [String(NOBODY)] : []));
  expect(said).toContain('lockNotWritable: ');
  expect(said).toContain('It cannot be written');
  expect(said).toContain('delete it while no terminal core runs');
  expect(said).not.toContain('another terminal core');
});

test('of two that can only read it neither has it, also where SQLite says nothing', () => {
  writeFileSync(lock, '');
  const readers: LockHost = {
    open: (file) => new DatabaseSync(file, { readOnly: true }),
    stat: (path) => statSync(path),
    giveTo: () => undefined,
  };
  for (const _each of [1, 2]) {
    expect(takeDataLock(readers, folder, 0)).toMatchObject({
      ok: false,
      error: { why: 'notWritable' },
    });
  }
});

test('another process does not get it while it is held, and does afterwards; nothing is written into it', async () => {
  const held = lockData(folder);
  expect(await other()).toContain('inUse: ');
  mustHold(held);
  held.release();
  held.release();
  expect(await other()).toBe('has it');
  expect(statSync(lock).size).toBe(0);
});

test('a file that is no lock is told as that', () => {
  writeFileSync(lock, 'x'.repeat(4096));
  expect(() => lockData(folder, 0)).toThrow(/It is damaged. Delete it while no terminal core runs/);
  rmSync(lock);
  writeFileSync(join(folder, 'elsewhere'), '');
  expect(() => lockData(join(folder, 'elsewhere'), 0)).toThrow();
});

describe('a lock whose file is', () => {
  test.each<[string, () => void]>([
    ['deleted', () => rmSync(lock)],
    ['moved away', () => renameSync(lock, `${lock}.old`)],
    [
      'replaced',
      () => {
        writeFileSync(`${lock}.new`, '');
        renameSync(`${lock}.new`, lock);
      },
    ],
  ])('%s is held no more', (_how, takeAway) => {
    const held = lockData(folder);
    expect(held.isHeld()).toBe(true);
    takeAway();
    expect(held.isHeld()).toBe(false);
    expect(() => mustHold(held)).toThrow(expect.objectContaining({ code: 'lockLost' }));
    // it is there for the next one
    lockData(folder, 0).release();
    expect(held.isHeld()).toBe(false);
    held.release();
  });
});

test('one that was waited for and deleted meanwhile is not taken for held', () => {
  const host: LockHost = {
    open(file, timeout) {
      const database = new DatabaseSync(file, { timeout });
      return {
        exec(sql) {
          rmSync(file);
          database.exec(sql);
        },
        close: () => database.close(),
      };
    },
    stat: (path) => statSync(path),
    giveTo: () => undefined,
  };
  expect(takeDataLock(host, folder, 0)).toMatchObject({ ok: false, error: { why: 'inUse' } });
});

test.runIf(asRoot)('what root ran leaves the lock to whom the folder belongs', async () => {
  chownSync(folder, NOBODY, NOBODY);
  lockData(folder).release();
  expect(statSync(lock).uid).toBe(NOBODY);
  expect(await other(String(NOBODY))).toBe('has it');
});
if (!asRoot) console.log('NOT RUN: a lock that root made (data-lock.test.ts): not root');
