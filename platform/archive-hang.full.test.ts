import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../tests/platform-kit/platform.ts';
import { HANGS_AFTER_MS, watchArchive } from './archive-state.ts';
import { type Archive, createArchive } from './archive.ts';
import { type HashedFiles, openHashedFiles, sha256Hex } from './storage/files.ts';
import type { PlatformStorage } from './storage/port.ts';
import { openSqliteStorage } from './storage/sqlite/sqlite-storage.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let storage: PlatformStorage;
let backups: number;
const PAPERS = ['first', 'second'].map((text) => Buffer.from(text));

/** For each paper: that its copy was asked for, and when the disk answers. */
const steps = (): { asked: PromiseWithResolvers<void>; answers: PromiseWithResolvers<void> }[] =>
  PAPERS.map(() => ({ asked: Promise.withResolvers(), answers: Promise.withResolvers() }));
let disk: ReturnType<typeof steps>;
let archive: Archive;

beforeEach(async () => {
  folder = await temporaryFolder();
  storage = openSqliteStorage(join(folder.path, 'platform.sqlite'));
  const files: HashedFiles = await openHashedFiles(join(folder.path, 'files'));
  const envelope = Buffer.from('an envelope');
  for (const bytes of [envelope, ...PAPERS]) await files.put(sha256Hex(bytes), bytes);
  await storage.items.receive(
    {
      ...{ submissionId: '1'.padStart(32, '0'), kind: 'application', serviceId: 's' },
      ...{ receiptNumber: '50019910012126120100001', handleItemCode: 'x', terminalId: 't1' },
      ...{ place: '500199100121', envelopeSha256: sha256Hex(envelope) },
      createdAt: '2026-12-01T00:00:00.000Z',
      receivedAt: '2026-12-01T00:00:00.000Z',
      attachments: PAPERS.map((paper) => ({ sha256: sha256Hex(paper), size: paper.length })),
    },
    '2026-12-01',
  );
  // the time goes only where a test moves it; disk and threads are real
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  disk = steps();
  let copies = 0;
  backups = 0;
  archive = createArchive({
    storage: {
      ...storage,
      backupTo(file) {
        backups += 1;
        return storage.backupTo(file);
      },
    },
    envelopes: files,
    attachments: {
      ...files,
      async copyTo(sha256, file) {
        const step = disk[copies];
        copies += 1;
        step?.asked.resolve();
        await step?.answers.promise;
        await files.copyTo(sha256, file);
      },
    },
    folder: join(folder.path, 'archive'),
    everyMs: 0,
    log: pino({ level: 'silent' }),
  });
});
afterEach(async () => {
  vi.useRealTimers();
  await storage.close();
  await folder.remove();
});

const MINUTE = 60_000;
const hangs = { kind: 'failed', trouble: 'hangs', archivedThrough: 0 };

describe('while a pass hangs', () => {
  it('those are answered too that had waited for it, and are not made when it goes on after all', async () => {
    const hanging = archive.run();
    await disk[0]?.asked.promise;
    await vi.advanceTimersByTimeAsync(10 * MINUTE);
    const answered: unknown[] = [];
    const waiting = [archive.run(), archive.run(true)].map(async (pass) => {
      answered.push(await pass);
    });
    await vi.advanceTimersByTimeAsync(HANGS_AFTER_MS - 10 * MINUTE - 1);
    expect(answered).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    await Promise.all(waiting);
    expect(answered).toMatchObject([hangs, hangs]);
    // it goes on; one that is asked for now waits for it
    disk[0]?.answers.resolve();
    await disk[1]?.asked.promise;
    const next = archive.run();
    disk[1]?.answers.resolve();
    expect(await hanging).toMatchObject({ kind: 'archived' });
    expect(await next).toMatchObject({ kind: 'nothingNew' });
    expect(backups).toBe(1);
  });

  it('who waited for what is over leaves no timer behind', async () => {
    const watch = watchArchive(Date.now);
    const before = vi.getTimerCount();
    watch.step();
    const over = Promise.withResolvers<undefined>();
    const waiting = watch.overOrHangs(over.promise);
    expect(vi.getTimerCount()).toBe(before + 1);
    over.resolve(undefined);
    expect(await waiting).toBe(undefined);
    expect(vi.getTimerCount()).toBe(before);
  });

  it('one that takes its time, file by file, is waited for', async () => {
    const slow = archive.run();
    const next = archive.run();
    for (const step of disk) {
      await step.asked.promise;
      await vi.advanceTimersByTimeAsync(HANGS_AFTER_MS - 1);
      step.answers.resolve();
    }
    expect(await slow).toMatchObject({ kind: 'archived' });
    expect(await next).toMatchObject({ kind: 'nothingNew' });
  });

  it('closing does not wait for it, and what it does later is nothing', async () => {
    const hanging = archive.run();
    await disk[0]?.asked.promise;
    await vi.advanceTimersByTimeAsync(10 * MINUTE);
    const closing = archive.close();
    await vi.advanceTimersByTimeAsync(HANGS_AFTER_MS - 10 * MINUTE);
    await closing;
    // also where it hangs already
    await archive.close();
    disk[0]?.answers.resolve();
    expect(await hanging).toMatchObject({ kind: 'failed', archivedThrough: 0 });
    expect(await storage.archivedThrough()).toBe(0);
  });
});

it('a clock that is set back makes nobody wait longer than a pass may take for a step', async () => {
  const watch = watchArchive(Date.now);
  watch.step();
  vi.setSystemTime(Date.now() - 24 * 60 * MINUTE);
  const told = watch.overOrHangs(new Promise(() => undefined));
  watch.step();
  await vi.advanceTimersByTimeAsync(HANGS_AFTER_MS);
  expect(await told).toBeDefined();
});
