import { mkdirSync, rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Feed } from '../../../domain/wire/platform.ts';
import { NOON } from '../outbox/disk.test-helper.ts';
import { readNumber } from '../storage/key-values.ts';
import { eventOf, FeedBench, TIME } from './feed.test-helper.ts';
import { json, noAnswer, page, problemAnswer } from './line.test-helper.ts';

let feed: FeedBench;
beforeEach(async () => {
  feed = await FeedBench.make();
});
afterEach(() => feed.disk.close());

describe('case states', () => {
  test('are taken over once, with the audit, and told', async () => {
    const item = await feed.receivedItem(1);
    feed.pages = [{ events: [eventOf(item)], cursor: 1 }];
    const before = feed.disk.events().length;
    expect(await feed.read()).toBe(true);
    expect(feed.disk.row(item)).toMatchObject({ caseState: 'accepted', caseNumber: 'CASE-1' });
    expect(feed.disk.events().slice(before)).toEqual(['caseStateLearnt accepted']);
    expect(feed.disk.audit.rows().at(-1)).toMatchObject({
      submissionId: item.submissionId,
      receiptNumber: item.receiptNumber,
    });
    expect(feed.heard).toEqual([`time ${TIME}`, `changed ${item.submissionId}`]);
    expect(readNumber(feed.disk.db, 'feedCursor')).toBe(1);
    // the same again says nothing new; another number of the case does
    feed.pages = [{ events: [eventOf(item, { cursor: 2 })], cursor: 2 }];
    await feed.read();
    expect(feed.disk.events()).toHaveLength(before + 1);
    feed.pages = [{ events: [eventOf(item, { cursor: 3, caseNumber: 'CASE-2' })], cursor: 3 }];
    await feed.read();
    expect(feed.disk.row(item).caseNumber).toBe('CASE-2');
    expect(feed.heard.filter((each) => each.startsWith('changed'))).toHaveLength(2);
    expect(feed.asked()).toEqual([0, 1, 2].map((after) => `GET /v1/feed?after=${after}&limit=200`));
  });

  test('of items that this terminal does not know, or knows under another number, are left', async () => {
    const item = await feed.receivedItem(1);
    const strange = [
      eventOf(item, { submissionId: 'f'.repeat(32) }),
      eventOf(item, { receiptNumber: '0' }),
    ];
    feed.pages = [{ events: strange, cursor: 2 }];
    await feed.read();
    expect(feed.disk.row(item).caseState).toBeNull();
    expect(feed.heard).toEqual([`time ${TIME}`]);
    expect(readNumber(feed.disk.db, 'feedCursor')).toBe(2);
  });

  test('a page without any leaves the cursor', async () => {
    feed.pages = [{ cursor: 7 }];
    await feed.read();
    expect(readNumber(feed.disk.db, 'feedCursor')).toBeUndefined();
  });

  test('are read page by page, until there are no more or the platform stays where it is', async () => {
    const item = await feed.receivedItem(1);
    const more = (cursor: number): Partial<Feed> => ({
      events: [eventOf(item, { cursor })],
      cursor,
      more: true,
    });
    feed.pages = [more(1), more(2), { ...more(3), more: false }, more(4)];
    await feed.read();
    expect(feed.line.asked).toHaveLength(3);
    feed.pages = [more(3), more(4)];
    await feed.read();
    expect(feed.line.asked).toHaveLength(4);
    feed.pages = Array.from({ length: 60 }, (_, n) => more(n + 4));
    await feed.read();
    expect(feed.line.asked).toHaveLength(54);
  });

  test.each([
    ['a page', () => page(200), { kind: 'nonsense', status: 200 }],
    [
      'another status',
      () => json(203, { events: [], cursor: 0, more: false, archivedThrough: 0, serverTime: TIME }),
      { kind: 'nonsense', status: 203 },
    ],
  ])('%s in their place changes nothing', async (_what, answer, failure) => {
    feed.line.answer = answer;
    expect(await feed.read()).toEqual(failure);
    expect(feed.heard).toEqual([]);
  });
});

