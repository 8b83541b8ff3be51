import { readFileSync, rmSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseReceiptToken } from '../../../domain/receipt/token.ts';
import { signerFromSeed } from '../keys/ed25519.ts';
import { archivedWithFiles } from '../storage/item-rows.ts';
import { readNumber } from '../storage/key-values.ts';
import { dropEnvelope, unfiledEnvelopes } from '../storage/unfiled-envelopes.ts';
import { sha256Hex, type BlobFolder } from './blob-folder.ts';
import { makeDisk, type Disk } from './disk.test-helper.ts';
import { createFiling, type Filing, type FilingParts } from './filing.ts';
import { moveItem } from './move-item.ts';
import { receiptCodes, type ReceiptCodes } from './receipt-qr.ts';
import { submissionOf } from './submission.test-helper.ts';
import { storedItemOf, submitOne } from './submit.ts';

let disk: Disk;
beforeEach(async () => {
  disk = await makeDisk();
});
afterEach(() => disk.close());

const filingOf = (change: Partial<FilingParts> = {}): Filing =>
  createFiling({
    db: disk.db,
    blobs: disk.blobs,
    clock: disk.clock,
    codeOf: disk.codeOf,
    crashPoint: disk.ports.crashPoint,
    ...change,
  });
const unfiled = (): number => unfiledEnvelopes(disk.db).length;
/** Stores without filing. @returns the name of the envelope */
async function store(id: string, sizes: readonly number[] = []): Promise<string> {
  const context = disk.context({ file: () => Promise.resolve() });
  const stored = await submitOne(context, submissionOf(id.repeat(32), sizes));
  if (!stored.ok) throw new Error(stored.error);
  return stored.value.envelopeSha256;
}

test('an envelope is committed with its row, and leaves the index when its file and the name are durable', async () => {
  const name = await store('a');
  expect(disk.names()).toEqual([]);
  expect(unfiled()).toBe(1);
  const steps: string[] = [];
  const noting = (what: string): void => void steps.push(`${what}, ${unfiled()} in the index`);
  const blobs: BlobFolder = {
    ...disk.blobs,
    async write(sha256, bytes) {
      await disk.blobs.write(sha256, bytes);
      noting('written');
    },
    async sync() {
      await disk.blobs.sync();
      noting('name durable');
    },
  };
  await filingOf({ blobs }).file();
  noting('filed');
  expect(steps).toEqual([
    'written, 1 in the index',
    'name durable, 1 in the index',
    'filed, 0 in the index',
  ]);
  expect(await sha256Hex(readFileSync(disk.blobs.pathOf(name)))).toBe(name);
});

test('several are filed in the order in which they came, with what comes meanwhile, and once', async () => {
  const names = [await store('a'), await store('b')];
  const written: string[] = [];
  const blobs: BlobFolder = {
    ...disk.blobs,
    async write(sha256, bytes) {
      if (written.push(sha256) === 2) names.push(await store('c'));
      await disk.blobs.write(sha256, bytes);
    },
  };
  const filing = filingOf({ blobs });
  await Promise.all([filing.file(), filing.file()]);
  expect(written).toEqual(names);
  expect(unfiled()).toBe(0);
  await filing.file();
  expect(written).toHaveLength(3);
});

test('what could not be written stays in the index, is said, and is tried again', async () => {
  const name = await store('a');
  let full = true;
  const blobs: BlobFolder = {
    ...disk.blobs,
    sync: () =>
      full
        ? Promise.reject(Object.assign(new Error('no space'), { code: 'ENOSPC' }))
        : disk.blobs.sync(),
  };
  const filing = filingOf({ blobs });
  expect(filing.failure()).toBeUndefined();
  await expect(filing.file()).rejects.toThrow('no space');
  expect(filing.failure()).toMatchObject({ code: 'ENOSPC' });
  expect(unfiled()).toBe(1);
  full = false;
  // as a crash before the name was durable leaves it
  rmSync(disk.blobs.pathOf(name), { force: true });
  await filing.file();
  expect(filing.failure()).toBeUndefined();
  expect(disk.names()).toEqual([name]);
});

