import { SourceUnreadable } from './storage/port.ts';

/**
 * Why a pass of the archive failed, as far as an operator can do something about it. `data…`: not the disk of the
 * archive, but the platform's own, on which it receives. `filesLost`: files that it had received are gone, damaged or
 * cannot be read there; it asks the terminals for them, and has copied the others. `other`: the log says more.
 */
export type ArchiveTrouble =
  | 'notMounted'
  | 'otherDisk'
  | 'noRoom'
  | 'diskFails'
  | 'damaged'
  | 'dataNoRoom'
  | 'dataFails'
  | 'filesLost'
  | 'hangs'
  | 'other';

/** A pass that fails for a reason which the archive found itself, or in a step on its disk. */
export class ArchiveRefused extends Error {
  override readonly name = 'ArchiveRefused';
  readonly trouble: ArchiveTrouble;

  constructor(trouble: ArchiveTrouble, message: string, options?: ErrorOptions) {
    super(message, options);
    this.trouble = trouble;
  }
}

const NO_ROOM: readonly unknown[] = ['ENOSPC', 'EDQUOT'];
const DISK_FAILS: readonly unknown[] = [
  'EIO',
  'EROFS',
  'EACCES',
  'EPERM',
  'ENODEV',
  'ENXIO',
  'ESTALE',
];
/** https://sqlite.org/rescode.html: SQLITE_FULL; SQLITE_READONLY, _IOERR, _CANTOPEN; SQLITE_CORRUPT, _NOTADB */
const SQLITE_FULL = 13;
const SQLITE_DISK: readonly unknown[] = [8, 10, 14];
const SQLITE_DAMAGED: readonly unknown[] = [11, 26];
/** SQLITE_IOERR_READ, SQLITE_IOERR_SHORT_READ */
const SQLITE_READ: readonly unknown[] = [266, 522];

interface Codes {
  readonly code?: unknown;
  readonly errcode?: unknown;
}
const codesOf = (error: unknown): Codes => error ?? {};
const primaryOf = ({ errcode }: Codes): unknown =>
  typeof errcode === 'number' ? errcode & 0xff : undefined;

function faultOf(error: unknown): 'noRoom' | 'fails' | 'damaged' | 'other' {
  const codes = codesOf(error);
  const primary = primaryOf(codes);
  if (NO_ROOM.includes(codes.code) || primary === SQLITE_FULL) return 'noRoom';
  if (SQLITE_DAMAGED.includes(primary)) return 'damaged';
  return DISK_FAILS.includes(codes.code) || SQLITE_DISK.includes(primary) ? 'fails' : 'other';
}

type Troubles = Readonly<Record<ReturnType<typeof faultOf>, ArchiveTrouble>>;
const OF_ARCHIVE: Troubles = {
  noRoom: 'noRoom',
  fails: 'diskFails',
  damaged: 'damaged',
  other: 'other',
};
const OF_DATA: Troubles = {
  noRoom: 'dataNoRoom',
  fails: 'dataFails',
  damaged: 'dataFails',
  other: 'other',
};

/** Which trouble an error is that ended a pass: of a step that was not taken on the archive, the platform's own. */
export function troubleOf(error: unknown): ArchiveTrouble {
  return error instanceof ArchiveRefused ? error.trouble : OF_DATA[faultOf(error)];
}

/**
 * A step on the disk of the archive, and on no other: what fails in it is the archive's trouble.
 *
 * @param isOwn - errors that are the platform's own nevertheless
 * @throws ArchiveRefused
 */
export async function onArchive<T>(
  step: () => Promise<T>,
  isOwn: (error: unknown) => boolean = () => false,
): Promise<T> {
  try {
    return await step();
  } catch (error) {
    if (error instanceof ArchiveRefused || isOwn(error)) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new ArchiveRefused(OF_ARCHIVE[faultOf(error)], message, { cause: error });
  }
}

/**
 * Reads a copy in the archive.
 *
 * @returns `undefined` where nothing can be read of it
 * @throws ArchiveRefused where the disk is at fault
 */
export async function readCopy<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await onArchive(read);
  } catch (error) {
    const trouble = troubleOf(error);
    if (trouble === 'damaged' || trouble === 'other') return undefined;
    throw error;
  }
}

/** Whether copying the database failed in reading it. The copy, which is a new file, is only written. */
export function failedReading(error: unknown): boolean {
  if (error instanceof SourceUnreadable) return true;
  const codes = codesOf(error);
  return SQLITE_READ.includes(codes.errcode) || SQLITE_DAMAGED.includes(primaryOf(codes));
}
