import { afterEach, beforeEach, expect, test } from 'vitest';
import { ok } from '../../../domain/result.ts';
import type { HeldCode } from '../../../domain/outbox/transition.ts';
import { moveItem } from '../outbox/move-item.ts';
import { attachmentsOf, type ItemRow } from '../storage/item-rows.ts';
import { readNumber, writeNumber } from '../storage/key-values.ts';
import { FeedBench } from './feed.test-helper.ts';
import { json, noAnswer, page, problemAnswer } from './line.test-helper.ts';

let feed: FeedBench;
beforeEach(async () => {
  feed = await FeedBench.make();
});
afterEach(() => feed.disk.close());

const heldItem = async (code: HeldCode, sizes: readonly number[] = []): Promise<ItemRow> => {
  const { disk } = feed;
  const { submissionId } = await disk.store(sizes);
  moveItem(disk.db, disk.audit, submissionId, { type: 'attemptBegun' });
  moveItem(disk.db, disk.audit, submissionId, { type: 'refused', code }, { lastError: code });
  return disk.row({ submissionId });
};
const receiptsAsked = (): number =>
  feed.asked().filter((each) => each.startsWith('GET /v1/receipts/')).length;

test('what was held and came to the platform on a stick is handed over once more, and received as the answer says', async () => {
  const item = await heldItem('tooLarge');
  // of a place where the terminal stood before the feed told nothing
  writeNumber(feed.disk.db, 'feedCursor', 15);
  feed.receipt = feed.says('arrived');
  feed.envelope = feed.has(9);
  feed.pages = [
    { archivedThrough: 8, lastCursor: 20 },
    { archivedThrough: 9, lastCursor: 20 },
  ];
  await feed.read();
  expect(feed.disk.row(item)).toMatchObject({
    state: 'received',
    lastError: null,
    platformCursor: 9,
    caseNumber: 'CASE-9',
  });
  expect(readNumber(feed.disk.db, 'feedCursor')).toBe(8);
  expect(feed.disk.events().at(-1)).toBe('itemReceived');
  expect(feed.heard).toContain(`changed ${item.submissionId}`);
  expect(feed.puts()).toBe(1);
  await feed.read();
  expect(feed.disk.row(item).state).toBe('archived');
});

test('so it is where the platform tells no newest cursor', async () => {
  const item = await heldItem('tooLarge');
  feed.receipt = feed.says('arrived');
  feed.envelope = feed.has(9);
  feed.pages = [{ archivedThrough: 0 }];
  await feed.read();
  expect(feed.disk.row(item)).toMatchObject({ state: 'received', platformCursor: 9 });
});

test.each<HeldCode>(['sealerRevoked', 'filesMissing', 'tooLarge', 'malformed'])(
  'what the platform takes no more (%s) is received by its receipt, and archived when the watermark has reached all that the platform had then',
  async (code) => {
    const item = await heldItem(code);
    feed.receipt = feed.says('arrived');
    feed.envelope = () => problemAnswer(413, 'tooLarge');
    feed.pages = [8, 19, 20].map((archivedThrough) => ({ archivedThrough, lastCursor: 20 }));
    await feed.read();
    expect(feed.disk.row(item)).toMatchObject({
      state: 'received',
      lastError: null,
      platformCursor: 20,
    });
    expect(feed.disk.events().at(-1)).toBe('itemReceived');
    expect(feed.heard).toContain(`changed ${item.submissionId}`);
    await feed.read();
    expect(feed.disk.row(item).state).toBe('received');
    await feed.read();
    expect(feed.disk.row(item).state).toBe('archived');
  },
);

test.each([
  ['does not get through', () => noAnswer('timeout')],
  ['is told to wait', () => problemAnswer(429, 'slowDown')],
])(
  'one that %s stays held, and is received by its receipt when it does so twice',
  async (_what, answer) => {
    const item = await heldItem('tooLarge');
    feed.receipt = feed.says('arrived');
    feed.envelope = answer;
    feed.pages = [20, 21].map((lastCursor) => ({ archivedThrough: 0, lastCursor }));
    await feed.read();
    expect(feed.disk.row(item)).toEqual(item);
    await feed.read();
    expect(feed.disk.row(item)).toMatchObject({ state: 'received', platformCursor: 21 });
  },
);

