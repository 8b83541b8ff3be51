import {
  appendFileSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseReceiptNumber } from '../../../domain/receipt/number.ts';
import { signerFromSeed } from '../keys/ed25519.ts';
import { isRebuildPending } from '../storage/index-db.ts';
import { allItems, attachmentsOf } from '../storage/item-rows.ts';
import { sha256Hex } from './blob-folder.ts';
import { makeDisk, NOON, type Disk } from './disk.test-helper.ts';
import { moveItem } from './move-item.ts';
import { mayBeEnvelope, readHeader, rebuildIndex, type RebuildContext } from './rebuild.ts';
import { keepSequenceFloor, nextNumber } from './receipt-sequence.ts';
import { submissionOf } from './submission.test-helper.ts';
import { submitOne } from './submit.ts';
import { endCutOffAttempts, sweepStrays, type SweepContext } from './sweep.ts';

let disk: Disk;
beforeEach(async () => {
  disk = await makeDisk();
});
afterEach(() => disk.close());

const aside = (): Promise<readonly string[]> => disk.blobs.listAside();
const stray = (name: string, text = 'left by a crash'): void =>
  writeFileSync(disk.blobs.pathOf(name), text);
const stranger = signerFromSeed(new Uint8Array(32).fill(9));
const nextSequence = (): number | undefined =>
  parseReceiptNumber(nextNumber(disk.db, disk.enrolment, NOON) ?? '')?.sequence;

/** The kernel gives EIO for the memory of a process at an address where there is none, as a disk does for a bad sector. */
const unreadable = (name: string): void => {
  rmSync(disk.blobs.pathOf(name), { force: true });
  symlinkSync('/proc/self/mem', disk.blobs.pathOf(name));
};

describe('an envelope', () => {
  const read = (name: string, knownKeys = [disk.signer.publicKey]) =>
    readHeader(disk.blobs, name, knownKeys);

  test('is known by its first words, whole or not', async () => {
    const item = await disk.store();
    const [attachment] = attachmentsOf(disk.db, item.submissionId);
    const looks = (name: string) => mayBeEnvelope(disk.blobs.pathOf(name));
    expect(await looks(item.envelopeSha256)).toBe(true);
    expect(await looks(attachment!.sha256)).toBe(false);
    stray('short', 'bianmin-envelope/1');
    expect(await looks('short')).toBe(false);
    stray('beginning', 'bianmin-envelope/1 ');
    expect(await looks('beginning')).toBe(true);
    stray('later', ' bianmin-envelope/1 ');
    expect(await looks('later')).toBe(false);
    await expect(looks('nothing')).rejects.toThrow('ENOENT');
  });

  test('counts when it is whole and signed by a key that is known', async () => {
    const item = await disk.store();
    const name = item.envelopeSha256;
    const found = await read(name, [stranger.publicKey, disk.signer.publicKey]);
    expect(found?.header.id).toBe(item.submissionId);
    expect(found?.size).toBe(item.envelopeSize);
    expect(await read(name, [stranger.publicKey])).toBeUndefined();
    expect(await read(name, [])).toBeUndefined();
    expect(await read(attachmentsOf(disk.db, item.submissionId)[0]!.sha256)).toBeUndefined();
    expect(found?.whole).toBe(true);
    // under another name, cut, or grown
    renameSync(disk.blobs.pathOf(name), disk.blobs.pathOf('f'.repeat(64)));
    expect(await read('f'.repeat(64))).toEqual({ ...found, whole: false });
  });

  test('whose signature is somebody else’s does not count, though it is whole', async () => {
    const forger = { ...disk.signer, sign: (bytes: Uint8Array) => stranger.sign(bytes) };
    const keyStore = { ...disk.ports.keyStore, signer: () => Promise.resolve(forger) };
    const stored = await submitOne(
      disk.context({}, { keyStore }),
      submissionOf('a'.repeat(32), []),
    );
    await disk.context().file();
    expect(stored.ok && (await read(stored.value.envelopeSha256))).toBeUndefined();
    expect(stored.ok).toBe(true);
  });

  test('that the disk does not give back may be one, and counts for none', async () => {
    const may = (name: string) => mayBeEnvelope(disk.blobs.pathOf(name));
    unreadable('bad');
    await expect(disk.blobs.read('bad')).rejects.toThrow('EIO');
    expect([await may('bad'), await read('bad')]).toEqual([true, undefined]);
    mkdirSync(disk.blobs.pathOf('folder'));
    expect([await may('folder'), await read('folder')]).toEqual([true, undefined]);
    // its first words alone can be read
    const { envelopeSha256 } = await disk.store();
    const fails = (code: string) => ({
      ...disk.blobs,
      read: () => Promise.reject(Object.assign(new Error(code), { code })),
    });
    const keys = [disk.signer.publicKey];
    expect(await readHeader(fails('EIO'), envelopeSha256, keys)).toBeUndefined();
    // what passes by itself is no reason to put anything away
    await expect(readHeader(fails('EMFILE'), envelopeSha256, keys)).rejects.toThrow('EMFILE');
  });

  test('that is words alone is none', async () => {
    const text = Buffer.from('bianmin-envelope/1 and no more');
    const name = await sha256Hex(text);
    await disk.blobs.write(name, text);
    expect(await read(name)).toBeUndefined();
  });
});

