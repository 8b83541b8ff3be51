import { afterEach, beforeEach, expect, test } from 'vitest';
import { readNumber, writeNumber } from '../storage/key-values.ts';
import { eventOf, FeedBench } from './feed.test-helper.ts';
import { json, noAnswer } from './line.test-helper.ts';

let feed: FeedBench;
beforeEach(async () => {
  feed = await FeedBench.make();
});
afterEach(() => feed.disk.close());

test.each([
  ['at once', 0],
  // the first is archived when the second is settled
  ['in two rounds', 1],
])(
  'enrolled at another place, %s: what became of a case meanwhile is told, though the feed of that place was read on before it knew the item',
  async (_how, cuts) => {
    const item = await feed.receivedItem(5);
    const second = await feed.receivedItem(35);
    let left = cuts;
    writeNumber(feed.disk.db, 'feedCursor', 6);
    writeNumber(feed.disk.db, 'archivedThrough', 4);
    writeNumber(feed.disk.db, 'enrolledAnew', 1);
    const others = eventOf(item, { cursor: 40, submissionId: 'f'.repeat(32) });
    const accepted = eventOf(item, { cursor: 30 });
    let brought = false;
    const answer = feed.line.answer;
    // as the platform does: it tells of an item of another place from when it was brought, after the cursor asked for
    feed.line.answer = (request, ...rest) => {
      if (request.method === 'PUT') {
        const isFirst = request.path.endsWith(item.submissionId);
        brought ||= isFirst;
        if (!isFirst && left-- > 0) return noAnswer('timeout');
        return feed.has(isFirst ? 5 : 35)(request, ...rest);
      }
      if (!request.path.startsWith('/v1/feed')) return answer(request, ...rest);
      const asked = Number(/after=(\d+)/.exec(request.path)?.[1]);
      // that of the earlier place is none of this one's
      const after = asked === 6 ? 0 : asked;
      const events = [...(brought ? [accepted] : []), others].filter(
        ({ cursor }) => cursor > after,
      );
      return json(200, {
        ...{ events, cursor: events.at(-1)?.cursor ?? after, more: false },
        ...{ archivedThrough: 50, lastCursor: 60, serverTime: accepted.at },
      });
    };
    for (let round = 0; round <= cuts; round++) await feed.read();
    expect(feed.disk.row(item).state).toBe('archived');
    expect(feed.disk.row(second).state).toBe('archived');
    await feed.read();
    expect(feed.disk.row(item).caseState).toBe('accepted');
    expect(readNumber(feed.disk.db, 'feedCursor')).toBe(40);
  },
);
