import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Decrypter } from 'age-encryption';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { parseEnvelope } from '../../../domain/envelope/header.ts';
import { parseReceiptNumber } from '../../../domain/receipt/number.ts';
import type { DurableCore } from '../durable.ts';
import { StorageError } from '../storage/storage-error.ts';
import { makeBench, submissionOf, until, type Bench } from './durable-bench.test-helper.ts';

// slow shared machines: nothing here depends on how long it takes
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

let bench: Bench;
beforeEach(async () => {
  bench = await makeBench();
});
afterEach(() => bench.close());

/** Enrolled, with keys, and the platform away from then on. */
async function offlineCore(): Promise<DurableCore> {
  const core = await bench.open();
  core.start();
  await until('taking', () => core.outbox.taking() === 'yes');
  bench.platform.behave = () => 'silence';
  return core;
}

const blobs = (): string[] => readdirSync(join(bench.folder, 'outbox', 'blobs'));

describe('a printed receipt is a promise: submitting', () => {
  test('before enrolment nothing is taken', async () => {
    const core = await bench.open();
    expect(core.outbox.taking()).toBe('notEnrolled');
    const result = await core.outbox.submit(submissionOf(core.outbox.newSubmissionId()));
    expect(result).toEqual({ ok: false, error: 'notEnrolled' });
  });

  test('what was stored is there after a restart, with the number, hash and QR that were given', async () => {
    const core = await offlineCore();
    const id = core.outbox.newSubmissionId();
    const stored = await core.outbox.submit(submissionOf(id));
    if (!stored.ok) throw new Error(stored.error);
    expect(parseReceiptNumber(stored.value.receiptNumber)).toMatchObject({
      region: '500199001',
      terminal: '001',
      sequence: 1,
    });
    expect(stored.value.qr).toMatch(/^https:\/\/verify\.example\/r\/[\w-]{128}$/);
    const again = await bench.open();
    expect(again.outbox.find(stored.value.receiptNumber)).toMatchObject({
      submissionId: id,
      envelopeSha256: stored.value.envelopeSha256,
    });
    // touching twice stores once, also after a restart
    expect(await again.outbox.submit(submissionOf(id))).toEqual(stored);
    expect(blobs()).toHaveLength(2);
    const verified = await again.verifyReceipt(stored.value.qr);
    // the key directory of the double was published before this terminal existed
    expect(verified).toMatchObject({ checkedOffline: true, signature: 'unknownKey' });
  });

  test('nothing of a person stands on the disk, and only the platform’s key opens it', async () => {
    const core = await offlineCore();
    const stored = await core.outbox.submit(
      submissionOf(core.outbox.newSubmissionId(), [9000, 10]),
    );
    if (!stored.ok) throw new Error(stored.error);
    await core.stop();
    for (const name of readdirSync(bench.folder, { recursive: true, encoding: 'utf8' })) {
      const path = join(bench.folder, name);
      try {
        expect(readFileSync(path).includes('张测试')).toBe(false);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EISDIR') throw error;
      }
    }
    const file = readFileSync(join(bench.folder, 'outbox', 'blobs', stored.value.envelopeSha256));
    const parsed = parseEnvelope(file, (bytes) => Buffer.from(bytes).toString())!;
    const open = new Decrypter();
    open.addIdentity(bench.identity);
    const clear = await open.decrypt(parsed.body);
    expect(clear.length % 4096).toBe(0);
    expect(JSON.parse(Buffer.from(clear).toString())).toMatchObject({ name: '张测试' });
  });

  test('an envelope opens with Debian’s age', async ({ skip }) => {
    try {
      execFileSync('age', ['--version'], { stdio: 'ignore' });
    } catch {
      console.log('NOT RUN: no age binary on PATH');
      skip();
    }
    const core = await offlineCore();
    const stored = await core.outbox.submit(submissionOf(core.outbox.newSubmissionId()));
    if (!stored.ok) throw new Error(stored.error);
    const key = join(bench.folder, 'identity.txt');
    writeFileSync(key, bench.identity, { mode: 0o600 });
    await bench.filed();
    const envelope = join(bench.folder, 'outbox', 'blobs', stored.value.envelopeSha256);
    const clear = execFileSync('sh', [
      '-c',
      'tail -n +2 "$1" | age -d -i "$2"',
      'sh',
      envelope,
      key,
    ]);
    expect(JSON.parse(clear.toString())).toMatchObject({ v: 1 });
  });

  test('twenty at once get twenty numbers without a gap', async () => {
    const core = await offlineCore();
    const results = await Promise.all(
      Array.from({ length: 20 }, () =>
        core.outbox.submit(submissionOf(core.outbox.newSubmissionId(), [100])),
      ),
    );
    const numbers = results.map((result) =>
      result.ok ? parseReceiptNumber(result.value.receiptNumber)!.sequence : 0,
    );
    expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
    expect(core.outbox.waiting()).toBe(20);
  });

  test('numbers go on after the last one of the terminal that stood here before', async () => {
    const day = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai' })
      .format(Date.now())
      .replaceAll('-', '')
      .slice(2);
    const { formatReceiptNumber } = await import('../../../domain/receipt/number.ts');
    bench.platform.lastReceiptNumber = formatReceiptNumber({
      region: '500199001',
      terminal: '001',
      date: day,
      sequence: 41,
    });
    const core = await offlineCore();
    const stored = await core.outbox.submit(submissionOf(core.outbox.newSubmissionId()));
    expect(stored.ok && parseReceiptNumber(stored.value.receiptNumber)?.sequence).toBe(42);
  });

  test('when composing fails nothing is left, and the next one works', async () => {
    const core = await offlineCore();
    const broken = submissionOf(core.outbox.newSubmissionId());
    const result = await core.outbox.submit({
      ...broken,
      compose: () => Promise.reject(new Error('no')),
    });
    expect(result).toEqual({ ok: false, error: 'storeFailed' });
    expect(blobs()).toEqual([]);
    expect((await core.outbox.submit(broken)).ok).toBe(true);
  });

  test('the backlog limit refuses before it is passed', async () => {
    await offlineCore();
    const core = await bench.open({ maxWaitingItems: 2 });
    for (const expected of [true, true, false]) {
      const result = await core.outbox.submit(submissionOf(core.outbox.newSubmissionId()));
      expect(result.ok).toBe(expected);
    }
    expect(core.outbox.taking()).toBe('backlogFull');
    expect(core.problems().map(({ code }) => code)).toContain('backlogFull');
  });

  test.each([
    ['bytes', { maxStoredBytes: 150_000 }],
    ['age', { maxWaitingDays: 0 }],
  ])(
    'the backlog limit by %s refuses with its word, and what waits is sent',
    async (_by, limit) => {
      await offlineCore();
      const core = await bench.open(limit);
      const submit = () => core.outbox.submit(submissionOf(core.outbox.newSubmissionId()));
      let taken = 0;
      for (let result = await submit(); result.ok; result = await submit()) taken++;
      expect(taken).toBeGreaterThan(0);
      expect(await submit()).toEqual({ ok: false, error: 'backlogFull' });
      bench.platform.behave = () => undefined;
      core.start();
      await until('all received', () => core.outbox.waiting() === 0);
      expect(bench.platform.items.size).toBe(taken);
    },
  );

  test.each([
    ['backlogFull', () => ({ maxStoredBytes: 150_000, sessionBytes: 100_000 })],
    // far above what is free, whatever others write meanwhile
    ['diskFull', () => ({ sessionBytes: 2 ** 52 })],
  ])(
    'nobody begins without room for a whole session (%s), and who is inside still finishes',
    async (word, limits) => {
      await offlineCore();
      const core = await bench.open(limits());
      const submit = () =>
        core.outbox.submit(submissionOf(core.outbox.newSubmissionId(), [40_000]));
      // began while there was room
      expect((await submit()).ok).toBe(true);
      expect(core.outbox.taking()).toBe(word);
      expect(core.problems().map(({ code }) => code)).toContain(word);
      expect((await submit()).ok).toBe(true);
    },
  );

  test('after a refusal for want of room nobody else fills in a form', async () => {
    await offlineCore();
    const core = await bench.open({ maxStoredBytes: 150_000, sessionBytes: 100_000 });
    const submit = () => core.outbox.submit(submissionOf(core.outbox.newSubmissionId(), [40_000]));
    let result = await submit();
    while (result.ok) result = await submit();
    expect(result.error).toBe('backlogFull');
    expect(core.outbox.taking()).toBe('backlogFull');
    expect(core.problems().map(({ code }) => code)).toContain('backlogFull');
  });

  test('too little room on the disk refuses before anything is written', async () => {
    await offlineCore();
    const core = await bench.open({ minFreeBytes: 2 ** 52 });
    const result = await core.outbox.submit(submissionOf(core.outbox.newSubmissionId()));
    expect(result).toEqual({ ok: false, error: 'diskFull' });
    expect(blobs()).toEqual([]);
  });

  test('a clock back in 1970 is noticed before the first exchange', async () => {
    await offlineCore();
    const core = await bench.open({}, (real) => ({
      ...real,
      clock: { ...real.clock, wall: () => 86_400_000 },
    }));
    expect(core.outbox.taking()).toBe('clockWrong');
    const result = await core.outbox.submit(submissionOf(core.outbox.newSubmissionId()));
    expect(result).toEqual({ ok: false, error: 'clockWrong' });
  });

  test('a clock that stands before the newest item is not believed', async () => {
    const core = await offlineCore();
    const stored = await core.outbox.submit(submissionOf(core.outbox.newSubmissionId()));
    expect(stored.ok).toBe(true);
    const later = await bench.open({}, (real) => ({
      ...real,
      clock: { ...real.clock, wall: () => Date.now() - 3 * 86_400_000 },
    }));
    expect(later.outbox.taking()).toBe('clockWrong');
  });
});

