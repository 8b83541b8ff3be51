import { copyFile, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../../../tests/platform-kit/platform.ts';
import type { NewItem } from '../port.ts';
import { type BackupChecker, checkerAtOnce, checkerOnThread } from './check-backup.ts';
import { openSqliteStorage } from './sqlite-storage.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder.remove());

const PLACE = '50019910012';

function itemNumber(n: number): NewItem {
  const id = n.toString(16).padStart(32, '0');
  return {
    submissionId: id,
    kind: 'application',
    receiptNumber: `${PLACE}261201${String(n).padStart(6, '0')}`,
    serviceId: 'unemployment-reg',
    handleItemCode: 'x',
    terminalId: 't1',
    place: PLACE,
    envelopeSha256: id + id,
    createdAt: '2026-12-01T00:00:00.000Z',
    receivedAt: '2026-12-01T00:00:00.000Z',
    attachments: [],
  };
}

it('a backup is made whoever writes meanwhile, and holds all that was told before it', async () => {
  const storage = openSqliteStorage(join(folder.path, 'platform.sqlite'));
  let told = 0;
  let over = false;
  const writing = (async () => {
    for (let n = 1; !over; n += 1) {
      await storage.items.receive(itemNumber(n), '2026-12-01');
      // and one that awaits in the middle of its transaction
      await storage.items.keepConflict(itemNumber(n).submissionId, 'f'.repeat(64), 't1', '');
      told = n;
    }
  })();
  try {
    for (let n = 0; n < 30; n += 1) {
      const before = told;
      const copy = join(folder.path, `copy-${n}.sqlite`);
      await storage.backupTo(copy);
      const { items } = await storage.checkBackup(copy);
      expect(items).toBeGreaterThanOrEqual(before);
    }
  } finally {
    over = true;
    await writing;
    await storage.close();
  }
});

describe('the check of a backup', () => {
  const ITEMS = 20;
  let copy: string;
  beforeEach(async () => {
    copy = join(folder.path, 'copy.sqlite');
    const storage = openSqliteStorage(join(folder.path, 'platform.sqlite'));
    for (let n = 1; n <= ITEMS; n += 1) await storage.items.receive(itemNumber(n), '2026-12-01');
    await storage.backupTo(copy);
    await storage.close();
  });

  /** How many steps the thread that asked made meanwhile, of these; steps in which no message of a thread comes. */
  const STEPS = 1_000;
  async function stepsDuring(check: Promise<unknown>): Promise<number> {
    let steps = 0;
    const stepping = (async () => {
      for (; steps < STEPS; steps += 1) await Promise.resolve();
    })();
    await check;
    const during = steps;
    await stepping;
    return during;
  }

  /** What this thread asks databases meanwhile; each thread has a class of its own. */
  async function askedHere(check: () => Promise<unknown>): Promise<readonly string[]> {
    const spies = (['prepare', 'exec'] as const).map((ask) =>
      vi.spyOn(DatabaseSync.prototype, ask),
    );
    try {
      await check();
      return spies.flatMap((spy) => spy.mock.calls.map(([sql]) => sql));
    } finally {
      for (const spy of spies) spy.mockRestore();
    }
  }

  it('reads the database on a thread of its own and leaves the one that serves alone', async () => {
    const storage = openSqliteStorage(join(folder.path, 'platform.sqlite'));
    try {
      // not by itself, whenever it may be, nor by waiting for the other one
      expect(await askedHere(() => storage.checkBackup(copy))).toEqual([]);
      expect(await stepsDuring(storage.checkBackup(copy))).toBe(STEPS);
      expect(await storage.checkBackup(copy)).toEqual(await checkerAtOnce.check(copy));
      expect((await storage.checkBackup(copy)).items).toBe(ITEMS);
    } finally {
      await storage.close();
    }
    // as a simulation has it: over before anything else happens
    expect(await stepsDuring(checkerAtOnce.check(copy))).toBeLessThan(STEPS);
    expect(await askedHere(() => checkerAtOnce.check(copy))).toContain('PRAGMA integrity_check');
  });

  it.each<[string, () => BackupChecker]>([
    ['on a thread', checkerOnThread],
    ['at once', () => checkerAtOnce],
  ])('finds nothing good in a damaged or missing one, and goes on (%s)', async (_where, make) => {
    const checker = make();
    const sound = join(folder.path, 'sound.sqlite');
    await copyFile(copy, sound);
    const handle = await open(copy, 'r+');
    await handle.write(Buffer.alloc(4096, 0xaa), 0, 4096, 8192);
    await handle.close();
    const nonsense = join(folder.path, 'nonsense.sqlite');
    await writeFile(nonsense, 'no database at all, whatever its name says');
    try {
      const checks = [copy, nonsense, join(folder.path, 'nowhere.sqlite'), sound, sound];
      const told = await Promise.allSettled(checks.map((file) => checker.check(file)));
      const failed = (message: RegExp) => ({
        status: 'rejected',
        reason: expect.objectContaining({
          message: expect.stringMatching(message) as string,
        }) as Error,
      });
      const good = {
        status: 'fulfilled',
        value: expect.objectContaining({ items: ITEMS }) as object,
      };
      expect(told).toEqual([
        failed(/damaged|malformed/),
        failed(/not a database/),
        failed(/unable to open/),
        good,
        good,
      ]);
      // by this the archive tells that it is the disk
      expect(told[2]).toMatchObject({ reason: { errcode: 14 } });
    } finally {
      await checker.close();
    }
  });

  it.each(['', 'process.exit(0)'])(
    'finds nothing good where its thread ends without a word (%j)',
    async (text) => {
      const silent = checkerOnThread(new URL(`data:text/javascript,${text}`));
      await expect(silent.check(copy)).rejects.toThrow('without a word');
      await expect(silent.check(copy)).rejects.toThrow('without a word');
      await silent.close();
    },
  );
});
