import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { isDiskFull } from './storage-error.ts';

function flush(path: string, flags: 'r' | 'r+'): void {
  const handle = openSync(path, flags);
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/**
 * Copies the index beside itself before it is migrated. Under its name there is a whole copy or none: an earlier
 * one, and what a kill left of one, goes first. A disk that has no room for it keeps no hall from its update, for
 * the migration is one transaction; what was written of the copy goes then, so that it takes no room.
 * @returns whether there was room for it
 * @throws errors of SQLite and of the file system
 */
export function copyIndex(database: DatabaseSync, copy: string): boolean {
  const part = `${copy}.part`;
  rmSync(copy, { force: true });
  rmSync(part, { force: true });
  try {
    database.prepare('VACUUM INTO ?').run(part);
    // a disk may say only now that it has no room
    flush(part, 'r+');
    renameSync(part, copy);
    flush(dirname(copy), 'r');
    return true;
  } catch (error) {
    rmSync(part, { force: true });
    if (!isDiskFull(error)) throw error;
    rmSync(copy, { force: true });
    return false;
  }
}
