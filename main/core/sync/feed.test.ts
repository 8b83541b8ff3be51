import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Feed, FeedEvent } from '../../../domain/wire/platform.ts';
import { makeDisk, NOON, type Disk } from '../outbox/disk.test-helper.ts';
import { moveItem } from '../outbox/move-item.ts';
import { attachmentsOf, type ItemRow } from '../storage/item-rows.ts';
import { readNumber, writeNumber } from '../storage/key-values.ts';
import { createChunkPace } from './chunk-pace.ts';
import { deleteArchived, readFeed, type FeedParts } from './feed.ts';
import type { CallFailure } from './platform-client.ts';
import { json, makeLine, noAnswer, page, problemAnswer, type Line } from './line.test-helper.ts';

const DAY = 86_400_000;
const TIME = '2026-11-02T04:00:09.000Z';

let disk: Disk;
let line: Line;
/** What happened to those who listen. */
let heard: string[];
let pages: Partial<Feed>[];
let envelope: Line['answer'];
beforeEach(async () => {
  disk = await makeDisk();
  line = makeLine();
  heard = [];
  pages = [];
  envelope = () => noAnswer('timeout');
  line.answer = (request) => {
    if (request.method === 'PUT') return envelope(request);
    const empty = { events: [], cursor: 0, more: false, archivedThrough: 0, serverTime: TIME };
    return json(200, { ...empty, ...pages.shift() });
  };
});
afterEach(() => disk.close());

const read = async (change: Partial<FeedParts> = {}): Promise<true | CallFailure> => {
  const result = await readFeed({
    db: disk.db,
    audit: disk.audit,
    blobs: disk.blobs,
    client: line.client,
    clock: disk.clock,
    pace: createChunkPace(disk.clock, () => 1_000_000),
    crashPoint: disk.ports.crashPoint,
    onPlatformTime: (iso) => void heard.push(`time ${iso}`),
    onChange: (id) => void heard.push(`changed ${id}`),
    onError: (error) => void heard.push(String(error)),
    wall: () => disk.clock.wall(),
    linkIsAway: () => false,
    ...change,
  });
  return result.ok ? result.value : result.error;
};
const move = (item: ItemRow, cursor: number): void => {
  moveItem(disk.db, disk.audit, item.submissionId, { type: 'attemptBegun' });
  const along = { platformCursor: cursor, caseNumber: `CASE-${cursor}` };
  moveItem(disk.db, disk.audit, item.submissionId, { type: 'received' }, along);
};
/** An item that the platform has received under a cursor. */
const receivedItem = async (cursor: number): Promise<ItemRow> => {
  const item = await disk.store([]);
  move(item, cursor);
  return disk.row(item);
};
const eventOf = (item: ItemRow, change: Partial<FeedEvent> = {}): FeedEvent => ({
  cursor: 1,
  receiptNumber: item.receiptNumber,
  submissionId: item.submissionId,
  state: 'accepted',
  caseNumber: 'CASE-1',
  at: TIME,
  ...change,
});
/** The platform still has it, under this cursor. */
const has =
  (cursor: number, caseNumber = `CASE-${cursor}`): Line['answer'] =>
  ({ path }) => {
    const submissionId = path.split('/').at(-1)!;
    const { envelopeSha256 } = disk.row({ submissionId });
    const said = { submissionId, envelopeSha256, caseNumber, cursor, receivedAt: TIME };
    return json(201, { result: 'received', ...said });
  };
const asked = (): string[] => line.asked.map(({ method, path }) => `${method} ${path}`);
const puts = (): number => line.asked.filter(({ method }) => method === 'PUT').length;

