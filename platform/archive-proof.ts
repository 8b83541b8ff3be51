import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Logger } from 'pino';
import { copyName, setAside } from './archive-disk.ts';
import { ArchiveRefused, onArchive, readCopy } from './archive-trouble.ts';
import { isMissing } from './storage/files.ts';
import type { BackupContents, PlatformStorage } from './storage/port.ts';

/** Whether the copy that the watermark stands for is still what was read back: only then all before it counts as copied. */
export interface CopyProof {
  /**
   * A copy that changed is told; one that nothing can be read of is set aside.
   *
   * @throws ArchiveRefused when the disk does not say
   */
  holds(through: number): Promise<boolean>;
  /** To be called with a copy that was read back and has its name. */
  verified(through: number, contents: BackupContents): Promise<void>;
}

/** A file as it looks without being read; `undefined`: it is not there. */
async function lookAt(
  file: string,
): Promise<{ readonly size: number; readonly look: string } | undefined> {
  try {
    const { dev, ino, size, mtimeMs } = await stat(file);
    return { size, look: [file, dev, ino, size, mtimeMs].join(':') };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Reads a copy once a start, and again when it looks otherwise than it did: each pass asks. */
export function createCopyProof(storage: PlatformStorage, folder: string, log: Logger): CopyProof {
  /** How the copy looked when it was found to be what was verified. */
  let trusted: string | undefined;

  return {
    async holds(through) {
      const name = copyName(through);
      const file = join(folder, name);
      const seen = await onArchive(() => lookAt(file));
      if (!seen) return false;
      if (seen.look === trusted) return true;
      const noted = await storage.archivedCopy();
      const isNoted = noted?.name === name;
      const found =
        isNoted && noted.size !== seen.size
          ? undefined
          : await readCopy(() => storage.checkBackup(file));
      // of a copy of an earlier program nothing was noted: there what it holds must do
      const isSame = isNoted
        ? found?.sha256 === noted.sha256
        : found?.through === through && found.items === (await storage.items.count(through));
      if (isSame) {
        trusted = seen.look;
        return true;
      }
      const aside = found ? undefined : basename(await onArchive(() => setAside(file, 'damaged')));
      log.error(
        { name, aside },
        'the newest copy of the database in the archive is not what was read back: everything is copied and checked once more',
      );
      return false;
    },
    async verified(through, { sha256 }) {
      const name = copyName(through);
      const seen = await onArchive(() => lookAt(join(folder, name)));
      if (!seen) throw new ArchiveRefused('notMounted', 'the copy that was made is not there');
      await storage.setArchivedCopy({ name, size: seen.size, sha256 });
      trusted = seen.look;
    },
  };
}
