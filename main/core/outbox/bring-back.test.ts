import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isRebuildPending } from '../storage/index-db.ts';
import { allItems, attachmentsOf, type ItemRow } from '../storage/item-rows.ts';
import type { BlobFolder } from './blob-folder.ts';
import { makeDisk, type Disk } from './disk.test-helper.ts';
import { rebuildIndex } from './rebuild.ts';
import { sweepStrays } from './sweep.ts';

let disk: Disk;
beforeEach(async () => {
  disk = await makeDisk();
});
afterEach(() => disk.close());

/** What a start does with what lies there, as far as it comes. */
const begin = async (blobs: BlobFolder = disk.blobs): Promise<void> => {
  const { db, audit, signer } = disk;
  const knownKeys = [signer.publicKey];
  if (isRebuildPending(db)) {
    const { verifyBaseUrl } = disk.enrolment;
    const where = { outboxFolder: disk.folder, verifyBaseUrl, signer, knownKeys };
    await rebuildIndex({ db, audit, blobs, ...where, reason: 'lost' });
  }
  await sweepStrays({ db, audit, blobs, crashPoint: disk.ports.crashPoint, knownKeys });
};
const gone = (): never => {
  throw new Error('gone');
};
/** Moves so many files one by one, of all calls, and then the power goes. */
const cutOffAfter = <T>(moves: number, move: (names: readonly string[]) => Promise<T>) => {
  let left = moves;
  return async (names: readonly string[]): Promise<readonly string[]> => {
    for (const name of names) {
      if (left-- === 0) gone();
      await move([name]);
    }
    if (left === 0) gone();
    return [];
  };
};
const papersOf = (item: ItemRow): readonly string[] =>
  attachmentsOf(disk.db, item.submissionId).map(({ sha256 }) => sha256);
const asideFolder = (): string => join(disk.folder, 'set-aside');
const putAside = (...names: readonly string[]): void => {
  mkdirSync(asideFolder(), { recursive: true });
  for (const name of names) renameSync(disk.blobs.pathOf(name), join(asideFolder(), name));
};

test.each([0, 1, 2])(
  'a start that is cut off after it set %i papers aside: the next one reads their envelope and brings them back',
  async (moves) => {
    const item = await disk.store([10, 20]);
    const papers = papersOf(item);
    const all = disk.names().toSorted();
    disk.loseIndex();
    const read = (name: string): Promise<Uint8Array> =>
      name === item.envelopeSha256
        ? Promise.reject(Object.assign(new Error('EIO'), { code: 'EIO' }))
        : disk.blobs.read(name);
    const setAside = cutOffAfter(moves, (names) => disk.blobs.setAside(names));
    await expect(begin({ ...disk.blobs, read, setAside })).rejects.toThrow('gone');
    expect(await disk.blobs.listAside()).toHaveLength(moves);
    await begin();
    expect(disk.row(item)).toEqual(item);
    expect(papersOf(item)).toEqual(papers);
    expect(disk.names().toSorted()).toEqual(all);
    expect(await disk.blobs.listAside()).toEqual([]);
  },
);

test('once the envelope lies there, too, all of it stays for a person', async () => {
  const item = await disk.store([10, 20]);
  const all = disk.names().toSorted();
  disk.loseIndex();
  putAside(...all);
  await begin();
  await begin();
  expect(allItems(disk.db)).toEqual([]);
  expect([...(await disk.blobs.listAside())].toSorted()).toEqual(all);
  expect(all).toContain(item.envelopeSha256);
});

test.each([0, 1, 2])(
  'a start that is cut off after it brought %i papers back: the next one brings the rest, none is deleted',
  async (moves) => {
    const item = await disk.store([10, 20]);
    const all = disk.names().toSorted();
    putAside(...papersOf(item));
    const move = cutOffAfter(moves, (names) => disk.blobs.bringBack(names));
    const bringBack = async (names: readonly string[]): Promise<void> => {
      await move(names);
    };
    await expect(begin({ ...disk.blobs, bringBack })).rejects.toThrow('gone');
    expect(disk.names()).toHaveLength(1 + moves);
    await begin();
    expect(disk.names().toSorted()).toEqual(all);
    expect(await disk.blobs.listAside()).toEqual([]);
    expect(disk.row(item)).toEqual(item);
  },
);

test('what no row names stays aside, and so does what lies here already or was given up', async () => {
  const [here, given] = [await disk.store([10]), await disk.store([20])];
  const [paper = ''] = papersOf(here);
  const strange = await disk.store([]);
  putAside(strange.envelopeSha256, ...papersOf(given));
  disk.db.run('DELETE FROM item WHERE submission_id = ?', strange.submissionId);
  disk.db.run('UPDATE item SET ciphertext_deleted = 1 WHERE submission_id = ?', given.submissionId);
  const copy = await disk.blobs.read(paper);
  putAside(paper);
  await disk.blobs.write(paper, copy);
  const aside = await disk.blobs.listAside();
  await begin();
  expect(await disk.blobs.listAside()).toEqual(aside);
  expect(aside).toHaveLength(3);
});

test('one that cannot be moved keeps neither the others there nor the terminal from starting', async () => {
  const item = await disk.store([10, 20]);
  const [lost = '', other = ''] = papersOf(item);
  putAside(other);
  rmSync(disk.blobs.pathOf(lost));
  const listAside = () => Promise.resolve([lost, other]);
  await begin({ ...disk.blobs, listAside });
  expect(disk.names()).toContain(other);
});
