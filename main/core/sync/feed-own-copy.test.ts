import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ok } from '../../../domain/result.ts';
import { NOON } from '../outbox/disk.test-helper.ts';
import { attachmentsOf, saveProgress, type ItemRow } from '../storage/item-rows.ts';
import { readNumber, writeNumber } from '../storage/key-values.ts';
import { FeedBench } from './feed.test-helper.ts';
import { json, noAnswer, page, problemAnswer, type Answer } from './line.test-helper.ts';

let feed: FeedBench;
beforeEach(async () => {
  feed = await FeedBench.make();
});
afterEach(() => feed.disk.close());

/** Reading the first page of this process is an EIO. */
const unreadable = (path: string): void => {
  rmSync(path);
  symlinkSync('/proc/self/mem', path);
};
const HARM: readonly [string, (path: string) => void][] = [
  ['missing', rmSync],
  ['damaged', (path) => writeFileSync(path, 'x')],
  ...(process.platform === 'linux'
    ? [['not given back by the disk', unreadable] as [string, (path: string) => void]]
    : []),
];

describe.each(HARM)('an envelope that is %s here when the watermark reaches it', (how, harm) => {
  let item: ItemRow;
  beforeEach(async () => {
    item = await feed.receivedItem(1);
    harm(feed.disk.blobs.pathOf(item.envelopeSha256));
    feed.pages = [{ archivedThrough: 1 }, { archivedThrough: 1 }];
  });

  test('is archived when the platform has it, by its receipt: nothing is told to be lost', async () => {
    feed.receipt = feed.says('arrived');
    await feed.read();
    expect(feed.disk.row(item)).toMatchObject({
      state: 'archived',
      archivedAt: new Date(NOON).toISOString(),
    });
    expect(feed.disk.events().at(-1)).toBe('itemArchived');
    const token = item.qr.split('/').at(-1);
    expect(feed.asked().slice(1)).toEqual([`GET /v1/receipts/${token}`]);
    // the disk's word is told once
    await feed.read();
    const told = feed.heard.filter((each) => each.includes('EIO'));
    expect(told).toHaveLength(how === 'not given back by the disk' ? 1 : 0);
    expect(feed.asked()).toHaveLength(3);
  });

  test.each([
    ['not yet arrived', () => feed.says('notYetArrived')],
    ['another one', () => feed.says('differs')],
    ['of another number', () => feed.says('arrived', { receiptNumber: '0' })],
  ])('goes the sender’s way when the platform calls it %s', async (_what, answer) => {
    feed.disk.db.run('UPDATE item SET not_before = 99');
    feed.receipt = answer();
    await feed.read();
    expect(feed.disk.row(item)).toMatchObject({ state: 'queued', notBefore: 0 });
    expect(feed.disk.events().at(-1)).toBe('itemForgotten');
    expect(feed.puts()).toBe(0);
  });

  test.each([
    ['no answer', () => noAnswer('timeout')],
    ['a page', () => page(200)],
    [
      'another status',
      () =>
        json(203, {
          signature: 'valid',
          item: 'arrived',
          receiptNumber: item.receiptNumber,
          state: null,
        }),
    ],
    ['its own failure', () => problemAnswer(500, 'internal')],
  ])('%s says nothing: it is asked for again at the next look', async (_what, answer) => {
    feed.receipt = answer;
    await feed.read();
    expect(feed.disk.row(item).state).toBe('received');
    // nothing changed, nothing broke
    expect(feed.heard.filter((each) => !/^time|EIO/.test(each))).toEqual([]);
    feed.receipt = feed.says('arrived');
    await feed.read();
    expect(feed.disk.row(item).state).toBe('archived');
  });

  test('stays received, and is settled, where the watermark went back below it', async () => {
    writeNumber(feed.disk.db, 'archivedThrough', 9);
    feed.receipt = feed.says('arrived');
    feed.pages = [{ archivedThrough: 0 }, { archivedThrough: 0 }, { archivedThrough: 1 }];
    await feed.read();
    expect(feed.disk.row(item).state).toBe('received');
    expect(readNumber(feed.disk.db, 'archivedThrough')).toBe(0);
    const asked = feed.asked().length;
    await feed.read();
    expect(feed.asked()).toHaveLength(asked + 1);
    await feed.read();
    expect(feed.disk.row(item).state).toBe('archived');
  });

  test('stays to be asked for where the watermark went back and its receipt was not answered', async () => {
    writeNumber(feed.disk.db, 'archivedThrough', 9);
    feed.pages = [{ archivedThrough: 0 }];
    await feed.read();
    expect(readNumber(feed.disk.db, 'archivedThrough')).toBe(9);
  });

  test('is archived at once where the watermark went back, and is above it still', async () => {
    writeNumber(feed.disk.db, 'archivedThrough', 9);
    feed.receipt = feed.says('arrived');
    feed.pages = [{ archivedThrough: 1, lastCursor: 20 }];
    await feed.read();
    expect(feed.disk.row(item)).toMatchObject({ state: 'archived', platformCursor: 1 });
  });

  test('where the platform came back and has it anew, it is archived once all that the platform had then is', async () => {
    writeNumber(feed.disk.db, 'archivedThrough', 9);
    feed.receipt = feed.says('arrived');
    // somebody brought it on a stick: under a cursor that nobody tells here
    feed.pages = [10, 19, 20].map((archivedThrough) => ({ archivedThrough, lastCursor: 21 }));
    feed.pages.unshift({ archivedThrough: 0, lastCursor: 20 });
    for (const state of ['received', 'received', 'received', 'archived']) {
      await feed.read();
      expect(feed.disk.row(item).state).toBe(state);
    }
  });
});

