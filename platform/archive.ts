import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Logger } from 'pino';
import { type SealedStore, fsyncFile, fsyncFolder, sha256OfFile, sizeOf } from './storage/files.ts';
import type { PlatformStorage } from './storage/port.ts';

/** What a pass did. `failed`: the watermark stays where it was, the terminals keep their copies. */
export type ArchivePass =
  | { readonly kind: 'nothingNew' | 'archived'; readonly archivedThrough: number }
  | { readonly kind: 'failed'; readonly archivedThrough: number; readonly reason: string };

/** Makes backups, reads them back, and only then moves the watermark. */
export interface Archive {
  /** One pass; passes never overlap. */
  run(): Promise<ArchivePass>;
  close(): Promise<void>;
}

const KEPT_COPIES = 3;

/** What the copy of the database is called that holds everything up to a cursor. */
const copyName = (through: number): string =>
  `platform-${String(through).padStart(12, '0')}.sqlite`;

/** Copies a sealed file into the archive, or finds it there, and reads it back from there. */
async function copyAndCheck(sha256: string, from: SealedStore, folder: string): Promise<void> {
  const target = join(folder, sha256.slice(0, 2), sha256);
  if ((await sizeOf(target)) === undefined) {
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    await from.copyTo(sha256, `${target}.part`);
    await fsyncFile(`${target}.part`);
    await rename(`${target}.part`, target);
  }
  // also when it was found there: whoever laid it there may have died before this
  await fsyncFolder(dirname(target));
  await fsyncFolder(folder);
  if ((await sha256OfFile(target)) !== sha256) {
    // set aside, so that the next pass copies anew and a person can look at it
    await rename(target, `${target}.damaged`);
    throw new Error('a file in the archive is damaged');
  }
}

/**
 * Opens the archive: a folder with copies of the database and of every sealed file. In the field it
 * lies on other disks than the data.
 *
 * @param parts.everyMs - a pass each so many milliseconds; 0 makes passes only on demand
 */
export function createArchive(parts: {
  readonly storage: PlatformStorage;
  readonly envelopes: SealedStore;
  readonly attachments: SealedStore;
  readonly folder: string;
  readonly everyMs: number;
  readonly log: Logger;
}): Archive {
  const { storage, folder, log } = parts;

  const pass = async (): Promise<ArchivePass> => {
    const before = await storage.archivedThrough();
    const wanted = await storage.items.lastCursor();
    // an archive that is not the one that was written (another disk, none mounted) gets everything once more
    const there = (await sizeOf(join(folder, copyName(before)))) !== undefined;
    const from = there ? before : 0;
    if (wanted <= from) return { kind: 'nothingNew', archivedThrough: before };
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await fsyncFolder(dirname(folder));
    const work = join(folder, 'platform.sqlite.part');
    await rm(work, { force: true });
    const arrival = await storage.audit.lastArrival();
    await storage.backupTo(work);
    await fsyncFile(work);
    const held = await storage.checkBackup(work);
    const { through } = held;
    if (through < wanted || held.items !== (await storage.items.count(through))) {
      throw new Error('the backup lacks items');
    }
    // of what the copy names, also of what came while it was made: else a platform that comes back from it
    // would say that it has what it has not
    const files = await storage.items.filesBetween(from, through);
    for (const sha256 of files.envelopes) {
      await copyAndCheck(sha256, parts.envelopes, join(folder, 'envelopes'));
    }
    for (const sha256 of files.attachments) {
      await copyAndCheck(sha256, parts.attachments, join(folder, 'attachments'));
    }
    await rename(work, join(folder, copyName(through)));
    await fsyncFolder(folder);
    await storage.setArchivedThrough(through);
    await storage.audit.setArchivedThrough(arrival);
    await dropOldCopies(folder);
    return { kind: 'archived', archivedThrough: through };
  };

  const guarded = async (): Promise<ArchivePass> => {
    try {
      return await pass();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      log.error({ reason }, 'archiving failed, nothing is called archived');
      const archivedThrough = await storage.archivedThrough().catch(() => 0);
      return { kind: 'failed', archivedThrough, reason };
    }
  };

  let running: Promise<unknown> = Promise.resolve();
  const run = (): Promise<ArchivePass> => {
    const next = running.then(guarded);
    running = next;
    return next;
  };
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  const later = (): void => {
    if (closed || parts.everyMs <= 0) return;
    timer = setTimeout(() => {
      running = run().then(later, later);
    }, parts.everyMs);
  };
  later();
  return {
    run,
    async close() {
      closed = true;
      clearTimeout(timer);
      await running;
    },
  };
}

async function dropOldCopies(folder: string): Promise<void> {
  const copies = (await readdir(folder)).filter((name) => /^platform-\d+\.sqlite$/.test(name));
  for (const name of copies.sort().slice(0, -KEPT_COPIES)) {
    await rm(join(folder, name), { force: true });
  }
}
