import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeDisk, NOON, type Disk } from '../outbox/disk.test-helper.ts';
import { moveItem } from '../outbox/move-item.ts';
import { attachmentsOf, type ItemRow } from '../storage/item-rows.ts';
import { deleteArchived } from './feed.ts';
import { receive } from './feed.test-helper.ts';

const DAY = 86_400_000;

const mounts = (...how: readonly string[]): boolean => {
  try {
    execFileSync('mount', how, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

let disk: Disk;
beforeEach(async () => {
  disk = await makeDisk();
});
afterEach(() => disk.close());

describe('the sealed files of what is archived', () => {
  const give = (keepDays: number, wall: number, blobs = disk.blobs): Promise<number> =>
    deleteArchived(disk.db, disk.audit, blobs, disk.folder, keepDays, wall);
  const archived = async (): Promise<ItemRow> => {
    const item = await disk.store([10]);
    receive(disk, item, 1);
    const archivedAt = new Date(NOON).toISOString();
    moveItem(disk.db, disk.audit, item.submissionId, { type: 'archived' }, { archivedAt });
    return disk.row(item);
  };

  test('go when their days are over, no sooner, and only theirs', async () => {
    const item = await archived();
    const other = await disk.store([10]);
    expect(await give(2, NOON + 2 * DAY - 1)).toBe(0);
    expect(disk.names()).toHaveLength(4);
    // nothing goes: nothing is written
    expect(existsSync(join(disk.folder, 'used-numbers.json'))).toBe(false);
    const before = disk.events().length;
    expect(await give(2, NOON + 2 * DAY)).toBe(1);
    expect(disk.row(item).ciphertextDeleted).toBe(true);
    expect(disk.row(other).ciphertextDeleted).toBe(false);
    expect(disk.names()).toHaveLength(2);
    expect(disk.names()).toContain(other.envelopeSha256);
    expect(disk.events().slice(before)).toEqual(['ciphertextDeleted']);
    expect(disk.audit.rows().at(-1)).toMatchObject({
      submissionId: item.submissionId,
      receiptNumber: item.receiptNumber,
    });
    // and once
    expect(await give(2, NOON + 9 * DAY)).toBe(0);
    expect(disk.events()).toHaveLength(before + 1);
  });

  test('go after their row says so and their number is kept, the envelope first', async () => {
    const item = await archived();
    const [attachment] = attachmentsOf(disk.db, item.submissionId);
    const steps: unknown[] = [];
    const blobs = {
      ...disk.blobs,
      remove: (names: readonly string[]) => {
        steps.push([...names], disk.row(item).ciphertextDeleted);
        expect(statSync(join(disk.folder, 'used-numbers.json')).size).toBeGreaterThan(20);
        return disk.blobs.remove(names);
      },
      sync: () => {
        steps.push(disk.names().length);
        return disk.blobs.sync();
      },
    };
    await give(0, NOON, blobs);
    expect(steps).toEqual([[item.envelopeSha256, attachment!.sha256], true, 0]);
  });

  test('on a full disk go when their numbers need not be kept, and make room for those that must', async ({
    skip,
  }) => {
    const full = join(disk.folder, 'full');
    mkdirSync(full);
    // a file system that takes no file at all: the kernel says ENOSPC
    if (!mounts('-t', 'tmpfs', '-o', 'nr_inodes=1', 'tmpfs', full)) {
      console.log('NOT RUN: this user may not mount a small file system');
      skip();
    }
    const giveUp = (wall: number, folder = full): Promise<number> =>
      deleteArchived(disk.db, disk.audit, disk.blobs, folder, 0, wall);
    try {
      const old = await archived();
      // its day ends in China after 12 hours, and a believed clock may be a day ahead
      const over = NOON + 1.5 * DAY;
      await expect(giveUp(over - 1)).rejects.toThrow('ENOSPC');
      expect(disk.row(old).ciphertextDeleted).toBe(false);
      disk.clock.go(1.5 * DAY);
      const fresh = await archived();
      // what else keeps the numbers from being kept is no full disk
      await expect(giveUp(over, join(full, 'none'))).rejects.toThrow('ENOENT');
      expect(disk.names()).toHaveLength(4);
      expect(await giveUp(over)).toBe(1);
      expect(disk.row(old).ciphertextDeleted).toBe(true);
      expect(disk.row(fresh).ciphertextDeleted).toBe(false);
      expect(disk.names()).toHaveLength(2);
      expect(disk.names()).toContain(fresh.envelopeSha256);
      await expect(giveUp(over)).rejects.toThrow('ENOSPC');
      expect(disk.names()).toHaveLength(2);
    } finally {
      execFileSync('umount', [full]);
    }
    expect(await giveUp(NOON + 1.5 * DAY)).toBe(1);
    expect(disk.names()).toEqual([]);
    expect(existsSync(join(full, 'used-numbers.json'))).toBe(true);
  });

  test('do not go on a mere note that they were archived, nor without a time', async () => {
    await archived();
    disk.db.run('UPDATE item SET archived_at = NULL');
    expect(await give(0, NOON + DAY)).toBe(0);
    disk.db.run("UPDATE item SET archived_at = 'once'");
    expect(await give(0, NOON + DAY)).toBe(0);
    disk.db.run("UPDATE item SET archived_at = '2020-01-01', state = 'received'");
    expect(await give(0, NOON + DAY)).toBe(0);
    expect(disk.names()).toHaveLength(2);
  });
});