test.each(['conflict', 'attachmentsMissing'])(
  'one of which the platform says %s stays held, however often it is asked',
  async (code) => {
    const item = await heldItem('tooLarge');
    feed.receipt = feed.says('arrived');
    feed.envelope = () => problemAnswer(409, code);
    for (let round = 0; round < 3; round++) {
      feed.pages = [{ archivedThrough: 20, lastCursor: 20 }];
      await feed.read();
      expect(feed.disk.row(item).state).toBe('held');
    }
  },
);

test('what a person releases while it is handed over once more goes the sender’s way', async () => {
  const item = await heldItem('tooLarge');
  feed.receipt = feed.says('arrived');
  feed.envelope = (request) => {
    moveItem(feed.disk.db, feed.disk.audit, item.submissionId, { type: 'released' });
    return feed.has(9)(request);
  };
  feed.pages = [{ archivedThrough: 20, lastCursor: 20 }];
  await feed.read();
  expect(feed.disk.row(item).state).toBe('queued');
  // and is no fault
  expect(feed.heard.filter((each) => !each.startsWith('time'))).toEqual([]);
});

test('the cursor under which it waits for the watermark is one that the platform told after it had the item', async () => {
  const item = await heldItem('sealerRevoked');
  feed.receipt = feed.says('notYetArrived');
  feed.envelope = () => problemAnswer(413, 'tooLarge');
  feed.pages = [
    { archivedThrough: 20, lastCursor: 20 },
    { archivedThrough: 20, lastCursor: 21 },
  ];
  await feed.read();
  expect(feed.disk.row(item).state).toBe('held');
  feed.receipt = feed.says('arrived');
  await feed.read();
  expect(feed.disk.row(item)).toMatchObject({ state: 'received', platformCursor: 21 });
});

test.each([
  ['not yet arrived', () => feed.says('notYetArrived')],
  ['another one', () => feed.says('differs')],
  ['unknown', () => feed.says('unknown')],
  ['of another number', () => feed.says('arrived', { receiptNumber: '0' })],
  ['nothing at all', () => () => noAnswer('timeout')],
  ['a page', () => () => page(200)],
  ['its own failure', () => () => problemAnswer(500, 'internal')],
])('it stays held when the platform says of its receipt %s', async (_what, answer) => {
  const item = await heldItem('sealerRevoked');
  feed.receipt = answer();
  feed.pages = [{ archivedThrough: 20, lastCursor: 20 }];
  const events = feed.disk.events().length;
  expect(await feed.read()).toBe(true);
  expect(feed.disk.row(item)).toEqual(item);
  expect(feed.disk.events()).toHaveLength(events);
});

test('it stays held where an attachment is not whole there', async () => {
  const item = await heldItem('filesMissing', [10, 20]);
  const [first] = attachmentsOf(feed.disk.db, item.submissionId);
  feed.receipt = feed.says('arrived');
  feed.attachment = ({ path }) => {
    const size = path.endsWith(first?.sha256 ?? '') ? 10 : 20;
    const headers = { 'upload-offset': '10', 'upload-length': String(size) };
    return ok({ status: 200, headers, body: Buffer.alloc(0) });
  };
  feed.pages = [{ archivedThrough: 20, lastCursor: 20 }];
  await feed.read();
  expect(feed.disk.row(item).state).toBe('held');
});

test('what it takes no more stays held where the platform tells no newest cursor: nobody could say when it is archived', async () => {
  const item = await heldItem('sealerRevoked');
  feed.receipt = feed.says('arrived');
  feed.envelope = () => problemAnswer(413, 'tooLarge');
  feed.pages = [{ archivedThrough: 20 }];
  await feed.read();
  expect(feed.disk.row(item).state).toBe('held');
  expect(feed.heard.filter((each) => !each.startsWith('time'))).toEqual([]);
});

