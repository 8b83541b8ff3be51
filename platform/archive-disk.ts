import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, stat, statfs, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { OtherCopies } from './archive-others.ts';
import type { CopyProof } from './archive-proof.ts';
import { ArchiveRefused, onArchive } from './archive-trouble.ts';
import { fsyncFile, fsyncFolder, isMissing, sizeOf } from './storage/files.ts';
import type { PlatformStorage } from './storage/port.ts';

/** What the copy of the database is called that holds everything up to a cursor. */
export function copyName(through: number): string {
  return `platform-${String(through).padStart(12, '0')}.sqlite`;
}

/** The copies in a folder, the oldest first; none where it is not there. */
export async function copiesIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  });
  return names.filter((name) => /^platform-\d+\.sqlite$/.test(name)).sort();
}

/**
 * Renames a file of the archive, so that it counts for nothing more and a person can look at it.
 *
 * @returns its new name
 */
export async function setAside(file: string, why: 'damaged' | 'other'): Promise<string> {
  let aside = `${file}.${why}`;
  for (let n = 1; (await sizeOf(aside)) !== undefined; n += 1) aside = `${file}.${why}.${n}`;
  await rename(file, aside);
  await fsyncFolder(dirname(file));
  return aside;
}

const MARKER = 'archive-id';

async function markerOf(folder: string): Promise<string | undefined> {
  if ((await sizeOf(join(folder, MARKER))) === undefined) return undefined;
  return (await readFile(join(folder, MARKER), 'utf8')).trim();
}

async function writeMarker(folder: string, id: string): Promise<void> {
  const file = join(folder, MARKER);
  await writeFile(`${file}.part`, `${id}\n`, { mode: 0o600 });
  await fsyncFile(`${file}.part`);
  await rename(`${file}.part`, file);
  await fsyncFolder(folder);
}

async function holdsCopies(folder: string): Promise<boolean> {
  return (await copiesIn(folder)).length > 0;
}

/** Which folder a path leads to, by the disk and the place on it; `undefined`: to none. */
async function leadsTo(folder: string): Promise<string | undefined> {
  try {
    const { dev, ino } = await stat(folder);
    return `${String(dev)}:${String(ino)}`;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/**
 * To be asked again and again: a pass may take hours, and a disk that drops out in the middle may be back a minute
 * later, without what was copied meanwhile.
 *
 * @throws ArchiveRefused when another folder lies where the pass began, or none
 */
export type StillThere = () => Promise<void>;

/** The folder, as far as the database knows it. */
export interface KnownArchive {
  /** All up to this cursor lies in it: the copy of the watermark proves it. */
  readonly from: number;
  /** Whether what was archived last is proved. */
  readonly isProved: boolean;
  /** Marks folder and database as belonging together; the folder must be there. */
  mark(): Promise<StillThere>;
}

/** Makes a folder in one that must be there: on a path whose disk is away none is made. */
export async function makeFolderIn(folder: string): Promise<void> {
  await mkdir(folder, { mode: 0o700 }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  });
}

/**
 * Looks whether a folder is the archive that was written before. One whose disk is not mounted is an empty
 * folder on the disk of the data: everything ever received would be copied beside the originals, until
 * no terminal is served any more.
 *
 * @param isNew - the operator says that another archive is meant: it gets everything once more
 * @throws ArchiveRefused when it is not
 */
export async function knownArchive(
  storage: PlatformStorage,
  folder: string,
  isNew: boolean,
  proof: CopyProof,
  others: OtherCopies,
): Promise<KnownArchive> {
  const before = await storage.archivedThrough();
  const id = await storage.archiveId();
  const [begun, marker, there, holds] = await onArchive(async () => [
    await leadsTo(folder),
    await markerOf(folder),
    (await sizeOf(join(folder, copyName(before)))) !== undefined,
    await holdsCopies(folder),
  ]);
  // an earlier program left no marker: there the copy that belongs to the watermark says which archive it is; a
  // database that knows of no archive begins one, but not where the copies of another one would make room for its own
  const same =
    id !== undefined && marker !== undefined
      ? id === marker
      : there || (id === undefined && before === 0 && !holds);
  if (!same && !isNew) {
    const isOther = marker !== undefined || holds;
    throw new ArchiveRefused(
      isOther ? 'otherDisk' : 'notMounted',
      'this is not the archive that was written before: is its disk mounted? nothing was copied; if it is to be a new one, say so with POST /v1/admin/archive?new=1',
    );
  }
  await others.setAside(before);
  // what is to be a new one gets everything, also where it holds the copy of the watermark
  const isBegun = before > 0 || (await storage.archivedRegistry()) !== '';
  const isProved = !isNew && (!isBegun || (await proof.holds(before)));
  return {
    from: isProved ? before : 0,
    isProved,
    async mark() {
      const next = marker ?? (same ? id : undefined) ?? randomBytes(16).toString('hex');
      if (marker === undefined) await onArchive(() => writeMarker(folder, next));
      // last: a marker that the database does not know is taken over, the other way round it would be refused
      if (id !== next) await storage.setArchiveId(next);
      const place = begun ?? (await onArchive(() => leadsTo(folder)));
      return () =>
        onArchive(async () => {
          // other disks have the same numbers, and a folder on the disk of the data may have the same marker
          if ((await leadsTo(folder)) === place && (await markerOf(folder)) === next) return;
          throw new ArchiveRefused(
            'notMounted',
            'the archive is not the folder any more with which the pass began: did its disk drop out? nothing is called archived',
          );
        });
    },
  };
}

const RESERVE_AT_MOST = 2 ** 30;

/**
 * Refuses what would leave less free on the disk of a folder than a twentieth of it, or 1 GiB where that is less.
 *
 * @throws ArchiveRefused when so many bytes have no room
 */
export async function requireRoom(folder: string, bytes: number): Promise<void> {
  const { bavail, blocks, bsize } = await onArchive(() => statfs(folder));
  const reserve = Math.min(RESERVE_AT_MOST, (blocks * bsize) / 20);
  if (bavail * bsize - bytes < reserve) {
    const inMiB = (n: number): string => String(Math.ceil(n / 2 ** 20));
    throw new ArchiveRefused(
      'noRoom',
      `the disk of the archive has no room: ${inMiB(bytes)} MiB are to be copied, ${inMiB(bavail * bsize)} are free, and ${inMiB(reserve)} stay free`,
    );
  }
}
