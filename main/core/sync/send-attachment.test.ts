import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { err, ok } from '../../../domain/result.ts';
import { makeDisk, type Disk } from '../outbox/disk.test-helper.ts';
import {
  attachmentsOf,
  saveProgress,
  type AttachmentRow,
  type ItemRow,
} from '../storage/item-rows.ts';
import { json, makeLine, noAnswer, page, problemAnswer, type Line } from './line.test-helper.ts';
import { asSendFailure, sendAttachment } from './send-attachment.ts';

let disk: Disk;
let line: Line;
let item: ItemRow;
/** What the far end holds. */
let held: Buffer | undefined;
let chunk: number;
let paced: string[];
beforeEach(async () => {
  disk = await makeDisk();
  item = await disk.store([10]);
  line = makeLine();
  line.answer = farEnd;
  held = undefined;
  chunk = 10_000;
  paced = [];
});
afterEach(() => disk.close());

const row = (): AttachmentRow => attachmentsOf(disk.db, item.submissionId)[0]!;
const path = (): string => disk.blobs.pathOf(row().sha256);
const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const stands = (offset: string, length = String(row().size)) =>
  ok({
    status: 200,
    headers: { 'upload-offset': offset, 'upload-length': length },
    body: Buffer.alloc(0),
  });
const nothing = ok({ status: 404, headers: {}, body: Buffer.alloc(0) });
const progress = (offset: number, complete = false, sha256 = row().sha256) =>
  json(200, { result: 'stored', sha256, offset, complete });

/** A far end that keeps the contract. */
const farEnd: Line['answer'] = ({ method, body }) => {
  if (method === 'HEAD') return held ? stands(String(held.length)) : nothing;
  held = Buffer.concat([held ?? Buffer.alloc(0), body ?? Buffer.alloc(0)]);
  return progress(held.length, held.length === row().size);
};
/** The same, but for what the test says of the chunks. */
const chunksAnswered = (answer: Line['answer']): void => {
  line.answer = (request) => (request.method === 'HEAD' ? farEnd(request) : answer(request));
};
const send = (untried = false) =>
  sendAttachment(
    {
      db: disk.db,
      blobs: disk.blobs,
      client: line.client,
      clock: disk.clock,
      pace: {
        bytes: () => chunk,
        went: (bytes, since) => void paced.push(`${bytes} since ${since}`),
        failed: () => void paced.push('failed'),
      },
    },
    item.submissionId,
    row(),
    untried,
  );
const methods = (): string[] => line.asked.map(({ method }) => method);
const retry = (code: string) => err({ kind: 'retry', code });
const kept = (code: string) => err({ kind: 'held', code });
const NONSENSE = retry('attachmentAnswerNonsense');

