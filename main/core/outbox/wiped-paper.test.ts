import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { wipe } from '../seal/give-back.ts';
import { attachmentsOf, itemById } from '../storage/item-rows.ts';
import type { ClearFile, Outbox, Submission } from './contract.ts';
import { createClockBelief } from './clock-belief.ts';
import { makeDisk, type Disk } from './disk.test-helper.ts';
import { createListeners } from './listeners.ts';
import { createOutbox } from './outbox.ts';
import { submissionOf } from './submission.test-helper.ts';

const ID = '0123456789abcdef'.repeat(2);
const MEGABYTE = 1024 * 1024;

let disk: Disk;
let outbox: Outbox;
/** Called with each clear file before it is sealed, as it is sealed. */
let sealing: (clear: Uint8Array) => void;

beforeEach(async () => {
  disk = await makeDisk();
  sealing = () => undefined;
  const seal = {
    ...disk.ports.seal,
    seal(clear: Uint8Array, recipients: readonly string[]) {
      sealing(clear);
      return disk.ports.seal.seal(clear, recipients);
    },
  };
  outbox = createOutbox({
    ...disk.context({}, { seal }),
    belief: createClockBelief(disk.clock, disk.db, () => []),
    changes: createListeners<string>(),
  });
});
afterEach(() => disk.close());

/** A submission, its files, and what its sealed body would say of them. */
async function given(...sizes: readonly number[]): Promise<{
  readonly submission: Submission;
  readonly files: readonly ClearFile[];
  readonly told: { name: string; size: number; clearSha256: string }[];
}> {
  const plain = submissionOf(ID, sizes);
  const parts = await plain.compose({ submissionId: ID, receiptNumber: '', submittedAt: '' });
  const told: { name: string; size: number; clearSha256: string }[] = [];
  const compose: Submission['compose'] = () =>
    Promise.resolve({
      files: parts.files,
      body: (sealed) => {
        for (const [name, { size, clearSha256 }] of sealed) told.push({ name, size, clearSha256 });
        return {};
      },
    });
  return { submission: { ...plain, compose }, files: parts.files, told };
}

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

test.each<[string, (file: ClearFile) => ClearFile]>([
  ['with memory of its own', (file) => file],
  [
    'that is a part of some other memory',
    (file) => ({ ...file, bytes: new Uint8Array(2 * MEGABYTE).subarray(0, MEGABYTE).fill(7) }),
  ],
])(
  'a paper %s that is wiped before its turn is never handed in as an empty one',
  async (_how, as) => {
    const { submission, files, told } = await given(3000, MEGABYTE);
    const [first, second] = files;
    if (first === undefined || second === undefined) throw new Error('no files');
    const paper = as(second);
    sealing = () => wipe(paper.bytes);
    const compose: Submission['compose'] = async (draft) => ({
      ...(await submission.compose(draft)),
      files: [first, paper],
    });
    expect(await outbox.submit({ ...submission, compose })).toEqual({
      ok: false,
      error: 'storeFailed',
    });
    expect(told).toEqual([]);
    expect(itemById(disk.db, ID)).toBeUndefined();
    expect(await disk.blobs.list()).toEqual([]);
  },
);

test('a paper that is wiped while there is room made for it is never handed in as an empty one', async () => {
  const { submission, files, told } = await given(MEGABYTE);
  const storing = outbox.submit({
    ...submission,
    compose: async (draft) => {
      const parts = await submission.compose(draft);
      // long before eight pieces of memory are there
      setImmediate(() => wipe(files[0]?.bytes ?? new Uint8Array(0)));
      return parts;
    },
  });
  expect(await storing).toEqual({ ok: false, error: 'storeFailed' });
  expect(told).toEqual([]);
});

test('a paper that is wiped once it was copied is handed in whole, at the length it had', async () => {
  const { submission, files, told } = await given(MEGABYTE - 5);
  const bytes = files[0]?.bytes ?? new Uint8Array(0);
  const clearSha256 = hashOf(bytes);
  sealing = () => wipe(bytes);
  expect((await outbox.submit(submission)).ok).toBe(true);
  expect(told).toEqual([{ name: 'page-0', size: MEGABYTE - 5, clearSha256 }]);
  expect(attachmentsOf(disk.db, ID)).toHaveLength(1);
});

test('what was sealed ahead does not stand for a paper that was wiped since', async () => {
  const { submission, files, told } = await given(MEGABYTE);
  const ahead = new Promise<void>((resolve) => (sealing = () => resolve()));
  outbox.prepare(submission);
  await ahead;
  wipe(files[0]?.bytes ?? new Uint8Array(0));
  expect(await outbox.submit(submission)).toEqual({ ok: false, error: 'storeFailed' });
  expect(told).toEqual([]);
});
