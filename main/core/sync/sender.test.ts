import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ok } from '../../../domain/result.ts';
import { makeDisk, type Disk } from '../outbox/disk.test-helper.ts';
import { moveItem } from '../outbox/move-item.ts';
import { backlogOf, type ItemRow } from '../storage/item-rows.ts';
import { createChunkPace } from './chunk-pace.ts';
import { json, makeLine, noAnswer, problemAnswer, until, type Line } from './line.test-helper.ts';
import { createLink } from './link.ts';
import {
  createSender,
  itemsGoFirst,
  makeLinkFailuresDue,
  type Sender,
  type SenderParts,
} from './sender.ts';
import type { MeteredScans } from './sending-order.ts';

let disk: Disk;
let line: Line;
let errors: string[];
let loop: Sender | undefined;
beforeEach(async () => {
  disk = await makeDisk();
  line = makeLine();
  errors = [];
  line.answer = ({ method, path }) => {
    if (method === 'HEAD') return ok({ status: 404, headers: {}, body: Buffer.alloc(0) });
    const submissionId = path.split('/').at(-1)!;
    const { envelopeSha256 } = disk.row({ submissionId });
    const receivedAt = '2026-11-02T04:00:09Z';
    const said = { submissionId, envelopeSha256, caseNumber: 'C', cursor: 1, receivedAt };
    return json(201, { result: 'received', ...said });
  };
});
afterEach(async () => {
  await loop?.stop();
  disk.close();
});

const start = (change: Partial<SenderParts> = {}): Sender => {
  const parts: SenderParts = {
    db: disk.db,
    audit: disk.audit,
    blobs: disk.blobs,
    client: line.client,
    clock: disk.clock,
    pace: createChunkPace(disk.clock, () => 1_000_000),
    // the longest wait each time
    randomness: { bytes: (length) => new Uint8Array(length).fill(0xff) },
    crashPoint: disk.ports.crashPoint,
    backoffCeilingMs: 60_000,
    onChange: () => undefined,
    enrolled: () => true,
    stopping: () => false,
    linkIsAway: () => false,
    onError: (error) => void errors.push(String(error)),
  };
  // a getter of `change` stays one
  loop = createSender(Object.defineProperties(parts, Object.getOwnPropertyDescriptors(change)));
  loop.start();
  return loop;
};
const rest = (): Promise<void> => until('rest', () => disk.clock.waits.length > 0);
/** Long enough for a loop that would do something to begin it. */
const aWhile = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
const states = (...items: ItemRow[]): string[] => items.map((item) => disk.row(item).state);
const puts = (): number => line.asked.filter(({ method }) => method === 'PUT').length;

