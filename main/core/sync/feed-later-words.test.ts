import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CaseState } from '../../../domain/application-state.ts';
import { readNumber } from '../storage/key-values.ts';
import { eventOf, FeedBench } from './feed.test-helper.ts';

let feed: FeedBench;
beforeEach(async () => {
  feed = await FeedBench.make();
});
afterEach(() => feed.disk.close());

/** A state of a case that a later platform knows and this version does not. */
const LATER = 'transferred' as CaseState;

describe('a case state of a later version', () => {
  test('says nothing of its item, and keeps nothing else of the feed back', async () => {
    const [one, other] = [await feed.receivedItem(1), await feed.receivedItem(2)];
    feed.pages = [{ events: [eventOf(one)], cursor: 3 }];
    await feed.read();
    const events = [eventOf(one, { state: LATER }), eventOf(other, { caseNumber: 'CASE-2' })];
    feed.pages = [{ events, cursor: 5, archivedThrough: 5 }];
    feed.envelope = (request) => feed.has(request.path.includes(one.submissionId) ? 1 : 2)(request);
    const before = feed.disk.events().length;
    expect(await feed.read()).toBe(true);
    expect(feed.disk.row(one)).toMatchObject({ state: 'archived', caseState: 'accepted' });
    expect(feed.disk.row(other)).toMatchObject({ state: 'archived', caseState: 'accepted' });
    expect(feed.disk.events().slice(before)).toEqual([
      'caseStateLearnt accepted',
      'itemArchived',
      'itemArchived',
    ]);
  });

  test('however long, keeps no other of its page back', async () => {
    const [one, other] = [await feed.receivedItem(1), await feed.receivedItem(2)];
    const long = 'x'.repeat(5000) as CaseState;
    const events = [eventOf(one, { state: long }), eventOf(other, { caseNumber: 'CASE-2' })];
    feed.pages = [{ events, cursor: 5 }];
    expect(await feed.read()).toBe(true);
    expect(feed.disk.row(one).caseState).toBeNull();
    expect(feed.disk.row(other).caseState).toBe('accepted');
    expect(readNumber(feed.disk.db, 'feedCursor')).toBe(5);
  });

  test('is passed by also where a page has no other', async () => {
    const item = await feed.receivedItem(1);
    feed.pages = [{ events: [eventOf(item, { state: LATER })], cursor: 4 }];
    expect(await feed.read()).toBe(true);
    expect(readNumber(feed.disk.db, 'feedCursor')).toBe(4);
    expect(feed.disk.row(item).caseState).toBeNull();
  });

  test('on a receipt keeps no item from being settled by it', async () => {
    const item = await feed.receivedItem(1);
    rmSync(feed.disk.blobs.pathOf(item.envelopeSha256));
    feed.pages = [{ archivedThrough: 1 }];
    feed.receipt = feed.says('arrived', { state: LATER });
    expect(await feed.read()).toBe(true);
    expect(feed.disk.row(item).state).toBe('archived');
  });
});
