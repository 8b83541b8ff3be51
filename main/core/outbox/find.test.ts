import { afterEach, beforeEach, expect, test } from 'vitest';
import type { OutboxEvent, OutboxState } from '../../../domain/outbox/transition.ts';
import { createClockBelief } from './clock-belief.ts';
import { makeDisk, type Disk } from './disk.test-helper.ts';
import { createListeners } from './listeners.ts';
import { moveItem } from './move-item.ts';
import { createOutbox } from './outbox.ts';

let disk: Disk;
beforeEach(async () => {
  disk = await makeDisk();
});
afterEach(() => disk.close());

const BEGUN: OutboxEvent = { type: 'attemptBegun' };
const RECEIVED: readonly OutboxEvent[] = [BEGUN, { type: 'received' }];
test.each<[OutboxState, readonly OutboxEvent[]]>([
  ['queued', []],
  ['sending', [BEGUN]],
  ['retry', [BEGUN, { type: 'attemptFailed' }]],
  ['received', RECEIVED],
  ['archived', [...RECEIVED, { type: 'archived' }]],
  ['held', [BEGUN, { type: 'refused', code: 'malformed' }]],
])('whoever asks by number is told of what is %s just that', async (state, events) => {
  const { db, audit, clock } = disk;
  const belief = createClockBelief(clock, db, () => []);
  const outbox = createOutbox({ ...disk.context(), belief, changes: createListeners() });
  const { submissionId, receiptNumber } = await disk.store([]);
  for (const event of events) moveItem(db, audit, submissionId, event);
  expect(outbox.find(receiptNumber)).toMatchObject({ submissionId, state });
  expect(outbox.list()).toMatchObject([{ submissionId, state }]);
});
