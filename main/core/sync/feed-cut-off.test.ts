import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ItemRow } from '../storage/item-rows.ts';
import { FeedBench } from './feed.test-helper.ts';
import { noAnswer, problemAnswer } from './line.test-helper.ts';

let feed: FeedBench;
let item: ItemRow;
beforeEach(async () => {
  feed = await FeedBench.make();
  item = await feed.receivedItem(1);
  feed.receipt = feed.says('arrived');
});
afterEach(() => feed.disk.close());

const cut = () => noAnswer('timeout');
const receiptsAsked = (): number =>
  feed.asked().filter((each) => each.startsWith('GET /v1/receipts/')).length;

test.each([
  ['to slow down', problemAnswer(429, 'slowDown')],
  ['that it does not know the terminal', problemAnswer(401, 'unauthorised')],
  ['that the terminal is revoked', problemAnswer(403, 'revoked')],
])(
  'a platform that says %s, asked for an item that its watermark has reached, says nothing of it',
  async (_what, answer) => {
    feed.envelope = () => answer;
    feed.pages = [{ archivedThrough: 1 }, { archivedThrough: 1 }];
    const events = feed.disk.events().length;
    for (let look = 0; look < 2; look++) await feed.read();
    expect(feed.disk.row(item).state).toBe('received');
    expect(feed.disk.events()).toHaveLength(events);
    expect(feed.heard.filter((each) => !each.startsWith('time'))).toEqual([]);
    expect(receiptsAsked()).toBe(0);
  },
);

test('an envelope that got through in between is asked about twice more before its receipt is', async () => {
  feed.pages = [1, 1, 1, 1].map((archivedThrough) => ({ archivedThrough, lastCursor: 1 }));
  for (const answer of [cut(), problemAnswer(429, 'slowDown'), cut()]) {
    feed.envelope = () => answer;
    await feed.read();
    expect(receiptsAsked()).toBe(0);
  }
  await feed.read();
  expect(receiptsAsked()).toBe(1);
  expect(feed.disk.row(item).state).toBe('archived');
});

test('so is one that was taken in between, under a number beyond the watermark', async () => {
  feed.pages = [1, 1, 5, 5].map((archivedThrough) => ({ archivedThrough, lastCursor: 5 }));
  for (const answer of [cut, feed.has(5), cut]) {
    feed.envelope = answer;
    await feed.read();
    expect(receiptsAsked()).toBe(0);
  }
  expect(feed.disk.row(item)).toMatchObject({ state: 'received', platformCursor: 5 });
  await feed.read();
  expect(receiptsAsked()).toBe(1);
});

test('while its receipt is not answered either, it waits for the watermark of all that the platform had when it was', async () => {
  feed.envelope = cut;
  feed.receipt = cut;
  feed.pages = [1, 1, 1, 19, 20].map((archivedThrough) => ({ archivedThrough, lastCursor: 20 }));
  await feed.read();
  await feed.read();
  expect(receiptsAsked()).toBe(1);
  feed.receipt = feed.says('arrived');
  for (const state of ['received', 'received', 'archived']) {
    await feed.read();
    expect(feed.disk.row(item).state).toBe(state);
  }
});
