import { chownSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  lockLostText,
  lockTroubleText,
  takeDataLock,
  type DataLock,
  type LockHost,
  type LockTrouble,
} from '../../../domain/data-lock.ts';
import { StorageError } from './storage-error.ts';

const WHO = { zh: '终端程序', en: 'terminal core' };

const HOST: LockHost = {
  open: (file, timeout) => new DatabaseSync(file, { timeout }),
  stat: (path) => statSync(path),
  giveTo(file, { uid }) {
    if (process.getuid?.() === 0) chownSync(file, uid, -1);
  },
};

const CODES: Readonly<Record<LockTrouble['why'], StorageError['code']>> = {
  inUse: 'inUse',
  notWritable: 'lockNotWritable',
  damaged: 'lockDamaged',
  fails: 'cannotOpen',
};

/**
 * Takes the data folder for this process alone: two cores would mint the same receipt number, and one would sweep
 * what the other is storing.
 * @param waitMs how long a predecessor may take to go
 * @throws StorageError `inUse`, `lockNotWritable`, `lockDamaged`, `cannotOpen`
 */
export function lockData(folder: string, waitMs = 5000): DataLock {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const taken = takeDataLock(HOST, folder, waitMs);
  if (taken.ok) return taken.value;
  const { why, cause } = taken.error;
  throw new StorageError(
    CODES[why],
    lockTroubleText(join(folder, 'lock'), taken.error, WHO),
    cause,
  );
}

/** @throws StorageError `lockLost` when somebody took the lock's file away */
export function mustHold(lock: DataLock): void {
  if (!lock.isHeld()) throw new StorageError('lockLost', lockLostText(lock.file, WHO));
}
