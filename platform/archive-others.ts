import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Logger } from 'pino';
import { copiesIn, setAside } from './archive-disk.ts';
import { onArchive, readCopy } from './archive-trouble.ts';
import { isMissing } from './storage/files.ts';
import type { PlatformStorage } from './storage/port.ts';

const SET_ASIDE = /^platform-\d+\.sqlite\.other(\.\d+)?$/;

/**
 * Copies of the database that hold what this one does not know: it came back from an older backup, or the folder was
 * another platform's. By their names they may be the newest, and in time they would make room for its own.
 */
export interface OtherCopies {
  /**
   * Sets them aside, and tells it.
   *
   * @param before - the watermark: a copy of after it is looked into, also where its number was given again
   * @throws ArchiveRefused when the disk does not let it
   */
  setAside(before: number): Promise<void>;
  /** How many lie aside, as seen with the last pass. */
  count(): number;
}

/** Of the copies in a folder. */
export function createOtherCopies(
  storage: PlatformStorage,
  folder: string,
  log: Logger,
): OtherCopies {
  /** Copies of after the watermark that were looked into and are its own. */
  const own = new Set<string>();
  let aside = 0;

  const isOther = async (name: string, before: number): Promise<boolean> => {
    const through = Number(/\d+/.exec(name)?.[0]);
    // of before the first event
    if (through === 0) return false;
    const event = await storage.items.eventAt(through);
    if (!event) return true;
    if (through <= before || own.has(name)) return false;
    const found = await readCopy(() => storage.checkBackup(join(folder, name)));
    const isOwn =
      found?.newest?.submissionId === event.submissionId && found.newest.at === event.at;
    if (isOwn) own.add(name);
    return !isOwn;
  };

  return {
    async setAside(before) {
      for (const name of await onArchive(() => copiesIn(folder))) {
        if (!(await isOther(name, before))) continue;
        const as = basename(await onArchive(() => setAside(join(folder, name), 'other')));
        log.error(
          { name, as },
          'a copy of the database in the archive holds what this platform does not know: did it come back from an older backup? the copy was set aside',
        );
      }
      const names = await onArchive(() =>
        readdir(folder).catch((error: unknown) => {
          if (isMissing(error)) return [];
          throw error;
        }),
      );
      aside = names.filter((name) => SET_ASIDE.test(name)).length;
    },
    count: () => aside,
  };
}
