import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { NOON } from '../outbox/disk.test-helper.ts';
import { moveItem } from '../outbox/move-item.ts';
import type { ItemRow } from '../storage/item-rows.ts';
import { noAnswer, problemAnswer, type Line } from './line.test-helper.ts';
import { disk, farEnd, line, parts, received, useSending } from './send-item.test-helper.ts';
import { sendItem } from './send-item.ts';
import { longestWaitMs } from './try-again.ts';

useSending();

const MINUTES = 60_000;
/** What a platform says of an envelope whose first line was cut off on the way. */
const malformed: Line['answer'] = farEnd(() => problemAnswer(400, 'malformed'));
/** One attempt after another, each answered so. */
const attempt = async (item: ItemRow, answer: Line['answer']): Promise<ItemRow> => {
  line.answer = answer;
  await sendItem(parts(), disk.row(item));
  return disk.row(item);
};

describe('what the platform finds malformed may have been cut short on the way', () => {
  test('once: it goes again after some minutes, and is received', async () => {
    const item = await disk.store([]);
    expect(await attempt(item, malformed)).toMatchObject({
      state: 'retry',
      lastError: 'malformedOnce',
      notBefore: NOON + 5 * MINUTES,
    });
    expect(disk.events().at(-1)).toBe('attemptFailed malformedOnce');
    const answered = await attempt(
      item,
      farEnd(() => received(item)),
    );
    expect(answered).toMatchObject({ state: 'received', lastError: null });
  });

  test('three times in a row, over an hour: no cut, held for a person, whose release gives it all three again', async () => {
    const item = await disk.store([]);
    for (let round = 0; round < 2; round++) {
      await attempt(item, malformed);
      expect(await attempt(item, malformed)).toMatchObject({
        state: 'retry',
        lastError: 'malformedTwice',
        notBefore: NOON + 60 * MINUTES,
      });
      expect(await attempt(item, malformed)).toMatchObject({
        state: 'held',
        lastError: 'malformed',
      });
      expect(disk.events().at(-1)).toBe('itemHeld malformed');
      const released = { notBefore: 0, lastError: null };
      moveItem(disk.db, disk.audit, item.submissionId, { type: 'released' }, released);
    }
  });

  test('with anything else in between: not in a row', async () => {
    const item = await disk.store([]);
    await attempt(item, malformed);
    await attempt(item, malformed);
    await attempt(item, () => noAnswer('timeout'));
    expect(await attempt(item, malformed)).toMatchObject({
      state: 'retry',
      lastError: 'malformedOnce',
    });
  });

  test('so may a piece of an attachment', async () => {
    const item = await disk.store([10]);
    const refused: Line['answer'] = ({ method }) =>
      method === 'PATCH' ? problemAnswer(400, 'malformed') : noAnswer('timeout');
    expect(await attempt(item, refused)).toMatchObject({
      state: 'retry',
      lastError: 'malformedOnce',
    });
  });

  test('its wait is one that a clock which went back does not make longer', async () => {
    const item = await disk.store([]);
    expect(longestWaitMs(await attempt(item, malformed), MINUTES)).toBe(5 * MINUTES);
    expect(longestWaitMs(await attempt(item, malformed), MINUTES)).toBe(60 * MINUTES);
    expect(longestWaitMs(disk.row(item), 90 * MINUTES)).toBe(90 * MINUTES);
    expect(longestWaitMs({ lastError: null }, MINUTES)).toBe(MINUTES);
  });
});

test('the envelope goes with its hash, by which a platform sees that it was cut short', async () => {
  const item = await disk.store([]);
  await attempt(
    item,
    farEnd(() => received(item)),
  );
  const put = line.asked.at(-1)!;
  const sha256 = createHash('sha256').update(put.body!).digest('base64');
  expect(put.headers?.['content-digest']).toBe(`sha-256=:${sha256}:`);
});