describe('a sealed file on its way', () => {
  test('goes in pieces from nothing to its end, and the index says how far', async () => {
    disk.clock.go(42);
    const { size, sha256 } = row();
    expect(size).toBeGreaterThan(10_000);
    const offsets: number[] = [];
    chunksAnswered((request) => {
      offsets.push(row().offset);
      return farEnd(request);
    });
    expect(await send()).toEqual(ok(true));
    expect(hash(held!)).toBe(sha256);
    expect(offsets).toEqual([0, 10_000]);
    expect(row()).toMatchObject({ offset: size, complete: true });
    expect(paced).toEqual(['10000 since 42', `${size - 10_000} since 42`]);
    const headers = {
      'content-type': 'application/offset+octet-stream',
      'upload-length': String(size),
      authorization: 'Bearer token',
    };
    const url = `/v1/attachments/${sha256}`;
    expect(line.asked).toMatchObject([
      { method: 'HEAD', path: url },
      { method: 'PATCH', path: url, headers: { ...headers, 'upload-offset': '0' } },
      { method: 'PATCH', path: url, headers: { ...headers, 'upload-offset': '10000' } },
    ]);
  });

  test('never sent before, goes without asking; a platform that has it says so, and is asked then', async () => {
    expect(await send(true)).toEqual(ok(true));
    expect(methods()).toEqual(['PATCH', 'PATCH']);
    // the platform has it of another one's stick, and this index knows nothing of it
    saveProgress(disk.db, item.submissionId, { position: 0, offset: 0, complete: false });
    line.asked.length = 0;
    chunksAnswered(() => problemAnswer(409, 'offsetMismatch'));
    expect(await send(true)).toEqual(ok(true));
    expect(methods()).toEqual(['PATCH', 'HEAD']);
    expect(row().complete).toBe(true);
  });

  test('goes on where the platform stands, wherever this terminal thought it was', async () => {
    const { size, sha256 } = row();
    const bytes = Buffer.from(await disk.blobs.read(sha256));
    held = bytes.subarray(0, size - 1);
    expect(await send()).toEqual(ok(true));
    expect(hash(held)).toBe(sha256);
    expect(paced).toEqual(['1 since 0']);
    // lost by the platform since
    held = undefined;
    expect(row().complete).toBe(true);
    expect(await send()).toEqual(ok(true));
    expect(hash(held!)).toBe(sha256);
  });

  test('is not sent when the platform has it whole', async () => {
    held = Buffer.alloc(row().size);
    expect(await send()).toEqual(ok(true));
    expect(methods()).toEqual(['HEAD']);
    expect(row()).toMatchObject({ offset: row().size, complete: true });
  });
});

describe('where the platform stands is believed only in its own words', () => {
  test.each([
    ['another length', () => stands('0', '7')],
    ['no number', () => stands('x')],
    ['a number and more', () => stands('1x')],
    ['more and a number', () => stands('x1')],
    ['too long a number', () => stands('0'.repeat(13))],
    [
      'no offset',
      () =>
        ok({
          status: 200,
          headers: { 'upload-length': String(row().size) },
          body: Buffer.alloc(0),
        }),
    ],
    [
      'no length',
      () => ok({ status: 200, headers: { 'upload-offset': '0' }, body: Buffer.alloc(0) }),
    ],
    ['another status', () => ({ ...stands('0'), value: { ...stands('0').value, status: 203 } })],
    ['a page', () => page(200)],
  ])('%s: nothing goes out', async (_what, answer) => {
    line.answer = answer;
    const result = await send();
    expect(result).toMatchObject({ ok: false, error: { kind: 'retry' } });
    expect(!result.ok && result.error.code).toMatch(/^notThePlatform20[03]$/);
    expect(methods()).toEqual(['HEAD']);
    expect(row()).toMatchObject({ offset: 0, complete: false });
  });

  test('behind the end of the file is nonsense', async () => {
    line.answer = () => stands(String(row().size + 1));
    expect(await send()).toEqual(NONSENSE);
    expect(methods()).toEqual(['HEAD']);
  });

  test('twelve digits are read', async () => {
    line.answer = () => stands('999999999999');
    expect(await send()).toEqual(NONSENSE);
  });

  test('no answer is tried later', async () => {
    line.answer = () => noAnswer('timeout');
    expect(await send()).toEqual(retry('timeout'));
    expect(paced).toEqual([]);
  });
});

