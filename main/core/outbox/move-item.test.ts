import { afterEach, beforeEach, expect, test } from 'vitest';
import type { OutboxEvent } from '../../../domain/outbox/transition.ts';
import { makeDisk, type Disk } from './disk.test-helper.ts';
import { createListeners } from './listeners.ts';
import { moveItem, type Along } from './move-item.ts';

let disk: Disk;
beforeEach(async () => {
  disk = await makeDisk();
});
afterEach(() => disk.close());

test.each<[OutboxEvent[], string, string]>([
  [[{ type: 'attemptBegun' }], 'sending', 'attemptBegun'],
  [[{ type: 'attemptBegun' }, { type: 'attemptFailed' }], 'retry', 'attemptFailed'],
  [[{ type: 'attemptBegun' }, { type: 'received' }], 'received', 'itemReceived'],
  [[{ type: 'attemptBegun' }, { type: 'refused', code: 'conflict' }], 'held', 'itemHeld'],
  [
    [{ type: 'attemptBegun' }, { type: 'refused', code: 'conflict' }, { type: 'released' }],
    'queued',
    'itemReleased',
  ],
  [
    [{ type: 'attemptBegun' }, { type: 'refused', code: 'conflict' }, { type: 'received' }],
    'received',
    'itemReceived',
  ],
  [
    [{ type: 'attemptBegun' }, { type: 'received' }, { type: 'archived' }],
    'archived',
    'itemArchived',
  ],
  [
    [{ type: 'attemptBegun' }, { type: 'received' }, { type: 'forgotten' }],
    'queued',
    'itemForgotten',
  ],
])('after %j an item is %s and the audit says %s', async (events, state, said) => {
  const item = await disk.store();
  const other = await disk.store();
  const before = disk.audit.rows().length;
  const moved = events.map((event) => moveItem(disk.db, disk.audit, item.submissionId, event));
  expect(moved.at(-1)).toEqual(disk.row(item));
  expect(disk.row(item).state).toBe(state);
  expect(disk.row(other)).toEqual(other);
  const rows = disk.audit.rows().slice(before);
  expect(rows).toHaveLength(events.length);
  expect(rows.at(-1)).toMatchObject({
    event: said,
    submissionId: item.submissionId,
    receiptNumber: item.receiptNumber,
    detail: null,
  });
});

test('what changes along with the state stands in the row, and a code also in the audit', async () => {
  const item = await disk.store();
  const move = (event: OutboxEvent, along: Along) =>
    moveItem(disk.db, disk.audit, item.submissionId, event, along);
  expect(move({ type: 'attemptBegun' }, { attempts: 3 })).toMatchObject({ attempts: 3 });
  expect(move({ type: 'attemptFailed' }, { lastError: 'timeout', notBefore: 77 })).toMatchObject({
    attempts: 3,
    lastError: 'timeout',
    notBefore: 77,
  });
  expect(disk.events().at(-1)).toBe('attemptFailed timeout');
  move({ type: 'attemptBegun' }, {});
  const along = { receivedAt: '2026-11-02T04:00:00Z', platformCursor: 9, caseNumber: 'C-9' };
  expect(move({ type: 'received' }, { lastError: null, ...along })).toMatchObject({
    lastError: null,
    platformCursor: 9,
    caseNumber: 'C-9',
  });
  expect(disk.events().at(-1)).toBe('itemReceived');
  const received = disk.db.get('SELECT received_at FROM item');
  expect(received).toEqual({ received_at: along.receivedAt });
  expect(move({ type: 'archived' }, { archivedAt: 'then' })).toMatchObject({ archivedAt: 'then' });
});

test('what cannot happen changes nothing, and is told as the bug that it is', async () => {
  const item = await disk.store();
  const before = disk.events();
  const move = (id: string) => () => moveItem(disk.db, disk.audit, id, { type: 'archived' });
  expect(move(item.submissionId)).toThrow('illegalTransition: archived in state queued');
  expect(move('unknown')).toThrow('no item unknown');
  expect(disk.row(item)).toEqual(item);
  expect(disk.events()).toEqual(before);
});

test('state and audit come together or not at all', async () => {
  const item = await disk.store();
  const broken = {
    ...disk.audit,
    record: () => {
      throw new Error('no');
    },
  };
  expect(() => moveItem(disk.db, broken, item.submissionId, { type: 'attemptBegun' })).toThrow(
    'no',
  );
  expect(disk.row(item).state).toBe('queued');
});

test('listeners hear what comes until they leave; one added twice is called twice', () => {
  const listeners = createListeners<number>();
  const heard: number[] = [];
  const listener = (value: number): void => void heard.push(value);
  const leave = listeners.add(listener);
  const leaveToo = listeners.add(listener);
  listeners.emit(1);
  expect(heard).toEqual([1, 1]);
  leave();
  listeners.emit(2);
  expect(heard).toEqual([1, 1, 2]);
  leaveToo();
  listeners.emit(3);
  expect(heard).toHaveLength(3);
  // one that is added while others are told hears of the next only
  listeners.add(() => void listeners.add(listener));
  listeners.emit(4);
  expect(heard).toHaveLength(3);
});
