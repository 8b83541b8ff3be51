import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { moveItem } from '../outbox/move-item.ts';
import { backlogOf } from '../storage/item-rows.ts';
import { noAnswer, until } from './line.test-helper.ts';
import { itemsGoFirst } from './sender.ts';
import {
  aWhile,
  disk,
  errors,
  line,
  loop,
  puts,
  rest,
  start,
  states,
  useSender,
} from './sender.test-helper.ts';
import type { MeteredScans } from './sending-order.ts';

useSender();

describe('the sender', () => {
  test('sends everything that is due, one after the other, also what was cut off', async () => {
    const [first, second, cut] = [await disk.store([]), await disk.store([]), await disk.store([])];
    moveItem(disk.db, disk.audit, cut.submissionId, { type: 'attemptBegun' });
    const held = await disk.store([]);
    moveItem(disk.db, disk.audit, held.submissionId, { type: 'attemptBegun' });
    moveItem(disk.db, disk.audit, held.submissionId, { type: 'refused', code: 'conflict' });
    const later = await disk.store([]);
    disk.db.run(
      'UPDATE item SET not_before = ? WHERE submission_id = ?',
      disk.clock.wall() + 500,
      later.submissionId,
    );
    start();
    await rest();
    expect(states(first, second, cut, held, later)).toEqual([
      'received',
      'received',
      'received',
      'held',
      'queued',
    ]);
    expect(disk.events()).toContain('attemptFailed restarted');
    expect(disk.clock.waits).toEqual([500]);
    disk.clock.go(500);
    await until('later', () => states(later)[0] === 'received');
  });

  test('sends nothing before this terminal is enrolled, nor while it stops', async () => {
    const item = await disk.store([]);
    let enrolled = false;
    const sender = start({ enrolled: () => enrolled });
    await aWhile();
    expect([states(item), disk.clock.waits, line.asked]).toEqual([['queued'], [], []]);
    enrolled = true;
    sender.wake();
    await until('sent', () => states(item)[0] === 'received');
    await sender.stop();
    const other = await disk.store([]);
    start({ stopping: () => true });
    await aWhile();
    expect(states(other)).toEqual(['queued']);
  });

  test('while the link is away one asks for all, once, and leaves the rest to the round', async () => {
    for (let n = 0; n < 3; n++) await disk.store([]);
    let away = true;
    line.answer = () => noAnswer('unreachable');
    const sender = start({ linkIsAway: () => away });
    await rest();
    expect([puts(), disk.clock.waits]).toEqual([1, [300_000]]);
    // somebody submits: nobody asks sooner for that
    disk.clock.go(100_000);
    await disk.store([]);
    sender.wake();
    await aWhile();
    await rest();
    expect([puts(), disk.clock.waits]).toEqual([1, [200_000]]);
    // no round comes about
    disk.clock.go(199_999);
    await aWhile();
    expect(puts()).toBe(1);
    disk.clock.go(1);
    await until('asked by itself', () => puts() === 2);
    await rest();
    expect(disk.clock.waits).toEqual([300_000]);
    // it is back: nobody rests
    away = false;
    sender.wake();
    await until('asked at once', () => puts() > 2);
  });

  test('the ceiling of the policy in force counts', async () => {
    for (let n = 0; n < 3; n++) await disk.store([]);
    line.answer = () => noAnswer('unreachable');
    let ceiling = 60_000;
    start({
      linkIsAway: () => true,
      get backoffCeilingMs() {
        return ceiling;
      },
    });
    await rest();
    ceiling = 20_000;
    disk.clock.go(300_000);
    await until('asked again', () => puts() === 2);
    await rest();
    expect(disk.clock.waits).toEqual([100_000]);
  });

  test('an item that cannot be read is told and goes behind the others', async () => {
    const [bad, good] = [await disk.store([]), await disk.store([])];
    const path = disk.blobs.pathOf(bad.envelopeSha256);
    rmSync(path);
    mkdirSync(path);
    start();
    await rest();
    expect(states(bad, good)).toEqual(['retry', 'received']);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain('EISDIR');
    expect(disk.clock.waits).toEqual([999]);
  });

  test.skipIf(process.platform !== 'linux')(
    'one that the disk cannot read twice in a row is held, and closes nobody out',
    async () => {
      const item = await disk.store([]);
      const path = disk.blobs.pathOf(item.envelopeSha256);
      rmSync(path);
      // reading the first page of this process is an EIO
      symlinkSync('/proc/self/mem', path);
      start();
      await rest();
      expect(states(item)).toEqual(['retry']);
      // longer than the ceiling of any other wait
      expect(disk.clock.waits).toEqual([300_000]);
      disk.clock.go(300_000);
      await until('held', () => states(item)[0] === 'held');
      expect(errors).toHaveLength(2);
      expect(errors[1]).toContain('EIO');
      const { waiting, oldestWaiting, held } = backlogOf(disk.db);
      expect({ waiting, oldestWaiting, held }).toEqual({
        waiting: 1,
        oldestWaiting: undefined,
        held: 1,
      });
    },
  );

  test('what cannot even be written down is the loop’s to wait out', async () => {
    const item = await disk.store([]);
    const audit = {
      ...disk.audit,
      record: () => {
        throw new Error('full');
      },
    };
    start({ audit });
    await rest();
    expect(states(item)).toEqual(['queued']);
    expect(errors).toEqual(['Error: full']);
    expect(disk.clock.waits).toEqual([5000]);
  });

  test('on a metered line scans wait, and are looked at every ten minutes', async () => {
    const meteredScans: MeteredScans = {
      formsUpToBytes: 5_000,
      fromHour: 22,
      untilHour: 6,
      atMostWaitMs: 86_400_000,
    };
    const [scans, form] = [await disk.store([10]), await disk.store([])];
    start({ meteredScans });
    await rest();
    expect(states(scans, form)).toEqual(['queued', 'received']);
    expect(disk.clock.waits).toEqual([600_000]);
    await loop?.stop();
    disk.db.run(
      'UPDATE item SET not_before = ? WHERE state = ?',
      disk.clock.wall() + 700,
      'queued',
    );
    disk.db.run('UPDATE attachment SET complete = 1');
    start({ meteredScans });
    await rest();
    expect(disk.clock.waits).toEqual([700]);
  });
});

test('items go first while one is being sent or its turn has come', async () => {
  const parts = { db: disk.db, clock: disk.clock, backoffCeilingMs: 60_000 };
  expect(itemsGoFirst(parts)).toBe(false);
  const { submissionId } = await disk.store([]);
  expect(itemsGoFirst(parts)).toBe(true);
  moveItem(disk.db, disk.audit, submissionId, { type: 'attemptBegun' });
  expect(itemsGoFirst(parts)).toBe(true);
  const along = { lastError: 'timeout', notBefore: disk.clock.wall() + 500 };
  moveItem(disk.db, disk.audit, submissionId, { type: 'attemptFailed' }, along);
  expect(itemsGoFirst(parts)).toBe(false);
  disk.clock.go(500);
  expect(itemsGoFirst(parts)).toBe(true);
});
