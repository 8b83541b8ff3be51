import { readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import * as fs from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { allItems } from '../storage/item-rows.ts';
import { openBlobFolder, type BlobFolder, type Moves } from './blob-folder.ts';
import { makeDisk, type Disk } from './disk.test-helper.ts';
import { rebuildIndex } from './rebuild.ts';
import { nextNumber } from './receipt-sequence.ts';
import { sweepStrays, type Swept } from './sweep.ts';

/** Names of files whose inode is damaged, and what ext4 says of them then. */
const damaged = new Set<string>();
let errno: number;
const unless = (path: unknown): void => {
  if (!damaged.has(basename(String(path)))) return;
  throw Object.assign(new Error('the structure needs cleaning'), { errno });
};
const moves: Moves = {
  async rename(from, to) {
    unless(from);
    await fs.rename(from, to);
  },
  async rm(path, options) {
    unless(path);
    await fs.rm(path, options);
  },
};
/** The kernel gives EIO for the memory of a process at an address where there is none, as a disk does for a bad sector. */
const damage = (name: string): void => {
  rmSync(disk.blobs.pathOf(name), { force: true });
  symlinkSync('/proc/self/mem', disk.blobs.pathOf(name));
  damaged.add(name);
};

let disk: Disk;
let blobs: BlobFolder;
beforeEach(async () => {
  disk = await makeDisk();
  blobs = await openBlobFolder(disk.folder, moves);
  damaged.clear();
  errno = -117;
});
afterEach(() => disk.close());

const sweep = (folder: BlobFolder = blobs): Promise<Swept> =>
  sweepStrays({
    db: disk.db,
    audit: disk.audit,
    blobs: folder,
    crashPoint: disk.ports.crashPoint,
    knownKeys: [disk.signer.publicKey],
  });
const aside = (): readonly string[] => readdirSync(join(disk.folder, 'set-aside')).toSorted();

test.each([
  ['EUCLEAN', -117],
  ['EBADMSG', -74],
  ['EIO', -5],
])(
  'a leftover that the disk holds fast (%s) keeps no terminal from starting, now or the next time, and nothing else from being kept',
  async (_what, said) => {
    errno = said;
    const kept = await disk.store();
    const [stuck, other] = ['a'.repeat(64), 'b'.repeat(64)];
    damage(stuck);
    writeFileSync(disk.blobs.pathOf(other), 'x');
    expect(await sweep()).toEqual({ files: 1, stuck: 1 });
    expect(disk.names()).toContain(stuck);
    expect(disk.names()).toContain(kept.envelopeSha256);
    // it may be an envelope, and the other one its paper
    expect(aside()).toEqual([other]);
    expect(await sweep()).toEqual({ files: 0, stuck: 1 });
    damaged.clear();
    expect(await sweep()).toMatchObject({ stuck: 0 });
  },
);

test('an envelope that cannot be moved aside is not deleted either, though it could be', async () => {
  const lost = await disk.store([10]);
  disk.loseIndex();
  const setAside = async (names: readonly string[]): Promise<readonly string[]> => {
    damaged.add(lost.envelopeSha256);
    const stuck = await blobs.setAside(names);
    damaged.clear();
    return stuck;
  };
  const swept = await sweep({ ...blobs, setAside });
  expect(swept).toEqual({ files: 1, stuck: 1 });
  expect(disk.names()).toEqual([lost.envelopeSha256]);
});

test('what is left of an archived item and cannot be deleted stays, and is not told as swept', async () => {
  const item = await disk.store([10]);
  disk.db.run('UPDATE item SET ciphertext_deleted = 1');
  damaged.add(item.envelopeSha256);
  expect(await sweep()).toEqual({ files: 1, stuck: 1 });
  expect(disk.names()).toEqual([item.envelopeSha256]);
  expect(disk.events().at(-1)).toBe('strayFilesSwept 1');
  const events = disk.events().length;
  expect(await sweep()).toEqual({ files: 0, stuck: 1 });
  expect(disk.events()).toHaveLength(events);
});

test('an index is made anew beside it, and gives its number to nobody once it can be read again', async () => {
  const whole = await disk.store([10]);
  const lost = await disk.store([]);
  disk.loseIndex();
  const bytes = readFileSync(disk.blobs.pathOf(lost.envelopeSha256));
  damage(lost.envelopeSha256);
  const rebuilt = await rebuildIndex({
    db: disk.db,
    audit: disk.audit,
    blobs,
    outboxFolder: disk.folder,
    signer: disk.signer,
    knownKeys: [disk.signer.publicKey],
    verifyBaseUrl: disk.enrolment.verifyBaseUrl,
    reason: 'lost',
  });
  expect(rebuilt).toBe(1);
  expect(allItems(disk.db)).toEqual([whole]);
  expect(await sweep()).toEqual({ files: 0, stuck: 1 });
  damaged.clear();
  rmSync(disk.blobs.pathOf(lost.envelopeSha256));
  writeFileSync(disk.blobs.pathOf(lost.envelopeSha256), bytes);
  expect(await sweep()).toEqual({ files: 1, stuck: 0 });
  expect(aside()).toEqual([lost.envelopeSha256]);
  expect(nextNumber(disk.db, disk.enrolment, Date.parse(lost.createdAt))).not.toBe(
    lost.receiptNumber,
  );
});