describe('what the watermark reached', () => {
  test('is asked for once more, and archived by the one answer that counts', async () => {
    const [first, second] = [await feed.receivedItem(1), await feed.receivedItem(2)];
    feed.envelope = feed.has(1);
    feed.pages = [{ archivedThrough: 1 }];
    await feed.read();
    expect(feed.disk.row(first)).toMatchObject({
      state: 'archived',
      archivedAt: new Date(NOON).toISOString(),
    });
    expect(feed.disk.row(second).state).toBe('received');
    expect(feed.puts()).toBe(1);
    expect(feed.heard).toContain(`changed ${first.submissionId}`);
    expect(readNumber(feed.disk.db, 'archivedThrough')).toBe(1);
    // the same watermark again asks for nothing
    feed.pages = [{ archivedThrough: 1 }];
    await feed.read();
    expect(feed.puts()).toBe(1);
  });

  test('is not waited for where the platform lost files of an item: that one is handed over once more, and no other', async () => {
    const [lost, other] = [await feed.receivedItem(5), await feed.receivedItem(6)];
    const before = feed.disk.events().length;
    feed.envelope = () => problemAnswer(422, 'attachmentsMissing');
    feed.pages = [{ incomplete: [lost.submissionId, 'f'.repeat(32)] }];
    expect(await feed.read()).toBe(true);
    expect(feed.asked().slice(1)).toEqual([`PUT /v1/items/${lost.submissionId}`]);
    expect(feed.disk.row(lost).state).toBe('queued');
    expect(feed.disk.row(other).state).toBe('received');
    expect(feed.disk.events().slice(before)).toEqual(['itemForgotten']);
    // what has come whole again meanwhile stays received
    feed.envelope = feed.has(6);
    feed.pages = [{ incomplete: [lost.submissionId, other.submissionId] }];
    await feed.read();
    expect(feed.puts()).toBe(2);
    expect(feed.disk.row(other).state).toBe('received');
  });

  test.each([
    ['says by the receipt that it arrived', () => feed.says('arrived'), 'queued'],
    ['says that it did not', () => feed.says('notYetArrived'), 'queued'],
    ['does not say', () => () => noAnswer('timeout'), 'received'],
  ])(
    'nor where its envelope is lost here too, and the platform %s',
    async (_what, answer, state) => {
      const [lost, other] = [await feed.receivedItem(5), await feed.receivedItem(6)];
      for (const { envelopeSha256 } of [lost, other]) {
        rmSync(feed.disk.blobs.pathOf(envelopeSha256));
      }
      feed.receipt = answer();
      feed.pages = [{ archivedThrough: 1, incomplete: [lost.submissionId] }];
      await feed.read();
      expect(feed.disk.row(lost)).toMatchObject({ state });
      expect(feed.disk.row(other).state).toBe('received');
    },
  );

  test('stays received when the platform gave it a new number beyond the watermark', async () => {
    const item = await feed.receivedItem(1);
    feed.envelope = feed.has(5, 'CASE-NEW');
    feed.pages = [{ archivedThrough: 1 }];
    await feed.read();
    expect(feed.disk.row(item)).toMatchObject({
      state: 'received',
      platformCursor: 5,
      caseNumber: 'CASE-NEW',
    });
    expect(feed.heard).toContain(`changed ${item.submissionId}`);
    feed.pages = [{ archivedThrough: 4 }, { archivedThrough: 5 }];
    await feed.read();
    expect(feed.puts()).toBe(1);
    await feed.read();
    expect(feed.disk.row(item).state).toBe('archived');
  });

  test.each([
    ['attachmentsMissing', () => problemAnswer(422, 'attachmentsMissing')],
    ['conflict', () => problemAnswer(409, 'conflict')],
  ])('is sent again when the platform says %s', async (_code, answer) => {
    const item = await feed.receivedItem(1);
    feed.disk.db.run('UPDATE item SET not_before = 99');
    feed.envelope = answer;
    feed.pages = [{ archivedThrough: 1 }];
    await feed.read();
    expect(feed.disk.row(item)).toMatchObject({ state: 'queued', notBefore: 0 });
    expect(feed.disk.events().at(-1)).toBe('itemForgotten');
    expect(feed.heard).toContain(`changed ${item.submissionId}`);
  });

  test.each([
    ['no answer', () => noAnswer('timeout')],
    ['a page', () => page(201)],
    ['its own failure', () => problemAnswer(500, 'internal')],
  ])('%s says nothing: it is asked for again at the next look', async (_what, answer) => {
    const item = await feed.receivedItem(1);
    feed.envelope = answer;
    feed.pages = [{ archivedThrough: 1 }, { archivedThrough: 1 }];
    await feed.read();
    expect(feed.disk.row(item).state).toBe('received');
    expect(feed.heard).toEqual([`time ${TIME}`]);
    feed.envelope = feed.has(1);
    await feed.read();
    expect(feed.disk.row(item).state).toBe('archived');
  });

  test('one that cannot be read keeps no other from being settled', async () => {
    const [bad, good] = [await feed.receivedItem(1), await feed.receivedItem(2)];
    const path = feed.disk.blobs.pathOf(bad.envelopeSha256);
    rmSync(path);
    mkdirSync(path);
    feed.envelope = feed.has(2);
    feed.pages = [{ archivedThrough: 2 }];
    expect(await feed.read()).toBe(true);
    expect(feed.heard.filter((each) => each.includes('EISDIR'))).toHaveLength(1);
    expect(feed.disk.row(good).state).toBe('archived');
    expect(feed.disk.row(bad).state).toBe('received');
    // what kept it from being read may be over next time: nothing is settled by its receipt
    expect(feed.asked().filter((each) => each.includes('/v1/receipts/'))).toEqual([]);
    // nothing went back: what is known of the watermark goes on
    expect(readNumber(feed.disk.db, 'archivedThrough')).toBe(2);
  });

  test('nothing more is asked once the link is away', async () => {
    await feed.receivedItem(1);
    await feed.receivedItem(1);
    feed.pages = [{ archivedThrough: 1 }];
    await feed.read({ linkIsAway: () => true });
    expect(feed.puts()).toBe(1);
    expect(readNumber(feed.disk.db, 'archivedThrough')).toBeUndefined();
  });
});
