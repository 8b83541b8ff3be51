import { z } from 'zod';
import { isOfDisk } from '../../../domain/disk-errors.ts';

/** Why the store could not be opened. `message` names the file and the remedy. */
export class StorageError extends Error {
  override readonly name = 'StorageError';
  readonly code:
    | 'newerThanProgram'
    | 'inUse'
    | 'lockNotWritable'
    | 'lockDamaged'
    | 'lockLost'
    | 'cannotOpen'
    | 'migrationFailed';

  constructor(code: StorageError['code'], message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** Whether an error says that the disk is full: from the file system or from SQLite. */
export function isDiskFull(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  // 13 is SQLITE_FULL; extended codes keep the base code in the low byte
  return (
    code === 'ENOSPC' ||
    code === 'EDQUOT' ||
    (typeof errcode === 'number' && (errcode & 0xff) === 13)
  );
}

/**
 * Whether an error of a commit leaves open what a restart finds: pages that SQLite wrote into its log and could not flush
 * are no part of the index in this process, and are in the next one. A full disk is told before the last of them is written.
 */
export function mayLieInLog(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  return typeof (error as { errcode?: unknown }).errcode === 'number' && !isDiskFull(error);
}

/** Whether an error says that the disk does not give back what lies there, or that it is no file. */
export function isUnreadable(error: unknown): boolean {
  return isOfDisk(error) || (error as { code?: unknown } | null | undefined)?.code === 'EISDIR';
}

/** Whether an error of SQLite says that the file is not a sound database (SQLITE_CORRUPT, SQLITE_NOTADB). */
export function isCorrupt(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { errcode } = error as { errcode?: unknown };
  return typeof errcode === 'number' && ((errcode & 0xff) === 11 || (errcode & 0xff) === 26);
}

/** Whether an error says that the index cannot be read: of SQLite, or a row that is not what was written. */
export function isOfIndex(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  return (
    typeof (error as { errcode?: unknown }).errcode === 'number' || error instanceof z.ZodError
  );
}