describe('the answer to a piece', () => {
  test.each([
    ['goes back', () => progress(0)],
    ['stays', () => progress(5)],
    ['is the end, but not whole', () => progress(row().size)],
    ['is past the end', () => progress(row().size + 1)],
    ['is whole before the end', () => progress(row().size - 1, true)],
    ['is whole past the end', () => progress(row().size + 1, true)],
  ])('%s: nonsense, and the index keeps what it knew', async (_what, answer) => {
    held = Buffer.alloc(5);
    chunksAnswered(answer);
    expect(await send()).toEqual(NONSENSE);
    expect(row()).toMatchObject({ offset: 5, complete: false });
    expect(methods()).toEqual(['HEAD', 'PATCH']);
  });

  test('one byte on is on', async () => {
    const answers = [progress(1), progress(2), progress(row().size, true)];
    chunksAnswered(() => answers.shift()!);
    expect(await send()).toEqual(ok(true));
    const sent = line.asked.slice(1).map(({ headers }) => headers?.['upload-offset']);
    expect(sent).toEqual(['0', '1', '2']);
  });

  test.each([
    ['of another file', () => progress(10_000, false, 'f'.repeat(64))],
    [
      'with another status',
      () => json(201, { result: 'stored', sha256: row().sha256, offset: 10_000, complete: false }),
    ],
    ['as a page', () => page(200)],
  ])('%s is not the platform’s: the line is asked for less', async (_what, answer) => {
    chunksAnswered(answer);
    const result = await send();
    expect(!result.ok && result.error.code).toMatch(/^notThePlatform20[01]$/);
    expect(paced).toEqual(['failed']);
    expect(row().offset).toBe(0);
  });

  test('none: the line is asked for less', async () => {
    chunksAnswered(() => noAnswer('timeout'));
    expect(await send()).toEqual(retry('timeout'));
    expect(paced).toEqual(['failed']);
  });

  test('a refusal says nothing of the line', async () => {
    chunksAnswered(() => problemAnswer(413, 'tooLarge'));
    expect(await send()).toEqual(kept('tooLarge'));
    expect(paced).toEqual([]);
    chunksAnswered(() => problemAnswer(429, 'slowDown', { 'retry-after': '3' }));
    expect(await send()).toEqual(err({ kind: 'retry', code: 'slowDown', retryAfterMs: 3000 }));
  });

  test('that the platform stands elsewhere: it is asked again, three times and no more', async () => {
    chunksAnswered(() => problemAnswer(409, 'offsetMismatch'));
    expect(await send()).toEqual(retry('offsetMismatch'));
    expect(methods()).toEqual(['HEAD', 'PATCH', 'HEAD', 'PATCH', 'HEAD', 'PATCH']);
    let times = 0;
    chunksAnswered((request) =>
      times++ < 2 ? problemAnswer(409, 'offsetMismatch') : farEnd(request),
    );
    expect(await send()).toEqual(ok(true));
  });

  test('that its bytes were not ours: it begins anew while the file is good', async () => {
    held = Buffer.alloc(5);
    chunksAnswered(() => problemAnswer(422, 'hashMismatch'));
    expect(await send()).toEqual(retry('hashMismatch'));
    expect(row()).toMatchObject({ offset: 0, complete: false });
    const damaged = Buffer.from(await disk.blobs.read(row().sha256));
    damaged[0]! ^= 1;
    writeFileSync(path(), damaged);
    expect(await send()).toEqual(kept('fileDamaged'));
  });
});

describe('the file here', () => {
  test('cut short: kept for a person, and nothing of it goes out', async () => {
    writeFileSync(path(), Buffer.alloc(9_999));
    expect(await send()).toEqual(kept('fileDamaged'));
    expect(methods()).toEqual(['HEAD']);
  });

  test('gone: kept for a person', async () => {
    rmSync(path());
    expect(await send()).toEqual(kept('filesMissing'));
  });

  test('unreadable: an error of the disk, for the loop to tell', async () => {
    rmSync(path());
    mkdirSync(path());
    await expect(send()).rejects.toThrow('EISDIR');
  });
});

test('which failures are for a person', () => {
  const problem = { kind: 'problem', status: 400, retryAfterMs: 9 } as const;
  expect(asSendFailure({ ...problem, code: 'malformed' })).toEqual(kept('malformed').error);
  expect(asSendFailure({ ...problem, code: 'tooLarge' })).toEqual(kept('tooLarge').error);
  expect(asSendFailure({ ...problem, code: 'conflict' })).toEqual({
    kind: 'retry',
    code: 'conflict',
    retryAfterMs: 9,
  });
  expect(asSendFailure({ kind: 'nonsense', status: 502 })).toEqual(
    retry('notThePlatform502').error,
  );
});