describe('a printed receipt is a promise: the index', () => {
  const index = (): string => join(bench.folder, 'outbox', 'index.db');

  test.each(['lost', 'broken', 'cut short'])(
    'an index that is %s is rebuilt from the envelopes',
    async (how) => {
      let core = await offlineCore();
      const stored = [];
      for (let n = 0; n < 3; n++) {
        const result = await core.outbox.submit(submissionOf(core.outbox.newSubmissionId()));
        if (result.ok) stored.push(result.value);
      }
      await core.stop();
      if (how === 'lost')
        for (const end of ['', '-wal', '-shm']) rmSync(index() + end, { force: true });
      if (how === 'broken') writeFileSync(index(), 'this was a database once '.repeat(400));
      if (how === 'cut short') writeFileSync(index(), readFileSync(index()).subarray(0, 9000));
      core = await bench.open();
      for (const item of stored) {
        expect(core.outbox.find(item.receiptNumber)).toMatchObject({
          submissionId: item.submissionId,
          state: 'queued',
          envelopeSha256: item.envelopeSha256,
        });
        // the very same text of the QR code, for the signature is deterministic
        expect(await core.outbox.submit(submissionOf(item.submissionId))).toEqual({
          ok: true,
          value: item,
        });
      }
      const next = await core.outbox.submit(submissionOf(core.outbox.newSubmissionId()));
      expect(next.ok && parseReceiptNumber(next.value.receiptNumber)?.sequence).toBe(4);
      expect(core.problems().map(({ code }) => code)).toContain('indexRebuilt');
      const old = readdirSync(join(bench.folder, 'outbox')).filter((name) =>
        name.includes('.broken-'),
      );
      expect(old.length > 0).toBe(how !== 'lost');
    },
  );

  test('a damaged envelope is set aside with its attachments, not deleted', async () => {
    let core = await offlineCore();
    const stored = await core.outbox.submit(submissionOf(core.outbox.newSubmissionId()));
    if (!stored.ok) throw new Error(stored.error);
    await core.stop();
    const path = join(bench.folder, 'outbox', 'blobs', stored.value.envelopeSha256);
    const bytes = readFileSync(path);
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(path, bytes);
    rmSync(index());
    core = await bench.open();
    expect(core.outbox.list()).toEqual([]);
    expect(readdirSync(join(bench.folder, 'outbox', 'set-aside'))).toHaveLength(2);
  });

  test('files that no row names are swept at the start', async () => {
    await offlineCore();
    const stray = join(bench.folder, 'outbox', 'blobs', 'a'.repeat(64));
    writeFileSync(stray, 'left by a crash');
    const core = await bench.open();
    expect(existsSync(stray)).toBe(false);
    expect(core.audit.latest(5).map(({ event }) => event)).toContain('strayFilesSwept');
  });

  test('an index of a newer program is refused with words, and not touched', async () => {
    const core = await offlineCore();
    await core.stop();
    const { DatabaseSync } = await import('node:sqlite');
    const database = new DatabaseSync(index());
    database.exec('PRAGMA user_version = 99');
    database.close();
    await expect(bench.open()).rejects.toThrow(StorageError);
    await expect(bench.open()).rejects.toThrow(/newer version of this program/);
    const again = new DatabaseSync(index());
    expect(again.prepare('PRAGMA user_version').get()).toEqual({ user_version: 99 });
    again.exec('PRAGMA user_version = 1');
    again.close();
  });
});