const malformed = (reason: string): Answer => problemAnswer(400, 'malformed', {}, { reason });
describe.each<[string, Answer]>([
  ['tooLarge', problemAnswer(413, 'tooLarge')],
  ['malformed', problemAnswer(400, 'malformed')],
  ['hashMismatch', problemAnswer(422, 'hashMismatch')],
  ['sealerRevoked', malformed('sealerRevoked')],
  ['sealerUnknown', malformed('sealerUnknown')],
])('an envelope that the platform refuses as %s', (_code, answer) => {
  let item: ItemRow;
  beforeEach(async () => {
    item = await feed.receivedItem(1);
    feed.envelope = () => answer;
    feed.pages = [{ archivedThrough: 1 }];
  });

  test('is archived where the platform has it: it only takes no such envelope any more', async () => {
    feed.receipt = feed.says('arrived');
    await feed.read();
    expect(feed.disk.row(item).state).toBe('archived');
  });

  test('goes the sender’s way where it has it not, which holds it and tells', async () => {
    feed.receipt = feed.says('notYetArrived');
    await feed.read();
    expect(feed.disk.row(item).state).toBe('queued');
    expect(feed.puts()).toBe(1);
  });
});

describe('the attachments of an item whose envelope is lost here', () => {
  /** The platform has the item, and of each attachment so many bytes, or says nothing of it. */
  const settled = async (stands: (size: number, position: number) => number | undefined) => {
    const item = await feed.receivedItem(1, [10, 20]);
    const attachments = attachmentsOf(feed.disk.db, item.submissionId);
    for (const { position, size } of attachments) {
      saveProgress(feed.disk.db, item.submissionId, { position, offset: size, complete: true });
    }
    rmSync(feed.disk.blobs.pathOf(item.envelopeSha256));
    feed.receipt = feed.says('arrived');
    feed.attachment = ({ path }) => {
      const { size, position } = attachments.find(({ sha256 }) => path.endsWith(sha256))!;
      const offset = stands(size, position);
      if (offset === undefined) return noAnswer('timeout');
      const headers = { 'upload-offset': String(offset), 'upload-length': String(size) };
      return ok({ status: 200, headers, body: Buffer.alloc(0) });
    };
    feed.pages = [{ archivedThrough: 1 }];
    await feed.read();
    const complete = attachmentsOf(feed.disk.db, item.submissionId).map((each) => each.complete);
    return { state: feed.disk.row(item).state, complete };
  };

  test('are all asked for before it is archived', async () => {
    expect(await settled((size) => size)).toEqual({ state: 'archived', complete: [true, true] });
  });

  test('go again where one is not whole at the platform: the files here may be the only ones', async () => {
    const went = await settled((size, position) => (position === 0 ? size - 1 : size));
    expect(went).toEqual({ state: 'queued', complete: [false, true] });
  });

  test('say nothing when nothing was heard of one', async () => {
    const went = await settled((size, position) => (position === 0 ? size : undefined));
    expect(went).toEqual({ state: 'received', complete: [true, true] });
  });
});