describe('an index made anew', () => {
  const rebuild = (change: Partial<RebuildContext> = {}): Promise<number> =>
    rebuildIndex({
      db: disk.db,
      audit: disk.audit,
      blobs: disk.blobs,
      outboxFolder: disk.folder,
      signer: disk.signer,
      knownKeys: [disk.signer.publicKey],
      verifyBaseUrl: disk.enrolment.verifyBaseUrl,
      reason: 'lost',
      ...change,
    });

  test('has every row as it was', async () => {
    const items = [await disk.store([10, 20])];
    disk.clock.go(1000);
    items.push(await disk.store([]));
    const attachments = attachmentsOf(disk.db, items[0]!.submissionId);
    disk.loseIndex();
    expect(isRebuildPending(disk.db)).toBe(true);
    expect(await rebuild()).toBe(2);
    expect(isRebuildPending(disk.db)).toBe(false);
    for (const item of items) expect(disk.row(item)).toEqual(item);
    expect(attachmentsOf(disk.db, items[0]!.submissionId)).toEqual(attachments);
    expect(disk.events()).toEqual(['itemRecovered', 'itemRecovered', 'indexRebuilt lost 2']);
    expect(disk.audit.rows()[0]).toMatchObject({
      submissionId: items[0]!.submissionId,
      receiptNumber: items[0]!.receiptNumber,
    });
    expect(nextSequence()).toBe(3);
    expect(await aside()).toEqual([]);
    expect(disk.names()).toHaveLength(4);
  });

  test('says nothing when there was nothing, unless something broke', async () => {
    expect(await rebuild()).toBe(0);
    expect(isRebuildPending(disk.db)).toBe(false);
    expect(disk.events()).toEqual([]);
    disk.loseIndex();
    stray('.partial-1');
    expect(await rebuild()).toBe(0);
    expect(disk.events()).toEqual([]);
    disk.loseIndex();
    expect(await rebuild({ reason: 'broken' })).toBe(0);
    expect(isRebuildPending(disk.db)).toBe(false);
    expect(disk.events()).toEqual(['indexRebuilt broken 0']);
    // what was being written is left to the sweep
    expect(disk.names()).toEqual(['.partial-1']);
  });

  test('leaves the rows that are there, and fills in those that went', async () => {
    const kept = await disk.store();
    moveItem(disk.db, disk.audit, kept.submissionId, { type: 'attemptBegun' });
    const before = disk.row(kept);
    expect(await rebuild({ reason: 'logDamaged' })).toBe(0);
    expect(disk.row(kept)).toEqual(before);
    expect(disk.events().at(-1)).toBe('indexRebuilt logDamaged 0');
    expect(disk.names()).toHaveLength(2);
  });

  test('puts what no envelope names aside, and takes the numbers that were kept', async () => {
    const item = await disk.store([10]);
    const { db, folder } = disk;
    db.run('UPDATE receipt_sequence SET last = 40');
    await keepSequenceFloor(db, folder, NOON);
    disk.loseIndex();
    stray('a'.repeat(64));
    appendFileSync(disk.blobs.pathOf(item.envelopeSha256), 'x');
    expect(await rebuild()).toBe(0);
    expect(allItems(disk.db)).toEqual([]);
    expect(disk.events()).toEqual(['indexRebuilt lost 0']);
    expect(await aside()).toHaveLength(3);
    expect(disk.names()).toEqual([]);
    expect(nextSequence()).toBe(41);
  });

  test('goes on past what the disk does not give back: set aside, or left where a readable envelope names it', async () => {
    const [whole, part, gone] = [
      await disk.store([10]),
      await disk.store([10]),
      await disk.store([10]),
    ];
    const [attachment] = attachmentsOf(disk.db, part.submissionId);
    const [orphan] = attachmentsOf(disk.db, gone.submissionId);
    disk.loseIndex();
    unreadable(attachment!.sha256);
    unreadable(gone.envelopeSha256);
    expect(await rebuild()).toBe(2);
    expect(disk.row(whole)).toEqual(whole);
    expect(disk.row(part)).toEqual(part);
    expect((await aside()).toSorted()).toEqual([gone.envelopeSha256, orphan!.sha256].toSorted());
    expect(disk.names()).toHaveLength(4);
    expect(disk.names()).toContain(attachment!.sha256);
  });

  test('leaves what is left of items that were given up to the sweep', async () => {
    const item = await disk.store([10]);
    disk.db.run('UPDATE item SET ciphertext_deleted = 1');
    expect(await rebuild({ reason: 'broken' })).toBe(0);
    expect(disk.names()).toHaveLength(2);
    expect(await aside()).toEqual([]);
    expect(disk.row(item).ciphertextDeleted).toBe(true);
  });

  test('of two envelopes with one id the older one counts', async () => {
    const first = await disk.store([]);
    disk.db.run('DELETE FROM item');
    disk.clock.go(1000);
    const later = await submitOne(disk.context(), submissionOf(first.submissionId, []));
    if (!later.ok) throw new Error(later.error);
    await disk.context().file();
    disk.loseIndex();
    // whichever the folder lists first
    for (const turned of [false, true]) {
      const list = async (): Promise<readonly string[]> => {
        const names = [first.envelopeSha256, later.value.envelopeSha256];
        return Promise.resolve(turned ? names.toReversed() : names);
      };
      const blobs = { ...disk.blobs, list, setAside: () => Promise.resolve([]) };
      expect(await rebuild({ blobs })).toBe(1);
      expect(disk.row(first).envelopeSha256).toBe(first.envelopeSha256);
      disk.loseIndex();
    }
  });
});

