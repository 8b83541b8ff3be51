import { appendFileSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isRebuildPending } from '../storage/index-db.ts';
import { allItems } from '../storage/item-rows.ts';
import type { BlobFolder } from './blob-folder.ts';
import { makeDisk, NOON, type Disk } from './disk.test-helper.ts';
import { rebuildIndex } from './rebuild.ts';
import { nextNumber } from './receipt-sequence.ts';
import { sweepStrays, type Swept } from './sweep.ts';

let disk: Disk;
beforeEach(async () => {
  disk = await makeDisk();
});
afterEach(() => disk.close());

const pathOf = (name: string): string => disk.blobs.pathOf(name);
const rebuild = (blobs: BlobFolder = disk.blobs): Promise<number> =>
  rebuildIndex({
    db: disk.db,
    audit: disk.audit,
    blobs,
    outboxFolder: disk.folder,
    signer: disk.signer,
    knownKeys: [disk.signer.publicKey],
    verifyBaseUrl: disk.enrolment.verifyBaseUrl,
    reason: 'lost',
  });
const sweep = (): Promise<Swept> =>
  sweepStrays({
    db: disk.db,
    audit: disk.audit,
    blobs: disk.blobs,
    crashPoint: disk.ports.crashPoint,
    knownKeys: [disk.signer.publicKey],
  });

test.each(['', ' turned round'])(
  'a start that is cut off while files are set aside, in the order of the folder%s: the next one does the rest, and deletes none',
  async (turned) => {
    const whole = await disk.store([10]);
    const [damaged, beheaded] = [await disk.store([10, 20]), await disk.store([10])];
    appendFileSync(pathOf(damaged.envelopeSha256), 'x');
    const head = pathOf(beheaded.envelopeSha256);
    writeFileSync(head, Buffer.concat([Buffer.from('B'), readFileSync(head).subarray(1)]));
    const all = disk.names().toSorted();
    const list = async (): Promise<readonly string[]> => {
      const names = (await disk.blobs.list()).toSorted();
      return turned === '' ? names : names.toReversed();
    };
    for (let moves = 0; moves < 5; moves++) {
      disk.loseIndex();
      let left = moves;
      const setAside = async (names: readonly string[]): Promise<readonly string[]> => {
        for (const name of names) {
          if (left-- === 0) throw new Error('gone');
          await disk.blobs.setAside([name]);
        }
        return [];
      };
      await expect(rebuild({ ...disk.blobs, list, setAside })).rejects.toThrow('gone');
      // as the next start does
      if (isRebuildPending(disk.db)) await rebuild();
      await sweep();
      const moved = await disk.blobs.listAside();
      expect([...disk.names(), ...moved].toSorted(), `after ${moves}`).toEqual(all);
      expect(moved).toHaveLength(5);
      expect(allItems(disk.db)).toEqual([whole]);
      for (const name of moved) renameSync(join(disk.folder, 'set-aside', name), pathOf(name));
    }
  },
);

/** Flips a bit of the byte that lies so far from the beginning, or from the end. */
function flip(name: string, at: number): void {
  const bytes = readFileSync(pathOf(name));
  const place = at < 0 ? bytes.length + at : at;
  bytes.writeUInt8(bytes.readUInt8(place) ^ 1, place);
  writeFileSync(pathOf(name), bytes);
}

test.each([
  ['an index made anew', rebuild],
  ['the sweep', sweep],
])(
  '%s gives no number of an envelope again whose body alone is damaged; without its header nobody can read it',
  async (_what, start: () => Promise<unknown>) => {
    const [body, header] = [await disk.store([10]), await disk.store([10])];
    disk.loseIndex();
    flip(body.envelopeSha256, -5);
    flip(header.envelopeSha256, 60);
    await start();
    const moved = await disk.blobs.listAside();
    expect(moved).toEqual(expect.arrayContaining([body.envelopeSha256, header.envelopeSha256]));
    expect(allItems(disk.db)).toEqual([]);
    const next = nextNumber(disk.db, disk.enrolment, NOON);
    expect(next).not.toBe(body.receiptNumber);
    expect(next).toBe(header.receiptNumber);
  },
);

test.each([
  ['alone', 0],
  ['beside others', 1],
])(
  'what was set aside %s keeps its number when the index is lost once more',
  async (_what, others) => {
    for (let n = 0; n < others; n++) await disk.store([10]);
    const damaged = await disk.store([]);
    disk.loseIndex();
    flip(damaged.envelopeSha256, -5);
    await rebuild();
    expect(await disk.blobs.listAside()).toEqual([damaged.envelopeSha256]);
    // what cannot be opened there keeps no terminal from starting
    symlinkSync(join(disk.folder, 'nowhere'), join(disk.folder, 'set-aside', '0'.repeat(64)));
    disk.loseIndex();
    expect(await rebuild()).toBe(others);
    expect(nextNumber(disk.db, disk.enrolment, NOON)).not.toBe(damaged.receiptNumber);
  },
);