describe('the sender', () => {
  test('sends everything that is due, one after the other, also what was cut off', async () => {
    const [first, second, cut] = [await disk.store([]), await disk.store([]), await disk.store([])];
    moveItem(disk.db, disk.audit, cut.submissionId, { type: 'attemptBegun' });
    const held = await disk.store([]);
    moveItem(disk.db, disk.audit, held.submissionId, { type: 'attemptBegun' });
    moveItem(disk.db, disk.audit, held.submissionId, { type: 'refused', code: 'conflict' });
    const later = await disk.store([]);
    disk.db.run(
      'UPDATE item SET not_before = ? WHERE submission_id = ?',
      disk.clock.wall() + 500,
      later.submissionId,
    );
    start();
    await rest();
    expect(states(first, second, cut, held, later)).toEqual([
      'received',
      'received',
      'received',
      'held',
      'queued',
    ]);
    expect(disk.events()).toContain('attemptFailed restarted');
    expect(disk.clock.waits).toEqual([500]);
    disk.clock.go(500);
    await until('later', () => states(later)[0] === 'received');
  });

  test('sends nothing before this terminal is enrolled, nor while it stops', async () => {
    const item = await disk.store([]);
    let enrolled = false;
    const sender = start({ enrolled: () => enrolled });
    await aWhile();
    expect([states(item), disk.clock.waits, line.asked]).toEqual([['queued'], [], []]);
    enrolled = true;
    sender.wake();
    await until('sent', () => states(item)[0] === 'received');
    await sender.stop();
    const other = await disk.store([]);
    start({ stopping: () => true });
    await aWhile();
    expect(states(other)).toEqual(['queued']);
  });

  test('while the link is away one asks for all, once, and leaves the rest to the round', async () => {
    for (let n = 0; n < 3; n++) await disk.store([]);
    let away = true;
    line.answer = () => noAnswer('unreachable');
    const sender = start({ linkIsAway: () => away });
    await rest();
    expect([puts(), disk.clock.waits]).toEqual([1, [300_000]]);
    // somebody submits: nobody asks sooner for that
    disk.clock.go(100_000);
    await disk.store([]);
    sender.wake();
    await aWhile();
    await rest();
    expect([puts(), disk.clock.waits]).toEqual([1, [200_000]]);
    // no round comes about
    disk.clock.go(199_999);
    await aWhile();
    expect(puts()).toBe(1);
    disk.clock.go(1);
    await until('asked by itself', () => puts() === 2);
    await rest();
    expect(disk.clock.waits).toEqual([300_000]);
    // it is back: nobody rests
    away = false;
    sender.wake();
    await until('asked at once', () => puts() > 2);
  });

  test('the ceiling of the policy in force counts', async () => {
    for (let n = 0; n < 3; n++) await disk.store([]);
    line.answer = () => noAnswer('unreachable');
    let ceiling = 60_000;
    start({
      linkIsAway: () => true,
      get backoffCeilingMs() {
        return ceiling;
      },
    });
    await rest();
    ceiling = 20_000;
    disk.clock.go(300_000);
    await until('asked again', () => puts() === 2);
    await rest();
    expect(disk.clock.waits).toEqual([100_000]);
  });

  test('an item that cannot be read is told and goes behind the others', async () => {
    const [bad, good] = [await disk.store([]), await disk.store([])];
    const path = disk.blobs.pathOf(bad.envelopeSha256);
    rmSync(path);
    mkdirSync(path);
    start();
    await rest();
    expect(states(bad, good)).toEqual(['retry', 'received']);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain('EISDIR');
    expect(disk.clock.waits).toEqual([999]);
  });

  test.skipIf(process.platform !== 'linux')(
    'one that the disk cannot read twice in a row is held, and closes nobody out',
    async () => {
      const item = await disk.store([]);
      const path = disk.blobs.pathOf(item.envelopeSha256);
      rmSync(path);
      // reading the first page of this process is an EIO
      symlinkSync('/proc/self/mem', path);
      start();
      await rest();
      expect(states(item)).toEqual(['retry']);
      // longer than the ceiling of any other wait
      expect(disk.clock.waits).toEqual([300_000]);
      disk.clock.go(300_000);
      await until('held', () => states(item)[0] === 'held');
      expect(errors).toHaveLength(2);
      expect(errors[1]).toContain('EIO');
      const { waiting, oldestWaiting, held } = backlogOf(disk.db);
      expect({ waiting, oldestWaiting, held }).toEqual({
        waiting: 1,
        oldestWaiting: undefined,
        held: 1,
      });
    },
  );

  test('what cannot even be written down is the loop’s to wait out', async () => {
    const item = await disk.store([]);
    const audit = {
      ...disk.audit,
      record: () => {
        throw new Error('full');
      },
    };
    start({ audit });
    await rest();
    expect(states(item)).toEqual(['queued']);
    expect(errors).toEqual(['Error: full']);
    expect(disk.clock.waits).toEqual([5000]);
  });

  test('on a metered line scans wait, and are looked at every ten minutes', async () => {
    const meteredScans: MeteredScans = {
      formsUpToBytes: 5_000,
      fromHour: 22,
      untilHour: 6,
      atMostWaitMs: 86_400_000,
    };
    const [scans, form] = [await disk.store([10]), await disk.store([])];
    start({ meteredScans });
    await rest();
    expect(states(scans, form)).toEqual(['queued', 'received']);
    expect(disk.clock.waits).toEqual([600_000]);
    await loop?.stop();
    disk.db.run(
      'UPDATE item SET not_before = ? WHERE state = ?',
      disk.clock.wall() + 700,
      'queued',
    );
    disk.db.run('UPDATE attachment SET complete = 1');
    start({ meteredScans });
    await rest();
    expect(disk.clock.waits).toEqual([700]);
  });
});

