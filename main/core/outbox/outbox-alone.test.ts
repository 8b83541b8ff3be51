import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseReceiptNumber } from '../../../domain/receipt/number.ts';
import type { OutboxEvent } from '../../../domain/outbox/transition.ts';
import { createClockBelief, type ClockBelief } from './clock-belief.ts';
import { broken, diskFull, makeDisk, NOON, NO_LIMITS, type Disk } from './disk.test-helper.ts';
import { createListeners } from './listeners.ts';
import { moveItem } from './move-item.ts';
import { createOutbox, type OutboxParts } from './outbox.ts';
import { createRoom } from './room.ts';
import { submissionOf } from './submission.test-helper.ts';

let disk: Disk;
beforeEach(async () => {
  disk = await makeDisk();
});
afterEach(() => disk.close());

const ID = '0123456789abcdef'.repeat(2);
const diskFullFailure = (): Error => Object.assign(new Error('no room'), { code: 'ENOSPC' });

describe('the outbox', () => {
  let changes: string[];
  let failures: string[];
  const outboxOf = (change: Partial<OutboxParts> = {}) => {
    const listeners = createListeners<string>();
    changes = [];
    failures = [];
    listeners.add((id) => void changes.push(id));
    return createOutbox({
      ...disk.context(),
      belief: createClockBelief(disk.clock, disk.db, () => []),
      changes: listeners,
      onFailure: (what) => failures.push(what),
      ...change,
    });
  };
  const wrongClock: ClockBelief = {
    notePlatformTime: () => undefined,
    skewMs: () => undefined,
    now: () => 0,
    wrong: () => true,
    mayConfirm: () => 'yes',
    newestStored: () => undefined,
  };

  test('takes nothing, and still refuses in a word, while its index cannot be read', async () => {
    const unreadable = (): never => {
      throw new Error('no such table');
    };
    const room = {
      state: unreadable,
      stateInside: unreadable,
      look: (): 'free' => 'free',
    };
    const outbox = outboxOf({ room });
    expect(outbox.taking()).toBe('diskFails');
    const refused = await outbox.submit(submissionOf(ID));
    expect(refused).toEqual({ ok: false, error: 'diskFails' });
  });

  test('tells what it has, by number, by id and in a list with the newest first', async () => {
    const outbox = outboxOf();
    const id = outbox.newSubmissionId();
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    const heard: string[] = [];
    const leave = outbox.onChange((each) => void heard.push(each));
    const first = await outbox.submit(submissionOf(id));
    if (!first.ok) throw new Error(first.error);
    disk.clock.go(1000);
    const second = await outbox.submit(submissionOf(outbox.newSubmissionId()));
    if (!second.ok) throw new Error(second.error);
    const summary = {
      submissionId: id,
      receiptNumber: first.value.receiptNumber,
      kind: 'application',
      serviceId: 'unemployment-reg',
      state: 'queued',
      createdAt: new Date(NOON).toISOString(),
      caseState: null,
      caseNumber: null,
      envelopeSha256: first.value.envelopeSha256,
    };
    expect(outbox.find(first.value.receiptNumber)).toEqual(summary);
    expect(outbox.find('0')).toBeUndefined();
    expect(outbox.list()[1]).toEqual(summary);
    expect(outbox.list()).toHaveLength(2);
    expect(outbox.stored(id)).toEqual({ item: first.value, serviceId: 'unemployment-reg' });
    expect(outbox.stored('0')).toBeUndefined();
    expect(outbox.waiting()).toBe(2);
    // the receipt goes first
    expect(heard).toEqual([id]);
    disk.clock.go(0);
    await outbox.told();
    expect(heard).toEqual([id, second.value.submissionId]);
    // touched twice: stored once, and nothing has changed
    expect(await outbox.submit(submissionOf(id))).toEqual(first);
    disk.clock.go(0);
    expect(heard).toHaveLength(2);
    leave();
    const third = await outbox.submit(submissionOf(outbox.newSubmissionId()));
    expect(third.ok).toBe(true);
    disk.clock.go(0);
    expect(heard).toHaveLength(2);
    expect(changes).toHaveLength(3);
  });

  test('takes one at a time, also after one that failed', async () => {
    const outbox = outboxOf();
    const failing = {
      ...submissionOf('f'.repeat(32)),
      compose: () => Promise.reject(new Error('no')),
    };
    const results = await Promise.all(
      [submissionOf('a'.repeat(32)), failing, submissionOf('b'.repeat(32))].map((each) =>
        outbox.submit(each),
      ),
    );
    expect(
      results.map((each) =>
        each.ok ? parseReceiptNumber(each.value.receiptNumber)?.sequence : each.error,
      ),
    ).toEqual([1, 'storeFailed', 2]);
    expect(failures).toEqual(['Error']);
    disk.clock.go(0);
    expect(changes).toHaveLength(2);
  });

  test.each([
    [diskFull, 'diskFull', 'Error'],
    [broken, 'storeFailed', 'Error'],
    [
      () => {
        // eslint-disable-next-line @typescript-eslint/only-throw-error
        throw 'words of somebody';
      },
      'storeFailed',
      'unknown',
    ],
  ])(
    'what breaks is refused in a word, and told without its words',
    async (compose, error, name) => {
      const outbox = outboxOf();
      expect(await outbox.submit({ ...submissionOf(ID), compose })).toEqual({ ok: false, error });
      expect(failures).toEqual([name]);
      expect(changes).toEqual([]);
      // nobody has to listen
      const deaf = createOutbox({
        ...disk.context(),
        belief: createClockBelief(disk.clock, disk.db, () => []),
        changes: createListeners<string>(),
      });
      expect(await deaf.submit({ ...submissionOf(ID), compose })).toEqual({ ok: false, error });
    },
  );

  test.each<[string, () => Partial<OutboxParts>]>([
    ['yes', () => ({})],
    ['notEnrolled', () => ({ enrolment: () => undefined, keys: () => undefined })],
    ['noKeys', () => ({ keys: () => undefined, belief: wrongClock })],
    ['clockWrong', () => ({ belief: wrongClock })],
    [
      'backlogFull',
      () => ({
        room: createRoom(disk.db, disk.folder, { ...NO_LIMITS, maxWaitingItems: 0 }, () => NOON),
      }),
    ],
    ['diskFails', () => ({ isOurs: () => false, filingFailure: diskFullFailure })],
    ['diskFull', () => ({ filingFailure: diskFullFailure })],
    ['diskFails', () => ({ filingFailure: () => new Error('EIO') })],
  ])('taking says %s', async (word, change) => {
    const outbox = outboxOf(change());
    expect(outbox.taking()).toBe(word);
    const result = await outbox.submit(submissionOf(ID));
    expect(result.ok ? 'yes' : result.error).toBe(word);
  });

  test('why an item is held stands beside it, and what an earlier try ended with beside no other', async () => {
    const outbox = outboxOf();
    const stored = await outbox.submit(submissionOf(ID));
    if (!stored.ok) throw new Error(stored.error);
    const { receiptNumber } = stored.value;
    const found = (): unknown[] => [
      outbox.find(receiptNumber)?.heldFor,
      outbox.delivery(receiptNumber),
    ];
    const move = (event: OutboxEvent, lastError?: string): unknown =>
      moveItem(disk.db, disk.audit, ID, event, lastError === undefined ? {} : { lastError });
    move({ type: 'attemptBegun' });
    move({ type: 'attemptFailed' }, 'timeout');
    expect(found()).toEqual([undefined, 'waiting']);
    move({ type: 'attemptBegun' });
    move({ type: 'refused', code: 'conflict' }, 'conflict');
    expect(found()).toEqual(['conflict', 'held']);
    disk.db.run('UPDATE item SET last_error = NULL');
    expect(outbox.find(receiptNumber)).not.toHaveProperty('heldFor');
    // of a number that nobody knows here nothing is promised
    expect(outbox.delivery('0')).toBe('held');
  });

  test('knows when everybody was told, and keeps no list of it', async () => {
    const outbox = outboxOf();
    const ids = [outbox.newSubmissionId(), outbox.newSubmissionId()];
    for (const id of ids) expect((await outbox.submit(submissionOf(id))).ok).toBe(true);
    expect(changes).toEqual([]);
    let told = 0;
    const all = outbox.told().then(() => (told = changes.length));
    await new Promise((resolve) => setImmediate(resolve));
    expect(told).toBe(0);
    disk.clock.go(0);
    await all;
    expect(told).toBe(2);
    await expect(outbox.told()).resolves.toBeUndefined();
    expect(changes).toEqual(ids);
  });

  test('a person lets a held item go on, and no other', async () => {
    const outbox = outboxOf();
    expect((await outbox.submit(submissionOf(ID))).ok).toBe(true);
    expect(outbox.release(ID)).toBe(false);
    expect(outbox.release('unknown')).toBe(false);
    moveItem(disk.db, disk.audit, ID, { type: 'attemptBegun' });
    const refused = { lastError: 'conflict', notBefore: 99 };
    moveItem(disk.db, disk.audit, ID, { type: 'refused', code: 'conflict' }, refused);
    disk.clock.go(0);
    changes.length = 0;
    expect(outbox.release(ID)).toBe(true);
    expect(disk.row({ submissionId: ID })).toMatchObject({
      state: 'queued',
      notBefore: 0,
      lastError: null,
    });
    expect(changes).toEqual([ID]);
    expect(disk.events().at(-1)).toBe('itemReleased');
  });
});