describe('case states', () => {
  test('are taken over once, with the audit, and told', async () => {
    const item = await receivedItem(1);
    pages = [{ events: [eventOf(item)], cursor: 1 }];
    const before = disk.events().length;
    expect(await read()).toBe(true);
    expect(disk.row(item)).toMatchObject({ caseState: 'accepted', caseNumber: 'CASE-1' });
    expect(disk.events().slice(before)).toEqual(['caseStateLearnt accepted']);
    expect(disk.audit.rows().at(-1)).toMatchObject({
      submissionId: item.submissionId,
      receiptNumber: item.receiptNumber,
    });
    expect(heard).toEqual([`time ${TIME}`, `changed ${item.submissionId}`]);
    expect(readNumber(disk.db, 'feedCursor')).toBe(1);
    // the same again says nothing new; another number of the case does
    pages = [{ events: [eventOf(item, { cursor: 2 })], cursor: 2 }];
    await read();
    expect(disk.events()).toHaveLength(before + 1);
    pages = [{ events: [eventOf(item, { cursor: 3, caseNumber: 'CASE-2' })], cursor: 3 }];
    await read();
    expect(disk.row(item).caseNumber).toBe('CASE-2');
    expect(heard.filter((each) => each.startsWith('changed'))).toHaveLength(2);
    expect(asked()).toEqual([0, 1, 2].map((after) => `GET /v1/feed?after=${after}&limit=200`));
  });

  test('of items that this terminal does not know, or knows under another number, are left', async () => {
    const item = await receivedItem(1);
    const strange = [
      eventOf(item, { submissionId: 'f'.repeat(32) }),
      eventOf(item, { receiptNumber: '0' }),
    ];
    pages = [{ events: strange, cursor: 2 }];
    await read();
    expect(disk.row(item).caseState).toBeNull();
    expect(heard).toEqual([`time ${TIME}`]);
    expect(readNumber(disk.db, 'feedCursor')).toBe(2);
  });

  test('a page without any leaves the cursor', async () => {
    pages = [{ cursor: 7 }];
    await read();
    expect(readNumber(disk.db, 'feedCursor')).toBeUndefined();
  });

  test('are read page by page, until there are no more or the platform stays where it is', async () => {
    const item = await receivedItem(1);
    const more = (cursor: number): Partial<Feed> => ({
      events: [eventOf(item, { cursor })],
      cursor,
      more: true,
    });
    pages = [more(1), more(2), { ...more(3), more: false }, more(4)];
    await read();
    expect(line.asked).toHaveLength(3);
    pages = [more(3), more(4)];
    await read();
    expect(line.asked).toHaveLength(4);
    pages = Array.from({ length: 60 }, (_, n) => more(n + 4));
    await read();
    expect(line.asked).toHaveLength(54);
  });

  test.each([
    ['a page', () => page(200), { kind: 'nonsense', status: 200 }],
    [
      'another status',
      () => json(203, { events: [], cursor: 0, more: false, archivedThrough: 0, serverTime: TIME }),
      { kind: 'nonsense', status: 203 },
    ],
  ])('%s in their place changes nothing', async (_what, answer, failure) => {
    line.answer = answer;
    expect(await read()).toEqual(failure);
    expect(heard).toEqual([]);
  });
});

describe('what the watermark reached', () => {
  test('is asked for once more, and archived by the one answer that counts', async () => {
    const [first, second] = [await receivedItem(1), await receivedItem(2)];
    envelope = has(1);
    pages = [{ archivedThrough: 1 }];
    await read();
    expect(disk.row(first)).toMatchObject({
      state: 'archived',
      archivedAt: new Date(NOON).toISOString(),
    });
    expect(disk.row(second).state).toBe('received');
    expect(puts()).toBe(1);
    expect(heard).toContain(`changed ${first.submissionId}`);
    expect(readNumber(disk.db, 'archivedThrough')).toBe(1);
    // the same watermark again asks for nothing
    pages = [{ archivedThrough: 1 }];
    await read();
    expect(puts()).toBe(1);
  });

  test('stays received when the platform gave it a new number beyond the watermark', async () => {
    const item = await receivedItem(1);
    envelope = has(5, 'CASE-NEW');
    pages = [{ archivedThrough: 1 }];
    await read();
    expect(disk.row(item)).toMatchObject({
      state: 'received',
      platformCursor: 5,
      caseNumber: 'CASE-NEW',
    });
    expect(heard).toContain(`changed ${item.submissionId}`);
    pages = [{ archivedThrough: 4 }, { archivedThrough: 5 }];
    await read();
    expect(puts()).toBe(1);
    await read();
    expect(disk.row(item).state).toBe('archived');
  });

  test.each([
    ['attachmentsMissing', () => problemAnswer(422, 'attachmentsMissing')],
    ['conflict', () => problemAnswer(409, 'conflict')],
  ])('is sent again when the platform says %s', async (_code, answer) => {
    const item = await receivedItem(1);
    disk.db.run('UPDATE item SET not_before = 99');
    envelope = answer;
    pages = [{ archivedThrough: 1 }];
    await read();
    expect(disk.row(item)).toMatchObject({ state: 'queued', notBefore: 0 });
    expect(disk.events().at(-1)).toBe('itemForgotten');
    expect(heard).toContain(`changed ${item.submissionId}`);
  });

  test.each([
    ['missing', (path: string) => rmSync(path)],
    ['damaged', (path: string) => writeFileSync(path, 'x')],
  ])('is sent again, and then held, when its envelope is %s here', async (_how, harm) => {
    const item = await receivedItem(1);
    harm(disk.blobs.pathOf(item.envelopeSha256));
    pages = [{ archivedThrough: 1 }];
    await read();
    expect(disk.row(item).state).toBe('queued');
    expect(puts()).toBe(0);
  });

  test.each([
    ['no answer', () => noAnswer('timeout')],
    ['a page', () => page(201)],
    ['its own failure', () => problemAnswer(500, 'internal')],
  ])('%s says nothing: it is asked for again at the next look', async (_what, answer) => {
    const item = await receivedItem(1);
    envelope = answer;
    pages = [{ archivedThrough: 1 }, { archivedThrough: 1 }];
    await read();
    expect(disk.row(item).state).toBe('received');
    expect(heard).toEqual([`time ${TIME}`]);
    envelope = has(1);
    await read();
    expect(disk.row(item).state).toBe('archived');
  });

  test('one that cannot be read keeps no other from being settled', async () => {
    const [bad, good] = [await receivedItem(1), await receivedItem(2)];
    const path = disk.blobs.pathOf(bad.envelopeSha256);
    rmSync(path);
    mkdirSync(path);
    envelope = has(2);
    pages = [{ archivedThrough: 2 }];
    expect(await read()).toBe(true);
    expect(heard.filter((each) => each.includes('EISDIR'))).toHaveLength(1);
    expect(disk.row(good).state).toBe('archived');
    expect(disk.row(bad).state).toBe('received');
    // nothing went back: what is known of the watermark goes on
    expect(readNumber(disk.db, 'archivedThrough')).toBe(2);
  });

  test('nothing more is asked once the link is away', async () => {
    await receivedItem(1);
    await receivedItem(1);
    pages = [{ archivedThrough: 1 }];
    await read({ linkIsAway: () => true });
    expect(puts()).toBe(1);
    expect(readNumber(disk.db, 'archivedThrough')).toBeUndefined();
  });
});

