import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeDisk, type Disk } from '../outbox/disk.test-helper.ts';
import { moveItem } from '../outbox/move-item.ts';
import { createHousekeeping, type HouseParts } from './housekeeping.ts';

let disk: Disk;
beforeEach(async () => {
  disk = await makeDisk();
});
afterEach(() => disk.close());

const house = (change: Partial<HouseParts> = {}): (() => Promise<void>) =>
  createHousekeeping({
    db: disk.db,
    audit: disk.audit,
    blobs: disk.blobs,
    belief: { wrong: () => false },
    room: { look: () => 'free' },
    signer: disk.signer,
    clock: disk.clock,
    outboxFolder: disk.folder,
    keepArchivedDays: () => 0,
    ...change,
  });
/** Something to delete, and enough to be signed. */
const work = async (): Promise<void> => {
  const { submissionId } = await disk.store([10]);
  for (const type of ['attemptBegun', 'received', 'archived'] as const) {
    const archivedAt = new Date(disk.clock.wall()).toISOString();
    moveItem(disk.db, disk.audit, submissionId, { type }, { archivedAt });
  }
  for (let n = 0; n < 100; n++) disk.audit.record('coreStarted');
};

test('what is archived goes, and the audit is signed', async () => {
  await work();
  await house()();
  expect(disk.names()).toEqual([]);
  expect(disk.events().slice(-2)).toEqual([
    'ciphertextDeleted',
    expect.stringContaining('checkpoint'),
  ]);
});

test('so it does where the disk cannot be looked at, which is told', async () => {
  await work();
  const look = (): never => {
    throw Object.assign(new Error('no word of the disk'), { code: 'EIO' });
  };
  await expect(house({ room: { look } })()).rejects.toThrow('no word of the disk');
  expect(disk.names()).toEqual([]);
  expect(disk.events().at(-1)).toContain('checkpoint');
});

test('where nothing can be deleted the audit is signed all the same', async () => {
  await work();
  const remove = (): never => {
    throw new Error('it stays');
  };
  await expect(house({ blobs: { ...disk.blobs, remove } })()).rejects.toThrow('it stays');
  expect(disk.events().at(-1)).toContain('checkpoint');
});

test('what is thought of the clock is written down when it changes', async () => {
  let wrong = true;
  const keep = house({ belief: { wrong: () => wrong } });
  const before = disk.events().length;
  await keep();
  await keep();
  wrong = false;
  await keep();
  expect(disk.events().slice(before)).toEqual(['clockDoubted', 'clockTrusted']);
});
