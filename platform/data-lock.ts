import { chownSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  lockLostText,
  lockTroubleText,
  takeDataLock,
  type DataLock,
  type LockHost,
  type LockTrouble,
} from '../domain/data-lock.ts';
import { StorageError } from './storage/sqlite/migrations.ts';

const WHO = { zh: '平台', en: 'platform' };

const HOST: LockHost = {
  open: (file, timeout) => new DatabaseSync(file, { timeout }),
  stat: (path) => statSync(path),
  giveTo(file, { uid }) {
    if (process.getuid?.() === 0) chownSync(file, uid, -1);
  },
};

/** The data folder cannot be had for this process alone. */
export class PlatformLockError extends StorageError {
  readonly why: LockTrouble['why'];

  constructor(why: LockTrouble['why'], message: string, options: ErrorOptions) {
    super(message, options);
    this.why = why;
  }
}

/**
 * Takes the data folder, which must be there, for this process alone: two platforms on it would publish each other's
 * keys away, and take the copies of each other's archive.
 *
 * @param waitMs - how long a predecessor may take to go
 * @throws PlatformLockError
 */
export function lockPlatform(folder: string, waitMs = 5000): DataLock {
  const taken = takeDataLock(HOST, folder, waitMs);
  if (taken.ok) return taken.value;
  const { why, cause } = taken.error;
  const message = lockTroubleText(join(folder, 'lock'), taken.error, WHO);
  throw new PlatformLockError(why, message, { cause });
}

/** @throws StorageError when somebody took the lock's file away: another platform may run here */
export function mustHold(lock: DataLock): void {
  if (!lock.isHeld()) throw new StorageError(lockLostText(lock.file, WHO));
}
