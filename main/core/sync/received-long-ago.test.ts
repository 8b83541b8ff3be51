import { describe, expect, test } from 'vitest';
import { readNumber, writeNumber } from '../storage/key-values.ts';
import { eventOf, FeedBench } from './feed.test-helper.ts';
import { disk, farEnd, line, parts, received, useSending } from './send-item.test-helper.ts';
import { sendItem } from './send-item.ts';

describe('the feed, when an item is received', () => {
  useSending();

  test.each([
    ['that the platform had before the feed was read so far, is read again from there', 5, 4],
    ['anew, is read on from where it was', 31, 30],
  ])('%s', async (_what, cursor, then) => {
    const item = await disk.store([10]);
    // this place's feed may not have told of it: it was sealed at another one, and nobody had brought it yet
    writeNumber(disk.db, 'feedCursor', 30);
    line.answer = farEnd(() => received(item, { cursor }));
    await sendItem(parts(), item);
    expect(disk.row(item).state).toBe('received');
    expect(readNumber(disk.db, 'feedCursor')).toBe(then);
  });
});

test('a page that was on its way when the feed was to be read again does not go past it', async () => {
  const feed = await FeedBench.make();
  try {
    const item = await feed.receivedItem(5);
    writeNumber(feed.disk.db, 'feedCursor', 30);
    const { answer } = feed.line;
    const others = eventOf(item, { cursor: 40, submissionId: 'f'.repeat(32) });
    feed.line.answer = (...asked) => {
      writeNumber(feed.disk.db, 'feedCursor', 4);
      return answer(...asked);
    };
    feed.pages = [{ events: [others], cursor: 40, lastCursor: 60 }];
    await feed.read();
    expect(readNumber(feed.disk.db, 'feedCursor')).toBe(4);
  } finally {
    feed.disk.close();
  }
});

test.each([
  ['is handed over under another cursor than it had by its receipt alone', 20, 8],
  ['has its cursor', 9, 30],
])('the feed is read again from where the platform has what %s', async (_what, cursor, then) => {
  const feed = await FeedBench.make();
  try {
    const item = await feed.receivedItem(cursor);
    writeNumber(feed.disk.db, 'feedCursor', 30);
    writeNumber(feed.disk.db, 'archivedThrough', 20);
    feed.envelope = feed.has(9);
    feed.pages = [{ archivedThrough: 20, lastCursor: 60 }];
    await feed.read();
    expect(feed.disk.row(item).state).toBe('archived');
    expect(readNumber(feed.disk.db, 'feedCursor')).toBe(then);
  } finally {
    feed.disk.close();
  }
});
