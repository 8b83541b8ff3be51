import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { submissionOf } from '../outbox/submission.test-helper.ts';
import { until } from './line.test-helper.ts';
import {
  core,
  disk,
  codes,
  passing,
  started,
  stateOf,
  submit,
  taking,
  useCore,
} from './platform-side.test-helper.ts';

useCore();

const handIn = async (): Promise<string> => {
  const stored = await core.outbox.submit(submissionOf(core.outbox.newSubmissionId(), []));
  // whoever hears of it hears of it after the receipt
  disk.clock.go(0);
  return stored.ok ? 'ok' : stored.error;
};

test('while an envelope cannot be filed nobody is taken in, a technician is told why, and all goes on afterwards', async () => {
  await started();
  const told: string[] = [];
  core.onProblems(() => void told.push(core.outbox.taking()));
  const blobs = join(disk.folder, 'outbox', 'blobs');
  renameSync(blobs, `${blobs}-away`);
  const item = await submit();
  await until('refused', () => core.outbox.taking() === 'diskFails');
  expect(core.problems()).toContainEqual({
    code: 'diskFails',
    detail: 'the disk takes nothing: ENOENT',
  });
  expect(codes()).not.toContain('diskSlow');
  // pressing once more would help nobody
  expect(await handIn()).toBe('diskFails');
  renameSync(`${blobs}-away`, blobs);
  // by itself, when its time has come
  await passing('taken in', () => core.outbox.taking() === 'yes');
  expect(codes()).not.toContain('diskFails');
  await until('told', () => told.length >= 2);
  expect([told[0], told.at(-1)]).toEqual(['diskFails', 'yes']);
  expect(await handIn()).toBe('ok');
  await passing('received', () => stateOf(item) === 'received');
});

test('an index that fails when something is handed in is tried again by itself: nobody else would', async () => {
  await started();
  const index = new DatabaseSync(join(disk.folder, 'outbox', 'index.db'));
  index.exec('ALTER TABLE unfiled_envelope RENAME TO elsewhere');
  expect(await handIn()).toBe('diskFails');
  expect(core.outbox.taking()).toBe('diskFails');
  index.exec('ALTER TABLE elsewhere RENAME TO unfiled_envelope');
  index.close();
  await passing('taken in', () => core.outbox.taking() === 'yes');
  expect(await handIn()).toBe('ok');
  await taking();
});

/** The index refuses what the tried commit and each round write; what lies there can be read. */
const readOnly = (): { readonly repair: () => void } => {
  const index = new DatabaseSync(join(disk.folder, 'outbox', 'index.db'));
  index.exec("CREATE TRIGGER no BEFORE INSERT ON kv BEGIN SELECT RAISE(ABORT, 'read-only'); END");
  return {
    repair() {
      index.exec('DROP TRIGGER no');
      index.close();
    },
  };
};

test('an index that takes nothing is found out by a round, before anybody fills in a form', async () => {
  await started({ pollEveryMs: 1000 });
  const item = await submit();
  await passing('received', () => stateOf(item) === 'received');
  const { repair } = readOnly();
  await passing('refused', () => core.outbox.taking() === 'diskFails');
  expect(core.problems()).toContainEqual({
    code: 'diskFails',
    detail: 'the disk takes nothing: SQLite 1811',
  });
  expect(await handIn()).toBe('diskFails');
  repair();
  await passing('taken in', () => core.outbox.taking() === 'yes');
  expect(codes()).not.toContain('diskFails');
  expect(await handIn()).toBe('ok');
});

test('what breaks a submit and is not the disk keeps nobody from the next one', async () => {
  await started();
  const submission = submissionOf(core.outbox.newSubmissionId(), []);
  const compose = (): Promise<never> => Promise.reject(new Error('not drawn'));
  const stored = await core.outbox.submit({ ...submission, compose });
  expect(stored).toEqual({ ok: false, error: 'storeFailed' });
  expect([core.outbox.taking(), codes().includes('diskFails')]).toEqual(['yes', false]);
  expect(await handIn()).toBe('ok');
});

test('who cannot be told how it stands keeps nobody from trying again', async () => {
  await started();
  core.onProblems(() => {
    throw new Error('not to be told');
  });
  const blobs = join(disk.folder, 'outbox', 'blobs');
  renameSync(blobs, `${blobs}-away`);
  const item = await submit();
  await until('refused', () => core.outbox.taking() === 'diskFails');
  renameSync(`${blobs}-away`, blobs);
  await passing('taken in', () => core.outbox.taking() === 'yes');
  await passing('received', () => stateOf(item) === 'received');
});