describe('a platform that went back', () => {
  test('by its watermark: everything is asked for, also above it', async () => {
    writeNumber(disk.db, 'archivedThrough', 9);
    writeNumber(disk.db, 'feedCursor', 20);
    const item = await receivedItem(12);
    envelope = has(3);
    pages = [{ archivedThrough: 8, cursor: 20 }];
    await read();
    expect(disk.row(item)).toMatchObject({ state: 'archived', platformCursor: 3 });
    expect(readNumber(disk.db, 'archivedThrough')).toBe(8);
    expect(readNumber(disk.db, 'feedCursor')).toBe(8);
  });

  test('stays gone back until everything was settled', async () => {
    writeNumber(disk.db, 'archivedThrough', 9);
    writeNumber(disk.db, 'feedCursor', 20);
    await receivedItem(12);
    pages = [{ archivedThrough: 8 }, { archivedThrough: 8 }];
    await read();
    expect(readNumber(disk.db, 'archivedThrough')).toBe(9);
    expect(readNumber(disk.db, 'feedCursor')).toBe(20);
    envelope = has(12);
    await read();
    expect(readNumber(disk.db, 'archivedThrough')).toBe(8);
  });

  test('stays gone back while one cannot be read, though others are settled', async () => {
    writeNumber(disk.db, 'archivedThrough', 9);
    const [bad] = [await receivedItem(11), await receivedItem(12)];
    const path = disk.blobs.pathOf(bad.envelopeSha256);
    rmSync(path);
    mkdirSync(path);
    envelope = has(12);
    pages = [{ archivedThrough: 8 }];
    await read();
    expect(puts()).toBe(1);
    expect(readNumber(disk.db, 'archivedThrough')).toBe(9);
  });

  test('stays gone back when the first is not settled and the last is', async () => {
    writeNumber(disk.db, 'archivedThrough', 9);
    const first = await receivedItem(11);
    await receivedItem(12);
    envelope = (request) =>
      request.path.endsWith(first.submissionId) ? noAnswer('timeout') : has(12)(request);
    pages = [{ archivedThrough: 8 }];
    await read();
    expect(puts()).toBe(2);
    expect(readNumber(disk.db, 'archivedThrough')).toBe(9);
  });

  test('by a cursor that it gave out and no longer knows', async () => {
    const item = await receivedItem(5);
    envelope = has(2);
    pages = [
      { archivedThrough: 0, lastCursor: 5 },
      { archivedThrough: 0, lastCursor: 4 },
    ];
    await read();
    expect(puts()).toBe(0);
    await read();
    expect(puts()).toBe(1);
    expect(disk.row(item)).toMatchObject({ state: 'received', platformCursor: 2 });
  });

  test('by a cursor of its feed, too', async () => {
    const item = await receivedItem(1);
    writeNumber(disk.db, 'feedCursor', 7);
    envelope = has(1);
    pages = [
      { lastCursor: 7, cursor: 7 },
      { lastCursor: 6, cursor: 7 },
    ];
    await read();
    expect(puts()).toBe(0);
    await read();
    expect(puts()).toBe(1);
    expect(readNumber(disk.db, 'feedCursor')).toBe(0);
    expect(disk.row(item).state).toBe('received');
  });

  test('what this page tells is not held against the platform', async () => {
    const item = await receivedItem(1);
    pages = [{ events: [eventOf(item, { cursor: 9 })], cursor: 9, lastCursor: 8 }];
    await read();
    expect(puts()).toBe(0);
    expect(readNumber(disk.db, 'feedCursor')).toBe(9);
  });

  test('a cursor that was never heard begins at the watermark', async () => {
    writeNumber(disk.db, 'archivedThrough', 3);
    await receivedItem(5);
    envelope = has(5);
    pages = [{ archivedThrough: 2 }];
    await read();
    expect(readNumber(disk.db, 'feedCursor')).toBe(0);
    expect(readNumber(disk.db, 'archivedThrough')).toBe(2);
  });
});

