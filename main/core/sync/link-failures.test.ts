import { expect, test } from 'vitest';
import { moveItem } from '../outbox/move-item.ts';
import { makeLinkFailuresDue } from './link-failures.ts';
import { disk, useSending } from './send-item.test-helper.ts';

useSending();

test('after the link was away its failures are due, and no others', async () => {
  const codes = [
    ...['unreachable', 'timeout', 'tls', 'answerTooLong', 'internal', 'notThePlatform502'],
    // what a platform says that does not know this terminal
    ...['unauthorised', 'revoked'],
  ];
  for (const code of [...codes, 'slowDown', 'conflict']) {
    const { submissionId } = await disk.store([]);
    moveItem(disk.db, disk.audit, submissionId, { type: 'attemptBegun' });
    const along = { lastError: code, notBefore: 99 };
    moveItem(disk.db, disk.audit, submissionId, { type: 'attemptFailed' }, along);
  }
  const waiting = await disk.store([]);
  disk.db.run(
    'UPDATE item SET not_before = 99, last_error = ? WHERE submission_id = ?',
    'tls',
    waiting.submissionId,
  );
  makeLinkFailuresDue(disk.db);
  const due = disk.db.all(
    'SELECT last_error FROM item WHERE not_before = 0 ORDER BY receipt_number',
  );
  expect(due.map((row) => row['last_error'])).toEqual(codes);
});