test('it stays held where the platform says that it has lost files of it', async () => {
  const item = await heldItem('filesMissing');
  feed.receipt = feed.says('arrived');
  feed.envelope = feed.has(9);
  feed.pages = [{ archivedThrough: 20, lastCursor: 20, incomplete: [item.submissionId] }];
  await feed.read();
  expect(feed.disk.row(item).state).toBe('held');
  expect(feed.puts()).toBe(0);
});

test('a platform that has it no more when its newest cursor is known leaves it held', async () => {
  const item = await heldItem('sealerRevoked');
  const arrived = feed.says('arrived');
  feed.receipt = (request) => {
    feed.receipt = feed.says('notYetArrived');
    return arrived(request);
  };
  feed.pages = [{ archivedThrough: 20, lastCursor: 20 }];
  await feed.read();
  expect(receiptsAsked()).toBe(2);
  expect(feed.disk.row(item).state).toBe('held');
});

test('what a person releases while it is asked for goes the sender’s way', async () => {
  const item = await heldItem('sealerRevoked');
  const arrived = feed.says('arrived');
  feed.receipt = (request) => {
    if (feed.disk.row(item).state === 'held') {
      moveItem(feed.disk.db, feed.disk.audit, item.submissionId, { type: 'released' });
    }
    return arrived(request);
  };
  feed.pages = [{ archivedThrough: 20, lastCursor: 20 }];
  await feed.read();
  expect(feed.disk.row(item).state).toBe('queued');
  expect(receiptsAsked()).toBe(1);
});

test('nor is what a person releases while it is asked for once more taken for a fault', async () => {
  const item = await heldItem('sealerRevoked');
  const arrived = feed.says('arrived');
  feed.receipt = (request) => {
    if (receiptsAsked() === 2) {
      moveItem(feed.disk.db, feed.disk.audit, item.submissionId, { type: 'released' });
    }
    return arrived(request);
  };
  feed.pages = [{ archivedThrough: 20, lastCursor: 20 }];
  await feed.read();
  expect(feed.disk.row(item).state).toBe('queued');
  expect(feed.puts()).toBe(0);
  expect(feed.heard.filter((each) => !each.startsWith('time'))).toEqual([]);
});

test('one whose row cannot be written stays held, is told and keeps no other from being received', async () => {
  const items = [await heldItem('sealerRevoked'), await heldItem('sealerRevoked')];
  feed.receipt = feed.says('arrived');
  feed.envelope = feed.has(9);
  feed.pages = [{ archivedThrough: 0, lastCursor: 20 }];
  let full = true;
  const { audit } = feed.disk;
  const record: typeof audit.record = (...what) => {
    if (full) {
      full = false;
      throw new Error('no room');
    }
    audit.record(...what);
  };
  await feed.read({ audit: { ...audit, record } });
  expect(items.map((item) => feed.disk.row(item).state)).toEqual(['held', 'received']);
  expect(feed.heard).toContain('Error: no room');
});

test('nothing else is asked for: neither what waits nor anything where the link is away', async () => {
  await feed.disk.store();
  await feed.read();
  expect(receiptsAsked()).toBe(0);
  await heldItem('sealerRevoked');
  await heldItem('sealerRevoked');
  await feed.read({ linkIsAway: () => true });
  expect(receiptsAsked()).toBe(1);
});

test('of many that are held a few are asked for in a round, and all of them in turn', async () => {
  const items: ItemRow[] = [];
  for (let count = 0; count < 25; count++) items.push(await heldItem('sealerRevoked'));
  const asked = new Set<string>();
  feed.receipt = ({ path }) => {
    asked.add(path);
    return json(200, {
      signature: 'revokedKey',
      item: 'unknown',
      receiptNumber: null,
      state: null,
    });
  };
  const perRound: number[] = [];
  for (let round = 0; round < 6; round++) {
    const before = receiptsAsked();
    await feed.read();
    perRound.push(receiptsAsked() - before);
    feed.disk.clock.go(60_000);
  }
  expect(perRound).toEqual([10, 10, 10, 10, 10, 10]);
  expect(asked.size).toBe(25);
});