describe('the sealed files of what is archived', () => {
  const give = (keepDays: number, wall: number, blobs = disk.blobs): Promise<number> =>
    deleteArchived(disk.db, disk.audit, blobs, disk.folder, keepDays, wall);
  const archived = async (): Promise<ItemRow> => {
    const item = await disk.store([10]);
    move(item, 1);
    const archivedAt = new Date(NOON).toISOString();
    moveItem(disk.db, disk.audit, item.submissionId, { type: 'archived' }, { archivedAt });
    return disk.row(item);
  };

  test('go when their days are over, no sooner, and only theirs', async () => {
    const item = await archived();
    const other = await disk.store([10]);
    expect(await give(2, NOON + 2 * DAY - 1)).toBe(0);
    expect(disk.names()).toHaveLength(4);
    // nothing goes: nothing is written
    expect(existsSync(join(disk.folder, 'used-numbers.json'))).toBe(false);
    const before = disk.events().length;
    expect(await give(2, NOON + 2 * DAY)).toBe(1);
    expect(disk.row(item).ciphertextDeleted).toBe(true);
    expect(disk.row(other).ciphertextDeleted).toBe(false);
    expect(disk.names()).toHaveLength(2);
    expect(disk.names()).toContain(other.envelopeSha256);
    expect(disk.events().slice(before)).toEqual(['ciphertextDeleted']);
    expect(disk.audit.rows().at(-1)).toMatchObject({
      submissionId: item.submissionId,
      receiptNumber: item.receiptNumber,
    });
    // and once
    expect(await give(2, NOON + 9 * DAY)).toBe(0);
    expect(disk.events()).toHaveLength(before + 1);
  });

  test('go after their row says so and their number is kept, the envelope first', async () => {
    const item = await archived();
    const [attachment] = attachmentsOf(disk.db, item.submissionId);
    const steps: unknown[] = [];
    const blobs = {
      ...disk.blobs,
      remove: (names: readonly string[]) => {
        steps.push([...names], disk.row(item).ciphertextDeleted);
        expect(statSync(join(disk.folder, 'used-numbers.json')).size).toBeGreaterThan(20);
        return disk.blobs.remove(names);
      },
      sync: () => {
        steps.push(disk.names().length);
        return disk.blobs.sync();
      },
    };
    await give(0, NOON, blobs);
    expect(steps).toEqual([[item.envelopeSha256, attachment!.sha256], true, 0]);
  });

  test('do not go on a mere note that they were archived, nor without a time', async () => {
    await archived();
    disk.db.run('UPDATE item SET archived_at = NULL');
    expect(await give(0, NOON + DAY)).toBe(0);
    disk.db.run("UPDATE item SET archived_at = 'once'");
    expect(await give(0, NOON + DAY)).toBe(0);
    disk.db.run("UPDATE item SET archived_at = '2020-01-01', state = 'received'");
    expect(await give(0, NOON + DAY)).toBe(0);
    expect(disk.names()).toHaveLength(2);
  });
});
