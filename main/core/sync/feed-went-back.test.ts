import { mkdirSync, rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readNumber, writeNumber } from '../storage/key-values.ts';
import { eventOf, FeedBench } from './feed.test-helper.ts';
import { noAnswer } from './line.test-helper.ts';

let feed: FeedBench;
beforeEach(async () => {
  feed = await FeedBench.make();
});
afterEach(() => feed.disk.close());

describe('a platform that went back', () => {
  test('by its watermark: everything is asked for, also above it', async () => {
    writeNumber(feed.disk.db, 'archivedThrough', 9);
    writeNumber(feed.disk.db, 'feedCursor', 20);
    const item = await feed.receivedItem(12);
    feed.envelope = feed.has(3);
    feed.pages = [{ archivedThrough: 8, cursor: 20 }];
    await feed.read();
    expect(feed.disk.row(item)).toMatchObject({ state: 'archived', platformCursor: 3 });
    expect(readNumber(feed.disk.db, 'archivedThrough')).toBe(8);
    // what became of it is asked for from where it is now
    expect(readNumber(feed.disk.db, 'feedCursor')).toBe(2);
  });

  test('stays gone back until everything was settled', async () => {
    writeNumber(feed.disk.db, 'archivedThrough', 9);
    writeNumber(feed.disk.db, 'feedCursor', 20);
    await feed.receivedItem(12);
    feed.pages = [{ archivedThrough: 8 }, { archivedThrough: 8 }];
    await feed.read();
    expect(readNumber(feed.disk.db, 'archivedThrough')).toBe(9);
    expect(readNumber(feed.disk.db, 'feedCursor')).toBe(20);
    feed.envelope = feed.has(12);
    await feed.read();
    expect(readNumber(feed.disk.db, 'archivedThrough')).toBe(8);
  });

  test('stays gone back while one cannot be read, though others are settled', async () => {
    writeNumber(feed.disk.db, 'archivedThrough', 9);
    const [bad] = [await feed.receivedItem(11), await feed.receivedItem(12)];
    const path = feed.disk.blobs.pathOf(bad.envelopeSha256);
    rmSync(path);
    mkdirSync(path);
    feed.envelope = feed.has(12);
    feed.pages = [{ archivedThrough: 8 }];
    await feed.read();
    expect(feed.puts()).toBe(1);
    expect(readNumber(feed.disk.db, 'archivedThrough')).toBe(9);
  });

  test('stays gone back when the first is not settled and the last is', async () => {
    writeNumber(feed.disk.db, 'archivedThrough', 9);
    const first = await feed.receivedItem(11);
    await feed.receivedItem(12);
    feed.envelope = (request) =>
      request.path.endsWith(first.submissionId) ? noAnswer('timeout') : feed.has(12)(request);
    feed.pages = [{ archivedThrough: 8 }];
    await feed.read();
    expect(feed.puts()).toBe(2);
    expect(readNumber(feed.disk.db, 'archivedThrough')).toBe(9);
  });

  test('by a cursor that it gave out and no longer knows', async () => {
    const item = await feed.receivedItem(5);
    feed.envelope = feed.has(2);
    feed.pages = [
      { archivedThrough: 0, lastCursor: 5 },
      { archivedThrough: 0, lastCursor: 4 },
    ];
    await feed.read();
    expect(feed.puts()).toBe(0);
    await feed.read();
    expect(feed.puts()).toBe(1);
    expect(feed.disk.row(item)).toMatchObject({ state: 'received', platformCursor: 2 });
  });

  test('by a cursor of its feed, too', async () => {
    const item = await feed.receivedItem(1);
    writeNumber(feed.disk.db, 'feedCursor', 7);
    feed.envelope = feed.has(1);
    feed.pages = [
      { lastCursor: 7, cursor: 7 },
      { lastCursor: 6, cursor: 7 },
    ];
    await feed.read();
    expect(feed.puts()).toBe(0);
    await feed.read();
    expect(feed.puts()).toBe(1);
    expect(readNumber(feed.disk.db, 'feedCursor')).toBe(0);
    expect(feed.disk.row(item).state).toBe('received');
  });

  test('what this page tells is not held against the platform', async () => {
    const item = await feed.receivedItem(1);
    feed.pages = [{ events: [eventOf(item, { cursor: 9 })], cursor: 9, lastCursor: 8 }];
    await feed.read();
    expect(feed.puts()).toBe(0);
    expect(readNumber(feed.disk.db, 'feedCursor')).toBe(9);
  });

  test('a page that begins below what was asked for is taken over, and the next goes on there', async () => {
    const item = await feed.receivedItem(1);
    writeNumber(feed.disk.db, 'feedCursor', 20);
    const event = eventOf(item, { cursor: 12 });
    feed.pages = [{ events: [event], cursor: 12, lastCursor: 30, more: true }];
    await feed.read();
    expect(feed.disk.row(item).caseState).toBe(event.state);
    expect(readNumber(feed.disk.db, 'feedCursor')).toBe(12);
  });

  test('a cursor that was never heard begins at the watermark', async () => {
    writeNumber(feed.disk.db, 'archivedThrough', 3);
    await feed.receivedItem(5);
    feed.envelope = feed.has(5);
    feed.pages = [{ archivedThrough: 2 }];
    await feed.read();
    expect(readNumber(feed.disk.db, 'feedCursor')).toBe(0);
    expect(readNumber(feed.disk.db, 'archivedThrough')).toBe(2);
  });
});
