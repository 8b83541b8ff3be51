import { mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { DurableCore } from '../durable.ts';
import { openIndex } from '../storage/index-db.ts';
import type { StoredItem } from './contract.ts';
import {
  makeBench,
  submissionOf,
  unfiledIn,
  until,
  type Bench,
} from './durable-bench.test-helper.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

let bench: Bench;
beforeEach(async () => {
  bench = await makeBench();
});
afterEach(() => bench.close());

const inOutbox = (...names: string[]): string => join(bench.folder, 'outbox', ...names);

async function submit(core: DurableCore): Promise<StoredItem> {
  const stored = await core.outbox.submit(submissionOf(core.outbox.newSubmissionId()));
  if (!stored.ok) throw new Error(stored.error);
  return stored.value;
}

/** A core that may take items and sends none. */
async function offlineCore(): Promise<DurableCore> {
  let core = await bench.open();
  core.start();
  await until('taking', () => core.outbox.taking() === 'yes');
  core = await bench.open();
  return core;
}

test('an envelope whose row a bad disk lost is set aside with its attachments, never swept', async () => {
  let core = await offlineCore();
  await submit(core);
  await core.stop();
  // the index as it was before the next item: what a write-ahead log with a bad sector leaves, or an old copy
  const { DatabaseSync } = await import('node:sqlite');
  const old = inOutbox('index.old');
  const database = new DatabaseSync(inOutbox('index.db'));
  database.prepare('VACUUM INTO ?').run(old);
  database.close();
  core = await bench.open();
  const lost = await submit(core);
  await core.stop();
  for (const end of ['-wal', '-shm']) rmSync(inOutbox(`index.db${end}`), { force: true });
  renameSync(old, inOutbox('index.db'));

  writeFileSync(inOutbox('blobs', 'a'.repeat(64)), 'left by a crash');
  core = await bench.open();
  expect(core.outbox.find(lost.receiptNumber)).toBeUndefined();
  expect(readdirSync(inOutbox('blobs'))).toHaveLength(2);
  const aside = readdirSync(inOutbox('set-aside'));
  expect(aside).toContain(lost.envelopeSha256);
  // what might belong to it stays with it
  expect(aside).toHaveLength(3);
  expect(core.audit.latest(10).map(({ event }) => event)).toContain('filesSetAside');
  expect(core.problems().map(({ code }) => code)).toContain('filesSetAside');
  core = await bench.open();
  expect(core.problems().map(({ code }) => code)).toContain('filesSetAside');
  // its number was given to a person: no other item gets it
  expect((await submit(core)).receiptNumber).not.toBe(lost.receiptNumber);
});

test('one sealed file that the disk does not give back keeps no terminal from starting, and is told', async () => {
  const core = await offlineCore();
  const [whole, bad] = [await submit(core), await submit(core)];
  await core.stop();
  for (const end of ['', '-wal', '-shm']) rmSync(inOutbox(`index.db${end}`), { force: true });
  const file = inOutbox('blobs', bad.envelopeSha256);
  rmSync(file);
  // reading it the kernel gives EIO
  symlinkSync('/proc/self/mem', file);
  for (const start of ['first', 'second']) {
    const again = await bench.open();
    expect(
      again.outbox.list().map(({ receiptNumber }) => receiptNumber),
      start,
    ).toEqual([whole.receiptNumber]);
    expect(
      again.problems().map(({ code }) => code),
      start,
    ).toContain('filesSetAside');
  }
  expect(readdirSync(inOutbox('blobs'))).toHaveLength(2);
  expect(readdirSync(inOutbox('set-aside'))).toContain(bad.envelopeSha256);
  expect(readdirSync(inOutbox('set-aside'))).toHaveLength(2);
  // one that lies there without a row
  symlinkSync('/proc/self/mem', inOutbox('blobs', 'b'.repeat(64)));
  await bench.open();
  expect(readdirSync(inOutbox('set-aside'))).toContain('b'.repeat(64));
});

test('a terminal with a new key does not take its own earlier checkpoints for forged ones', async () => {
  let core = await offlineCore();
  await bench.platform.publish('keys', 2, bench.platform.keys());
  core.start();
  await until('directory', () => core.bundles.current().keys?.version === 2);
  await core.stop();
  rmSync(join(bench.folder, 'keys', 'terminal.ed25519'));
  core = await bench.open();
  const codes = core.problems().map(({ code }) => code);
  expect(codes).toContain('enrolmentRefused');
  expect(codes).not.toContain('auditChainBroken');
});

test('a power cut between the commit and the file: the next start files the envelope before anything is asked', async () => {
  await offlineCore();
  // the folder takes no file: as if the power had gone each time
  const core = await bench.open({}, (real) => ({
    ...real,
    crashPoint: (moment) => {
      if (moment === 'envelope-written') throw new Error('gone');
    },
  }));
  const stored = await submit(core);
  await core.stop();
  expect(unfiledIn(bench.folder)).toBe(1);
  rmSync(inOutbox('blobs', stored.envelopeSha256), { force: true });
  const again = await bench.open();
  await bench.filed();
  expect(readdirSync(inOutbox('blobs'))).toContain(stored.envelopeSha256);
  expect(again.outbox.find(stored.receiptNumber)?.state).toBe('queued');
  // from now on a lost index comes back with it
  await again.stop();
  for (const end of ['', '-wal', '-shm']) rmSync(inOutbox(`index.db${end}`), { force: true });
  const anew = await bench.open();
  expect(anew.outbox.find(stored.receiptNumber)?.state).toBe('queued');
});

test('a power cut between making a lost index anew and filling it loses no row', async () => {
  let core = await offlineCore();
  const stored = await submit(core);
  await core.stop();
  for (const end of ['', '-wal', '-shm']) rmSync(inOutbox(`index.db${end}`), { force: true });
  // what the cut leaves: an index with its tables and no rows
  openIndex(inOutbox('index.db'), Date.now()).db.close();
  core = await bench.open();
  expect(core.outbox.find(stored.receiptNumber)?.state).toBe('queued');
  expect(readdirSync(inOutbox('blobs'))).toHaveLength(2);
});

test('papers that a start set aside before it was cut off go to the platform with their envelope', async () => {
  let core = await offlineCore();
  const stored = await submit(core);
  await core.stop();
  for (const end of ['', '-wal', '-shm']) rmSync(inOutbox(`index.db${end}`), { force: true });
  // what the cut leaves where the envelope could not be read: it was to follow them
  const papers = readdirSync(inOutbox('blobs')).filter((name) => name !== stored.envelopeSha256);
  expect(papers).toHaveLength(1);
  mkdirSync(inOutbox('set-aside'));
  for (const name of papers) renameSync(inOutbox('blobs', name), inOutbox('set-aside', name));
  core = await bench.open();
  expect(core.problems().map(({ code }) => code)).not.toContain('filesSetAside');
  core.start();
  await until('received', () => core.outbox.find(stored.receiptNumber)?.state === 'received');
});