describe('the sweep', () => {
  const context = (): SweepContext => ({
    db: disk.db,
    audit: disk.audit,
    blobs: disk.blobs,
    crashPoint: disk.ports.crashPoint,
    knownKeys: [disk.signer.publicKey],
  });

  test('leaves what a row names, and says nothing when there is nothing', async () => {
    await disk.store();
    const before = disk.events();
    disk.moments.length = 0;
    expect((await sweepStrays(context())).files).toBe(0);
    expect(disk.names()).toHaveLength(2);
    expect(disk.events()).toEqual(before);
    expect(disk.moments).toEqual(['before-sweep', 'after-sweep']);
  });

  test('removes what a crash left before the envelope was written', async () => {
    await disk.store();
    stray('a'.repeat(64));
    stray('.partial-1', 'bianmin-envelope/1 half');
    expect((await sweepStrays(context())).files).toBe(2);
    expect(disk.names()).toHaveLength(2);
    expect(disk.events().at(-1)).toBe('strayFilesSwept 2');
    expect(await aside()).toEqual([]);
  });

  test('keeps an envelope that no row names with what may belong to it, and gives its number to nobody', async () => {
    const lost = await disk.store([10]);
    const damaged = await disk.store([]);
    appendFileSync(disk.blobs.pathOf(damaged.envelopeSha256), 'x');
    disk.loseIndex();
    const kept = await disk.store([10]);
    disk.db.run('DELETE FROM receipt_sequence');
    stray('.partial-1');
    expect((await sweepStrays(context())).files).toBe(4);
    expect((await aside()).length).toBe(3);
    expect(await aside()).toEqual(
      expect.arrayContaining([lost.envelopeSha256, damaged.envelopeSha256]),
    );
    // the header of the damaged one still tells its number
    expect(nextSequence()).toBe(3);
    expect(disk.events().slice(-2)).toEqual(['filesSetAside 2', 'strayFilesSwept 1']);
    expect(disk.names()).toHaveLength(2);
    expect(disk.names()).toContain(kept.envelopeSha256);
  });

  test('keeps what the disk does not give back, with what may belong to it: it may be an envelope', async () => {
    const kept = await disk.store();
    stray('a'.repeat(64));
    unreadable('b'.repeat(64));
    expect((await sweepStrays(context())).files).toBe(2);
    expect((await aside()).toSorted()).toEqual(['a'.repeat(64), 'b'.repeat(64)]);
    expect(disk.events().at(-1)).toBe('filesSetAside 1');
    expect(disk.names()).toHaveLength(2);
    expect(disk.names()).toContain(kept.envelopeSha256);
    // what a row names is not even looked at
    unreadable(kept.envelopeSha256);
    expect((await sweepStrays(context())).files).toBe(0);
    expect(disk.names()).toContain(kept.envelopeSha256);
  });

  test('moves the envelope last: a crash before it finds everything again', async () => {
    const lost = await disk.store([10, 20]);
    disk.loseIndex();
    const moved: string[][] = [];
    const blobs = {
      ...disk.blobs,
      setAside: (names: readonly string[]) => {
        moved.push([...names]);
        return disk.blobs.setAside(names);
      },
    };
    await sweepStrays({ ...context(), blobs });
    expect(moved.map((names) => names.length)).toEqual([2, 1]);
    expect(moved[1]).toEqual([lost.envelopeSha256]);
    expect(disk.names()).toEqual([]);
    expect(disk.events()).toEqual(['filesSetAside 1']);
  });

  test('removes what is left of an item that was given up, envelope or not', async () => {
    await disk.store([10]);
    disk.db.run('UPDATE item SET ciphertext_deleted = 1');
    expect((await sweepStrays(context())).files).toBe(2);
    expect(disk.names()).toEqual([]);
    expect(existsSync(join(disk.folder, 'set-aside'))).toBe(false);
    expect(disk.events().at(-1)).toBe('strayFilesSwept 2');
  });

  test('makes the going durable', async () => {
    stray('a'.repeat(64));
    let synced = 0;
    const sync = (): Promise<void> => {
      synced++;
      expect(disk.names()).toEqual([]);
      return disk.blobs.sync();
    };
    await sweepStrays({ ...context(), blobs: { ...disk.blobs, sync } });
    await sweepStrays({ ...context(), blobs: { ...disk.blobs, sync } });
    expect(synced).toBe(1);
  });
});

test('an attempt that the end of the run cut off has failed, and is due at once', async () => {
  const [cut, other] = [await disk.store(), await disk.store()];
  moveItem(disk.db, disk.audit, cut.submissionId, { type: 'attemptBegun' }, { notBefore: 99 });
  endCutOffAttempts(disk.db, disk.audit);
  expect(disk.row(cut)).toMatchObject({ state: 'retry', lastError: 'restarted', notBefore: 0 });
  expect(disk.row(other)).toEqual(other);
  expect(disk.events().at(-1)).toBe('attemptFailed restarted');
});
