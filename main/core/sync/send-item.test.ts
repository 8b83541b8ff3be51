import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ok } from '../../../domain/result.ts';
import { sha256Hex } from '../outbox/blob-folder.ts';
import { NOON } from '../outbox/disk.test-helper.ts';
import { attachmentsOf, saveProgress, type ItemRow } from '../storage/item-rows.ts';
import { noAnswer, page, problemAnswer, type Line } from './line.test-helper.ts';
import {
  CEILING,
  changed,
  disk,
  farEnd,
  line,
  parts,
  received,
  useSending,
} from './send-item.test-helper.ts';
import { sendItem, type SendItemParts } from './send-item.ts';

useSending();
const asked = (): string[] => line.asked.map(({ method }) => method);

describe('an attempt', () => {
  test('that ends with the one answer that counts: received, with what the platform said', async () => {
    const item = await disk.store([10, 20]);
    line.answer = farEnd(() => received(item));
    disk.moments.length = 0;
    await sendItem(parts(), item);
    const row = disk.row(item);
    expect(row).toMatchObject({
      state: 'received',
      attempts: 1,
      lastError: null,
      platformCursor: 5,
      caseNumber: 'CASE-1',
    });
    expect(disk.db.get('SELECT received_at AS at FROM item')).toEqual({
      at: '2026-11-02T04:00:09Z',
    });
    expect(attachmentsOf(disk.db, item.submissionId).every(({ complete }) => complete)).toBe(true);
    expect(changed).toEqual([item.submissionId, item.submissionId]);
    expect(disk.moments).toEqual([
      'attempt-recorded',
      'attachment-sent',
      'attachment-sent',
      'item-sent',
      'answer-read',
      'before-received-commit',
      'after-received-commit',
    ]);
    const envelope = line.asked.at(-1);
    expect(envelope).toMatchObject({
      method: 'PUT',
      path: `/v1/items/${item.submissionId}`,
      headers: { 'content-type': 'application/vnd.bianmin.envelope' },
    });
    expect(envelope?.body?.length).toBe(item.envelopeSize);
  });

  test('is on the disk before the first byte leaves', async () => {
    const item = await disk.store();
    const states: unknown[] = [];
    line.answer = () => {
      states.push([disk.row(item).state, disk.row(item).attempts, changed.length]);
      return noAnswer('unreachable');
    };
    await sendItem(parts(), { ...item, attempts: 3 });
    expect(states).toEqual([['sending', 4, 1]]);
  });

  test('does not send attachments again that the platform has', async () => {
    const item = await disk.store([10, 20]);
    saveProgress(disk.db, item.submissionId, { position: 0, offset: 1, complete: true });
    line.answer = farEnd(() => received(item));
    await sendItem(parts(), item);
    expect(asked()).toEqual(['PATCH', 'PUT']);
  });

  test.each<[string, (item: ItemRow) => ReturnType<typeof received>]>([
    ['another item', (item) => received(item, { submissionId: 'f'.repeat(32) })],
    ['another envelope', (item) => received(item, { envelopeSha256: 'f'.repeat(64) })],
    ['another status', (item) => received(item, {}, 200)],
    ['a page', () => page(201)],
  ])('that ends with %s: not believed', async (_what, answer) => {
    const item = await disk.store([]);
    line.answer = farEnd(() => answer(item));
    await sendItem(parts(), item);
    expect(disk.row(item)).toMatchObject({ state: 'retry', caseNumber: null });
    expect(disk.row(item).lastError).toMatch(/^notThePlatform20[01]$/);
    expect(changed).toHaveLength(2);
  });
});

