import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** What looks at a disk and changes nothing. Paths are absolute. */
export interface Files {
  exists(path: string): boolean;
  /** @throws Error with the code ENOENT */
  read(path: string): Buffer;
  /** Names in a folder, in their order. @throws Error with the code ENOENT */
  names(folder: string): readonly string[];
  /** Paths of all files in a folder and below it. */
  below(folder: string): readonly string[];
  /** Whether a file is there and has that hash. */
  sound(path: string, sha256: string): boolean;
  /** Reads a database as it lies, with all that was committed. */
  look<T>(path: string, read: (database: DatabaseSync) => T): T;
}

/** Hashes of files that were read before and have not been written since. */
const hashes = new Map<string, string>();

/** The file system of this machine. */
export const realFiles: Files = {
  exists: existsSync,
  read: (path) => readFileSync(path),
  names: (folder) => readdirSync(folder).sort(),
  below: (folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  sound(path, sha256) {
    const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
    if (!stat) return false;
    const key = `${path} ${stat.ino} ${stat.size} ${stat.mtimeNs}`;
    let hash = hashes.get(key);
    if (hash === undefined) {
      hash = createHash('sha256').update(readFileSync(path)).digest('hex');
      if (hashes.size > 20_000) hashes.clear();
      hashes.set(key, hash);
    }
    return hash === sha256;
  },
  // with the log of what is not yet merged; on a copy: looking at evidence does not change it
  look(path, read) {
    const folder = mkdtempSync(
      join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'bianmin-look-'),
    );
    try {
      const copy = join(folder, 'copy.db');
      copyFileSync(path, copy);
      if (existsSync(`${path}-wal`)) copyFileSync(`${path}-wal`, `${copy}-wal`);
      const database = new DatabaseSync(copy);
      try {
        return read(database);
      } finally {
        database.close();
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
