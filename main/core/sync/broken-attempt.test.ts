import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { broken, NOON } from '../outbox/disk.test-helper.ts';
import { moveItem } from '../outbox/move-item.ts';
import { attachmentsOf, saveProgress, type ItemRow } from '../storage/item-rows.ts';
import { noAnswer } from './line.test-helper.ts';
import {
  changed,
  disk,
  farEnd,
  line,
  parts,
  received,
  useSending,
} from './send-item.test-helper.ts';
import { noteBrokenAttempt, sendItem } from './send-item.ts';
import { longestWaitMs } from './try-again.ts';

useSending();

test('an envelope that cannot be read is the loop’s to tell, and the item goes behind the others', async () => {
  const item = await disk.store([]);
  const path = disk.blobs.pathOf(item.envelopeSha256);
  rmSync(path);
  mkdirSync(path);
  const error: unknown = await sendItem(parts(), item).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'EISDIR' });
  expect(disk.row(item).state).toBe('sending');
  expect(noteBrokenAttempt(parts(), item.submissionId, error)).toBe(true);
  expect(disk.row(item)).toMatchObject({
    state: 'retry',
    lastError: 'readFailed',
    notBefore: NOON + 999,
  });
  expect(changed).toHaveLength(2);
  // nothing is sent: there is nothing to note
  expect(noteBrokenAttempt(parts(), item.submissionId, error)).toBe(false);
  expect(noteBrokenAttempt(parts(), 'unknown', error)).toBe(false);
  expect(changed).toHaveLength(2);
  // again: it may be put right, and is no word of the disk's
  await expect(sendItem(parts(), disk.row(item))).rejects.toThrow('EISDIR');
  expect(noteBrokenAttempt(parts(), item.submissionId, error)).toBe(true);
  expect(disk.row(item)).toMatchObject({ state: 'retry', lastError: 'readFailed' });
});

test('what is thrown that is no error is no word of the disk’s either', async () => {
  const item = await disk.store([]);
  for (const thrown of [undefined, null, 'EIO']) {
    await sendItem(parts({ onChange: broken }), disk.row(item)).catch(() => undefined);
    expect(noteBrokenAttempt(parts(), item.submissionId, thrown)).toBe(true);
  }
  expect(disk.row(item).state).toBe('retry');
});

test.each([
  ['EBADMSG', -74],
  ['EUCLEAN', -117],
  ['ENODATA', -61],
])(
  'what a file system or a device calls %s is the disk’s word as EIO is: twice, and it is held',
  async (_name, errno) => {
    const item = await disk.store([]);
    // Node names them not all
    const code = `Unknown system error ${String(errno)}`;
    for (const after of [
      { state: 'retry', lastError: 'unreadable' },
      { state: 'held', lastError: 'fileDamaged' },
    ]) {
      await sendItem(parts({ onChange: broken }), disk.row(item)).catch(() => undefined);
      const error = Object.assign(new Error(code), { code, errno });
      expect(noteBrokenAttempt(parts(), item.submissionId, error)).toBe(true);
      expect(disk.row(item)).toMatchObject(after);
    }
  },
);

/** What gives EIO to whoever reads its beginning: the unmapped first page of this process. */
const unreadable = (path: string): void => {
  rmSync(path);
  symlinkSync('/proc/self/mem', path);
};
const broke = async (item: ItemRow): Promise<void> => {
  const error: unknown = await sendItem(parts(), disk.row(item)).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'EIO' });
  expect(noteBrokenAttempt(parts(), item.submissionId, error)).toBe(true);
};

describe.skipIf(process.platform !== 'linux')('because the disk cannot read', () => {
  test.each([
    ['the envelope', (item: ItemRow) => item.envelopeSha256],
    ['an attachment', (item: ItemRow) => attachmentsOf(disk.db, item.submissionId)[0]!.sha256],
  ])('%s: once may pass in some minutes, then it is held for a person', async (what, named) => {
    const item = await disk.store(what === 'an attachment' ? [10] : []);
    unreadable(disk.blobs.pathOf(named(item)));
    line.answer = farEnd(() => received(item));
    await broke(item);
    expect(disk.row(item)).toMatchObject({
      state: 'retry',
      lastError: 'unreadable',
      notBefore: NOON + 300_000,
    });
    expect(disk.events().at(-1)).toBe('attemptFailed unreadable');
    await broke(item);
    expect(disk.row(item)).toMatchObject({ state: 'held', lastError: 'fileDamaged' });
    expect(disk.events().at(-1)).toBe('itemHeld fileDamaged');
    expect(changed).toHaveLength(4);
    // let go by a person it has both tries again
    moveItem(disk.db, disk.audit, item.submissionId, { type: 'released' });
    await broke(item);
    expect(disk.row(item).state).toBe('retry');
    await broke(item);
    expect(disk.row(item).state).toBe('held');
  });

  test('after another error than the disk’s: not in a row', async () => {
    const item = await disk.store([]);
    const path = disk.blobs.pathOf(item.envelopeSha256);
    rmSync(path);
    mkdirSync(path);
    const error: unknown = await sendItem(parts(), item).catch((thrown: unknown) => thrown);
    expect(noteBrokenAttempt(parts(), item.submissionId, error)).toBe(true);
    rmSync(path, { recursive: true });
    symlinkSync('/proc/self/mem', path);
    await broke(item);
    expect(disk.row(item)).toMatchObject({ state: 'retry', lastError: 'unreadable' });
  });

  test('with a ceiling beyond those minutes it waits as others do', async () => {
    const item = await disk.store([]);
    unreadable(disk.blobs.pathOf(item.envelopeSha256));
    disk.db.run('UPDATE item SET attempts = 19');
    const error: unknown = await sendItem(parts(), disk.row(item)).catch(
      (thrown: unknown) => thrown,
    );
    expect(
      noteBrokenAttempt(parts({ backoffCeilingMs: 3_600_000 }), item.submissionId, error),
    ).toBe(true);
    expect(disk.row(item).notBefore).toBe(NOON + 3_599_999);
    expect(longestWaitMs(disk.row(item), 3_600_000)).toBe(3_600_000);
  });

  test('twice, and something else between: not in a row', async () => {
    const item = await disk.store([10]);
    unreadable(disk.blobs.pathOf(item.envelopeSha256));
    line.answer = farEnd(() => received(item));
    await broke(item);
    saveProgress(disk.db, item.submissionId, { position: 0, offset: 0, complete: false });
    line.answer = () => noAnswer('timeout');
    await sendItem(parts(), disk.row(item));
    line.answer = farEnd(() => received(item));
    await broke(item);
    expect(disk.row(item)).toMatchObject({ state: 'retry', lastError: 'unreadable' });
  });
});