describe('an attempt that fails', () => {
  const failing = async (
    answer: Line['answer'],
    attempts = 0,
    change: Partial<SendItemParts> = {},
  ) => {
    const item = await disk.store([]);
    line.answer = answer;
    await sendItem(parts(change), { ...item, attempts });
    return disk.row(item);
  };

  test('waits longer each time, at most the ceiling', async () => {
    const wait = async (attempts: number): Promise<number> =>
      (await failing(() => noAnswer('timeout'), attempts)).notBefore - NOON;
    expect([await wait(0), await wait(1), await wait(2), await wait(20)]).toEqual([
      999, 1999, 3999, 59_999,
    ]);
  });

  test('waits as long as the platform asks for, but never beyond the ceiling', async () => {
    const slowDown = (seconds: number) => () =>
      problemAnswer(429, 'slowDown', { 'retry-after': String(seconds) });
    const row = await failing(slowDown(30));
    expect(row).toMatchObject({ state: 'retry', lastError: 'slowDown', notBefore: NOON + 30_000 });
    expect((await failing(slowDown(90))).notBefore).toBe(NOON + CEILING);
    // what was drawn is longer
    expect((await failing(slowDown(1), 2)).notBefore).toBe(NOON + 3999);
  });

  test('because we stop is due at once', async () => {
    expect(await failing(() => noAnswer('cancelled'), 9)).toMatchObject({
      lastError: 'cancelled',
      notBefore: NOON,
    });
  });

  test.each([
    [409, 'conflict'],
    [413, 'tooLarge'],
  ])('%i %s: held for a person', async (status, code) => {
    expect(await failing(() => problemAnswer(status, code))).toMatchObject({
      state: 'held',
      lastError: code,
    });
    expect(disk.events().at(-1)).toBe(`itemHeld ${code}`);
  });

  test.each([
    ['sealerRevoked', 'held', 'sealerRevoked'],
    ['sealerUnknown', 'held', 'sealerUnknown'],
    // of a platform that says more than is known here
    ['another', 'retry', 'malformedOnce'],
  ])('400 malformed, for %s: %s, as %s', async (reason, state, lastError) => {
    const answer = problemAnswer(400, 'malformed', {}, { reason });
    expect(await failing(() => answer)).toMatchObject({ state, lastError });
  });

  test('because the platform has not got the attachments any more: all of them go again', async () => {
    const item = await disk.store([10, 20]);
    line.answer = farEnd(() => problemAnswer(422, 'attachmentsMissing'));
    await sendItem(parts(), item);
    expect(disk.row(item)).toMatchObject({ state: 'retry', lastError: 'attachmentsMissing' });
    expect(attachmentsOf(disk.db, item.submissionId)).toMatchObject([
      { offset: 0, complete: false },
      { offset: 0, complete: false },
    ]);
    // any other failure leaves them there
    line.answer = farEnd(() => problemAnswer(500, 'internal'));
    await sendItem(parts(), disk.row(item));
    expect(attachmentsOf(disk.db, item.submissionId)).toMatchObject([
      { complete: true },
      { complete: true },
    ]);
  });

  test('a conflict of an attachment is no conflict of the item', async () => {
    const item = await disk.store();
    line.answer = () => problemAnswer(409, 'conflict');
    await sendItem(parts(), item);
    expect(disk.row(item)).toMatchObject({ state: 'retry', lastError: 'conflict' });
  });

  test('an envelope that is not filed yet goes out of the index', async () => {
    const item = await disk.store([], false);
    expect(disk.names()).toEqual([]);
    line.answer = farEnd(() => received(item));
    await sendItem(parts(), item);
    expect(await sha256Hex(line.asked.at(-1)!.body!)).toBe(item.envelopeSha256);
    expect(disk.row(item).state).toBe('received');
  });

  test.each([
    ['filesMissing', (path: string) => rmSync(path)],
    ['fileDamaged', (path: string) => writeFileSync(path, 'bianmin')],
  ])('%s: held, and nothing of the envelope goes out', async (code, harm) => {
    const item = await disk.store([]);
    harm(disk.blobs.pathOf(item.envelopeSha256));
    await sendItem(parts(), item);
    expect(disk.row(item)).toMatchObject({ state: 'held', lastError: code });
    expect(line.asked).toEqual([]);
  });
});

/** As if an attempt had been made before. */
const again = (item: ItemRow): ItemRow => ({ ...item, attempts: 1 });

describe('attachments', () => {
  test('go at once at the first attempt; later the platform is asked where it stands', async () => {
    const item = await disk.store([1]);
    line.answer = () => noAnswer('timeout');
    await sendItem(parts(), item);
    expect(asked()).toEqual(['PATCH']);
    line.answer = farEnd(() => received(item));
    await sendItem(parts(), disk.row(item));
    expect(asked()).toEqual(['PATCH', 'HEAD', 'PATCH', 'PUT']);
  });

  test('three at a time, and each once', async () => {
    const item = await disk.store([1, 2, 3, 4, 5]);
    let open = 0;
    let most = 0;
    const end = farEnd(() => received(item));
    line.answer = async (request) => {
      most = Math.max(most, ++open);
      // everybody who may ask does so before anybody is answered
      await new Promise((resolve) => setImmediate(resolve));
      open--;
      return end(request);
    };
    await sendItem(parts(), again(item));
    expect(disk.row(item).state).toBe('received');
    expect(most).toBe(3);
    expect(asked().filter((method) => method === 'PATCH')).toHaveLength(5);
  });

  test('one that fails keeps the envelope and the others that have not begun', async () => {
    const item = await disk.store([1, 2, 3, 4, 5]);
    line.answer = () => noAnswer('unreachable');
    await sendItem(parts(), again(item));
    expect(asked()).toEqual(['HEAD', 'HEAD', 'HEAD']);
    expect(disk.row(item)).toMatchObject({ state: 'retry', lastError: 'unreachable' });
    expect(disk.moments).not.toContain('attachment-sent');
  });

  test('one that must be held says more than one that may be tried again', async () => {
    const item = await disk.store([1, 2, 3]);
    const [, , last] = attachmentsOf(disk.db, item.submissionId);
    rmSync(disk.blobs.pathOf(last!.sha256));
    line.answer = async ({ method, path }) => {
      if (method !== 'HEAD' || !path.endsWith(last!.sha256)) return noAnswer('timeout');
      // long after the others failed
      for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
      return ok({ status: 404, headers: {}, body: Buffer.alloc(0) });
    };
    // a later attempt: each asks first
    await sendItem(parts(), { ...item, attempts: 1 });
    expect(asked()).toEqual(['HEAD', 'HEAD', 'HEAD']);
    expect(disk.row(item)).toMatchObject({ state: 'held', lastError: 'filesMissing' });
  });

  test('one that breaks waits for the others, and begins no more', async () => {
    const item = await disk.store([1, 2, 3, 4, 5]);
    const [first] = attachmentsOf(disk.db, item.submissionId);
    const path = disk.blobs.pathOf(first!.sha256);
    rmSync(path);
    mkdirSync(path);
    let answered = 0;
    const end = farEnd(() => received(item));
    line.answer = async (request) => {
      if (request.method !== 'HEAD') {
        // long after the first one broke
        for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
      }
      answered++;
      return end(request);
    };
    await expect(sendItem(parts(), again(item))).rejects.toThrow('EISDIR');
    expect(asked()).toEqual(['HEAD', 'HEAD', 'HEAD', 'PATCH', 'PATCH']);
    expect(answered).toBe(5);
  });
});
