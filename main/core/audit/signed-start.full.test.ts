import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeBench, submissionOf, until, type Bench } from '../outbox/durable-bench.test-helper.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await makeBench();
});
afterEach(() => bench.close());

test('a start that brings back many items signs so at once, not with its first round', async () => {
  const core = await bench.open();
  core.start();
  await until('taking', () => core.outbox.taking() === 'yes');
  for (let n = 0; n < 100; n++) {
    const stored = await core.outbox.submit(submissionOf(core.outbox.newSubmissionId()));
    if (!stored.ok) throw new Error(stored.error);
  }
  await core.stop();
  const index = join(bench.folder, 'outbox', 'index.db');
  for (const end of ['', '-wal', '-shm']) rmSync(`${index}${end}`, { force: true });
  await bench.open();
  const database = new DatabaseSync(index, { readOnly: true });
  const seqOf = (event: string): number =>
    Number(
      database.prepare('SELECT max(seq) AS seq FROM audit_event WHERE event = ?').get(event)?.[
        'seq'
      ] ?? 0,
    );
  const told = seqOf('indexRebuilt');
  const signed = seqOf('checkpoint');
  database.close();
  expect(told).toBeGreaterThan(100);
  expect(told - signed).toBeLessThan(100);
  expect(signed).toBeGreaterThan(0);
});