test('nothing more is stored while an envelope cannot be filed', async () => {
  await store('a');
  const context = disk.context({ file: () => Promise.reject(new Error('EIO')) });
  await expect(submitOne(context, submissionOf('b'.repeat(32)))).rejects.toThrow('EIO');
  expect(disk.db.all('SELECT submission_id FROM item')).toHaveLength(1);
  expect(disk.names()).toEqual([]);
});

test('how long the folder took is told', async () => {
  await store('a');
  disk.clock.go(1_000);
  const took: number[] = [];
  const blobs: BlobFolder = {
    ...disk.blobs,
    sync() {
      disk.clock.go(30);
      return Promise.resolve();
    },
  };
  await filingOf({ blobs, onFlush: (ms) => void took.push(ms) }).file();
  expect(took).toEqual([30]);
});

test('what is archived keeps its files until all of them lie there: one that is filed later would come again', async () => {
  const item = await disk.store([10], false);
  for (const type of ['attemptBegun', 'received', 'archived'] as const) {
    moveItem(disk.db, disk.audit, item.submissionId, { type });
  }
  expect(archivedWithFiles(disk.db)).toEqual([]);
  await filingOf().file();
  expect(archivedWithFiles(disk.db)).toHaveLength(1);
});

test('one whose bytes are not there any more is passed over', async () => {
  const name = await store('a');
  await store('b');
  const crashPoint = (): void => dropEnvelope(disk.db, 'b'.repeat(32));
  await filingOf({ crashPoint }).file();
  expect(disk.names()).toEqual([name]);
});

test('a disk that is doubted is tried by a commit, each time, and one that is not is left alone', async () => {
  const filing = filingOf();
  const tried = (): number => readNumber(disk.db, 'diskTried') ?? 0;
  const doubt = new Error('EIO');
  for (const times of [1, 2]) {
    filing.doubt(doubt);
    expect(filing.failure()).toBe(doubt);
    await filing.file();
    expect(filing.failure()).toBeUndefined();
    expect(tried()).toBe(times);
  }
  await filing.file();
  expect(tried()).toBe(2);
});

test('the code of a receipt is signed when it is first asked for, and stays what it was when the envelope has its file', async () => {
  let signed = 0;
  const codeOf: ReceiptCodes = (item) => {
    if (item.qr === '') signed += 1;
    return disk.codeOf(item);
  };
  const context = disk.context({ codeOf, file: () => Promise.resolve() });
  const stored = await submitOne(context, submissionOf('a'.repeat(32), []));
  if (!stored.ok) throw new Error(stored.error);
  expect(signed).toBe(0);
  expect(disk.row(stored.value).qr).toBe('');
  const text = stored.value.qr;
  expect(stored.value.qr).toBe(text);
  expect(signed).toBe(1);
  // a start that finds it without its file signs it as it was
  expect(storedItemOf(disk.row(stored.value), disk.codeOf).qr).toBe(text);
  await filingOf().file();
  expect(disk.row(stored.value).qr).toBe(text);
  const another = receiptCodes(
    () => 'https://another.example',
    signerFromSeed(new Uint8Array(32).fill(8)),
  );
  expect(another(disk.row(stored.value))).toBe(text);
});

test('without an address a receipt has the bare token for a code, which can be checked', async () => {
  const name = await store('a');
  const row = disk.row({ submissionId: 'a'.repeat(32) });
  const text = receiptCodes(() => '', disk.signer)(row);
  expect(text).toMatch(/^[\w-]{128}$/);
  expect(parseReceiptToken(text)?.token).toMatchObject({
    receiptNumber: row.receiptNumber,
    basicCode: '502014901000',
    envelopePrefix: name.slice(0, 16),
  });
});