describe('what the platform says of the terminal and not of the item', () => {
  const attempts = (): number => disk.events().filter((each) => each === 'attemptBegun').length;
  const three = async (): Promise<ItemRow[]> => [
    await disk.store([]),
    await disk.store([]),
    await disk.store([]),
  ];

  test('to slow down: none asks before the time told, whoever wakes the sender', async () => {
    const items = await three();
    const { answer } = line;
    line.answer = () => problemAnswer(429, 'slowDown', { 'retry-after': '30' });
    const sender = start();
    await rest();
    expect([attempts(), disk.clock.waits]).toEqual([1, [30_000]]);
    // somebody submits; a round with the platform went well
    disk.clock.go(10_000);
    items.push(await disk.store([]));
    for (const wake of [() => sender.wake(), () => sender.known()]) {
      wake();
      await aWhile();
      await rest();
      expect([attempts(), disk.clock.waits]).toEqual([1, [20_000]]);
    }
    line.answer = answer;
    disk.clock.go(19_999);
    await aWhile();
    expect(attempts()).toBe(1);
    disk.clock.go(1);
    await until('all', () => states(...items).every((state) => state === 'received'));
    expect(attempts()).toBe(5);
  });

  test('without a time: longer each time, for each item fails for its first time only; at most the ceiling', async () => {
    for (let n = 0; n < 9; n++) await disk.store([]);
    const { answer } = line;
    const refused = () => problemAnswer(429, 'slowDown');
    line.answer = refused;
    start();
    const waits: (number | undefined)[] = [];
    for (let n = 1; n < 9; n++) {
      await until('asked', () => attempts() === n);
      await rest();
      waits.push(disk.clock.waits[0]);
      if (n < 8) disk.clock.go(waits.at(-1) ?? 0);
    }
    expect(waits).toEqual([999, 1999, 3999, 7999, 15_999, 31_999, 59_999, 59_999]);
    // one that is taken is the end of the row
    line.answer = (request) => {
      line.answer = refused;
      return answer(request);
    };
    disk.clock.go(59_999);
    await until('asked', () => attempts() === 10);
    await rest();
    expect(disk.clock.waits[0]).toBeLessThan(2000);
  });

  test.each([
    ['unauthorised', 401],
    ['revoked', 403],
  ])('%s: one asks, until a round with the platform went well', async (code, status) => {
    const items = await three();
    const { answer } = line;
    line.answer = () => problemAnswer(status, code, { 'retry-after': '50' });
    const sender = start();
    await rest();
    expect([attempts(), disk.clock.waits]).toEqual([1, [50_000]]);
    sender.wake();
    await aWhile();
    await rest();
    expect([attempts(), disk.clock.waits]).toEqual([1, [50_000]]);
    line.answer = answer;
    makeLinkFailuresDue(disk.db);
    sender.known();
    await until('all', () => states(...items).every((state) => state === 'received'));
    expect(disk.clock.now()).toBe(0);
  });

  test('is no other failure: nobody rests for that', async () => {
    await three();
    line.answer = () => problemAnswer(404, 'notFound');
    start();
    await rest();
    expect(attempts()).toBe(3);
  });

  test('that it was revoked is seen before each item', async () => {
    const items = await three();
    let enrolled = true;
    const { answer } = line;
    line.answer = (request) => {
      enrolled = false;
      return answer(request);
    };
    start({ enrolled: () => enrolled });
    await until('one', () => states(...items).includes('received'));
    await aWhile();
    expect([attempts(), disk.clock.waits]).toEqual([1, []]);
  });

  test('a clock that is set meanwhile makes nobody rest beyond the ceiling', async () => {
    const [item] = await three();
    let back = 0;
    line.answer = () => problemAnswer(429, 'slowDown');
    start({
      clock: {
        wall: () => disk.clock.wall() - back,
        now: () => disk.clock.now(),
        after: (ms, then) => disk.clock.after(ms, then),
      },
      onChange: () => {
        if (states(item!)[0] === 'retry') back = 86_400_000;
      },
    });
    await rest();
    expect(disk.clock.waits).toEqual([60_000]);
  });
});

test('items go first while one is being sent or its turn has come', async () => {
  const parts = { db: disk.db, clock: disk.clock, backoffCeilingMs: 60_000 };
  expect(itemsGoFirst(parts)).toBe(false);
  const { submissionId } = await disk.store([]);
  expect(itemsGoFirst(parts)).toBe(true);
  moveItem(disk.db, disk.audit, submissionId, { type: 'attemptBegun' });
  expect(itemsGoFirst(parts)).toBe(true);
  const along = { lastError: 'timeout', notBefore: disk.clock.wall() + 500 };
  moveItem(disk.db, disk.audit, submissionId, { type: 'attemptFailed' }, along);
  expect(itemsGoFirst(parts)).toBe(false);
  disk.clock.go(500);
  expect(itemsGoFirst(parts)).toBe(true);
});

test('after the link was away its failures are due, and no others', async () => {
  const codes = [
    ...['unreachable', 'timeout', 'tls', 'answerTooLong', 'internal', 'notThePlatform502'],
    // what a platform says that does not know this terminal
    ...['unauthorised', 'revoked'],
  ];
  for (const code of [...codes, 'slowDown', 'conflict']) {
    const { submissionId } = await disk.store([]);
    moveItem(disk.db, disk.audit, submissionId, { type: 'attemptBegun' });
    const along = { lastError: code, notBefore: 99 };
    moveItem(disk.db, disk.audit, submissionId, { type: 'attemptFailed' }, along);
  }
  const waiting = await disk.store([]);
  disk.db.run(
    'UPDATE item SET not_before = 99, last_error = ? WHERE submission_id = ?',
    'tls',
    waiting.submissionId,
  );
  makeLinkFailuresDue(disk.db);
  const due = disk.db.all(
    'SELECT last_error FROM item WHERE not_before = 0 ORDER BY receipt_number',
  );
  expect(due.map((row) => row['last_error'])).toEqual(codes);
});

test('the link tells each change once', () => {
  const skew: { ms?: number } = {};
  const link = createLink(() => skew.ms);
  const heard: string[] = [];
  const leave = link.onChange((state) => void heard.push(state));
  expect(link.state()).toBe('unknown');
  link.set('unknown');
  link.set('online');
  link.set('online');
  link.set('offline');
  expect([heard, link.state()]).toEqual([['online', 'offline'], 'offline']);
  leave();
  link.set('online');
  expect(heard).toHaveLength(2);
  skew.ms = 7;
  expect(link.clockSkewMs()).toBe(7);
});
