import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { LogMerger } from '../ports.ts';
import { openIndex, type IndexDb } from './index-db.ts';
import { createLogMerger } from './log-merger.ts';
import { MIGRATIONS } from './migrations.ts';

// slow shared machines: nothing here depends on how long it takes
vi.setConfig({ testTimeout: 90_000 });

let folder: string;
let merger: LogMerger;
let db: IndexDb | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bianmin-merger-'));
  merger = createLogMerger();
});
afterEach(async () => {
  await merger.close();
  db?.close();
  rmSync(folder, { recursive: true, force: true });
});

const MEGABYTE = 1024 * 1024;
const file = (): string => join(folder, 'index.db');
const logBytes = (): number => statSync(`${file()}-wal`).size;
const write = (count: number): void => {
  for (let n = 0; n < count; n++) {
    db?.run('INSERT INTO kv (key, value) VALUES (?, ?)', `${Math.random()}`, 'x'.repeat(4000));
  }
};
const open = (by: LogMerger): IndexDb => (db = openIndex(file(), 0, MIGRATIONS, by).db);

test('the log stays short, and the commits do not wait for it', async () => {
  const asked: Promise<void>[] = [];
  const watched: LogMerger = {
    ...merger,
    merge(path) {
      const mine = merger.merge(path);
      asked.push(mine);
      return mine;
    },
  };
  expect(open(watched).get('PRAGMA wal_autocheckpoint')).toEqual({ wal_autocheckpoint: 0 });
  for (let round = 0; round < 30; round++) {
    write(100);
    await Promise.all(asked);
  }
  expect(asked.length).toBeGreaterThan(5);
  // some 36 MB were written
  expect(logBytes()).toBeLessThan(8 * MEGABYTE);
  db?.close();
  // everything is there for whoever opens it next
  open(merger);
  expect(db?.get('SELECT count(*) AS n FROM kv WHERE key LIKE ?', '0.%')).toEqual({ n: 3000 });
});

test.each<[string, LogMerger['merge']]>([
  ['cannot', () => Promise.reject(new Error('no thread'))],
  ['never comes to it', () => new Promise(() => undefined)],
])('when the one that merges %s, SQLite does it in a commit', async (_what, merge) => {
  open({ merge, close: () => Promise.resolve() });
  for (let round = 0; round < 30; round++) {
    write(100);
    await Promise.resolve();
  }
  expect(logBytes()).toBeLessThan(30 * MEGABYTE);
});

test('one that is closed merges no more, and has ended what it had begun', async () => {
  open(merger);
  write(10);
  const last = merger.merge(file());
  await merger.close();
  await expect(last).resolves.toBeUndefined();
  await expect(merger.merge(file())).rejects.toThrow(/closed/);
});
