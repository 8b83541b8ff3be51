import { afterEach, beforeEach, expect, test } from 'vitest';
import type { OutboxEvent, OutboxState } from '../../../domain/outbox/transition.ts';
import { createClockBelief } from './clock-belief.ts';
import type { Delivery } from './contract.ts';
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
test.each<[OutboxState, readonly OutboxEvent[], Delivery, Delivery]>([
  ['queued', [], 'waiting', 'held'],
  ['sending', [BEGUN], 'waiting', 'held'],
  ['retry', [BEGUN, { type: 'attemptFailed' }], 'waiting', 'held'],
  ['received', RECEIVED, 'received', 'received'],
  ['archived', [...RECEIVED, { type: 'archived' }], 'received', 'received'],
  ['held', [BEGUN, { type: 'refused', code: 'malformed' }], 'held', 'held'],
])('whoever asks by number is told of what is %s just that', async (state, events, said, atEnd) => {
  const { db, audit, clock } = disk;
  const belief = createClockBelief(clock, db, () => []);
  let revoked = false;
  let enrolled = true;
  const context = disk.context();
  const outbox = createOutbox({
    ...context,
    enrolment: () => (enrolled ? context.enrolment() : undefined),
    belief,
    changes: createListeners(),
    revoked: () => revoked,
  });
  const { submissionId, receiptNumber } = await disk.store([]);
  for (const event of events) moveItem(db, audit, submissionId, event);
  expect(outbox.find(receiptNumber)).toMatchObject({ submissionId, state });
  expect(outbox.list()).toMatchObject([{ submissionId, state }]);
  expect(outbox.delivery(receiptNumber)).toBe(said);
  // a terminal that is no longer in use sends nothing by itself
  revoked = true;
  expect(outbox.delivery(receiptNumber)).toBe(atEnd);
  // nor does one that is not enrolled any more
  [revoked, enrolled] = [false, false];
  expect(outbox.delivery(receiptNumber)).toBe(atEnd);
  // of what is not here nothing is promised
  expect(outbox.delivery('50019900100126112300017')).toBe('held');
});
