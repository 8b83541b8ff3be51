import { statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeDisk, NO_LIMITS, NOON, type Disk } from './disk.test-helper.ts';
import { moveItem } from './move-item.ts';
import { createRoom, type RoomLimits } from './room.ts';

const DAY = 86_400_000;

let disk: Disk;
beforeEach(async () => {
  disk = await makeDisk();
});
afterEach(() => disk.close());

describe('room', () => {
  const look = (limits: Partial<RoomLimits>, needed = 0, wall = NOON): string =>
    createRoom(disk.db, disk.folder, { ...NO_LIMITS, ...limits }, () => wall).look(needed);

  test('the last free byte counts, with what is about to be written', async () => {
    const { bavail, bsize } = await statfs(disk.folder);
    const half = Math.floor((bavail * bsize) / 2);
    // others may write to this disk meanwhile: the limits are far from what is free
    expect(look({ minFreeBytes: half })).toBe('free');
    expect(look({ minFreeBytes: half }, half * 2)).toBe('diskFull');
    expect(look({ minFreeBytes: half * 4 })).toBe('diskFull');
  });

  test('before the first look there is room; after it, what was seen', () => {
    const room = createRoom(disk.db, disk.folder, { ...NO_LIMITS, minFreeBytes: 2 ** 60 }, () => 0);
    expect(room.state()).toBe('free');
    expect(room.look(0)).toBe('diskFull');
    expect(room.state()).toBe('diskFull');
  });

  test('who begins needs room for a whole session, of the disk and of the backlog', () => {
    const rooms = [{ minFreeBytes: 0 }, { maxStoredBytes: 2 ** 50 - 1 }].map((limits) => {
      const room = createRoom(
        disk.db,
        disk.folder,
        { ...NO_LIMITS, ...limits, sessionBytes: 2 ** 50 },
        () => NOON,
      );
      if ('minFreeBytes' in limits) room.look(0);
      return [room.state(), room.stateInside()];
    });
    expect(rooms).toEqual([
      ['diskFull', 'free'],
      ['backlogFull', 'free'],
    ]);
  });

  test('the backlog is full at so many items', async () => {
    await disk.store();
    expect(look({ maxWaitingItems: 2 })).toBe('free');
    await disk.store();
    expect(look({ maxWaitingItems: 2 })).toBe('backlogFull');
  });

  test('it is full beyond so many bytes, with what is about to be written', async () => {
    const item = await disk.store([10]);
    const stored = disk.names().reduce((sum, name) => {
      return sum + statSync(disk.blobs.pathOf(name)).size;
    }, 0);
    expect(stored).toBeGreaterThan(item.envelopeSize);
    expect(look({ maxStoredBytes: stored })).toBe('free');
    expect(look({ maxStoredBytes: stored - 1 })).toBe('backlogFull');
    expect(look({ maxStoredBytes: stored + 5 }, 5)).toBe('free');
    expect(look({ maxStoredBytes: stored + 5 }, 6)).toBe('backlogFull');
  });

  test('it is full once one has waited longer than so many days', async () => {
    expect(look({ maxWaitingDays: 0 }, 0, NOON + DAY)).toBe('free');
    await disk.store();
    expect(look({ maxWaitingDays: 3 }, 0, NOON + 3 * DAY)).toBe('free');
    expect(look({ maxWaitingDays: 3 }, 0, NOON + 3 * DAY + 1)).toBe('backlogFull');
  });
});

test('a held item waits no less than others, but does not grow old', async () => {
  const item = await disk.store();
  moveItem(disk.db, disk.audit, item.submissionId, { type: 'attemptBegun' });
  moveItem(disk.db, disk.audit, item.submissionId, { type: 'refused', code: 'conflict' });
  const room = createRoom(
    disk.db,
    disk.folder,
    { ...NO_LIMITS, maxWaitingDays: 1 },
    () => NOON + 9 * DAY,
  );
  expect(room.look(0)).toBe('free');
});