test('what was received before an enrolment at another platform is not archived by that one’s watermark before all that it had then is', async () => {
  const item = await feed.receivedItem(1);
  rmSync(feed.disk.blobs.pathOf(item.envelopeSha256));
  writeNumber(feed.disk.db, 'enrolledAnew', 1);
  feed.receipt = feed.says('arrived');
  feed.pages = [5, 8, 9].map((archivedThrough) => ({ archivedThrough, lastCursor: 9 }));
  for (const state of ['received', 'received', 'archived']) {
    await feed.read();
    expect(feed.disk.row(item).state).toBe(state);
  }
});

test('one envelope that something on the way changes each time does not keep all others from being settled once', async () => {
  const [changed, other] = [await feed.receivedItem(4), await feed.receivedItem(5)];
  writeNumber(feed.disk.db, 'archivedThrough', 9);
  const has = feed.has(5);
  feed.envelope = (request) =>
    request.path.endsWith(changed.submissionId) ? problemAnswer(422, 'hashMismatch') : has(request);
  feed.receipt = feed.says('arrived');
  feed.pages = [1, 1, 1, 5].map((archivedThrough) => ({ archivedThrough, lastCursor: 5 }));
  for (const puts of [2, 2, 2, 4]) {
    await feed.read();
    expect(feed.puts()).toBe(puts);
  }
  for (const item of [changed, other]) expect(feed.disk.row(item).state).toBe('archived');
});

describe.each([
  ['a page of a proxy', () => page(413)],
  ['a broken connection', () => noAnswer('unreachable')],
  ['a failure of the platform', () => problemAnswer(500, 'internal')],
])('envelopes that always get %s', (_what, answer) => {
  let stuck: ItemRow[];
  let other: ItemRow;
  beforeEach(async () => {
    stuck = [await feed.receivedItem(1), await feed.receivedItem(2)];
    other = await feed.receivedItem(3);
    const has = feed.has(3);
    feed.envelope = (request) =>
      request.path.endsWith(other.submissionId) ? has(request) : answer();
    feed.receipt = feed.says('arrived');
  });
  const linkIsAway = (): boolean => feed.line.link.at(-1) === 'offline';
  const looks = async (...pages: FeedBench['pages']): Promise<string[]> => {
    for (const each of pages) {
      feed.pages = [each];
      await feed.read({ linkIsAway });
    }
    return [...stuck, other].map((item) => feed.disk.row(item).state);
  };

  test('keep no other from being archived, and are asked about by their receipts', async () => {
    const page = { archivedThrough: 3, lastCursor: 3 };
    expect(await looks(page, page)).toEqual(['received', 'received', 'received']);
    expect(await looks(page)).toEqual(['archived', 'archived', 'archived']);
  });

  test('are archived once all is that the platform had when it said so: they may be there under another cursor', async () => {
    const [early, late] = [5, 9].map((archivedThrough) => ({ archivedThrough, lastCursor: 9 }));
    expect(await looks(early!, early!, early!, early!, early!)).toEqual([
      'received',
      'received',
      'archived',
    ]);
    expect(await looks({ ...late!, lastCursor: 20 })).toEqual(['archived', 'archived', 'archived']);
  });

  test('keep no feed from being read anew where the platform went back', async () => {
    writeNumber(feed.disk.db, 'archivedThrough', 9);
    const page = { archivedThrough: 0, lastCursor: 3 };
    await looks(page, page, page, page);
    expect(readNumber(feed.disk.db, 'archivedThrough')).toBe(0);
  });

  test('wait where the line is away for the receipts, too', async () => {
    feed.receipt = () => noAnswer('unreachable');
    const page = { archivedThrough: 3, lastCursor: 3 };
    expect(await looks(page, page, page, page, page)).toEqual(['received', 'received', 'archived']);
  });
});
