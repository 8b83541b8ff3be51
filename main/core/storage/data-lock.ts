import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StorageError } from './storage-error.ts';

/**
 * Takes the data folder for this process alone: two cores would mint the same receipt number. The lock
 * is SQLite's, so the kernel gives it back however the process ends.
 * @param waitMs how long a predecessor may take to go
 * @returns gives it back
 * @throws StorageError `inUse`
 */
export function lockData(folder: string, waitMs = 5000): () => void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, 'lock');
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(file, { timeout: waitMs });
    lock.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE');
  } catch (error) {
    lock?.close();
    throw new StorageError(
      'inUse',
      `${file} is held: another terminal core runs on this folder. Stop it first.`,
      error,
    );
  }
  const held = lock;
  return () => held.close();
}
