import { createHash, hash as digest } from 'node:crypto';
import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { isOfDisk } from '../../../domain/disk-errors.ts';
import { syncFolder, writeRenamed } from '../storage/durable-files.ts';

/** Where sealed files lie and what is in them. */
export interface SealedFolder {
  pathOf(sha256: string): string;
  read(sha256: string): Promise<Uint8Array>;
}

/** The sealed files of the outbox, each named by the SHA-256 of its bytes. */
export interface BlobFolder extends SealedFolder {
  readonly path: string;
  /** The bytes are durable, the name only after `sync`. */
  write(sha256: string, bytes: Uint8Array): Promise<void>;
  sync(): Promise<void>;
  /** @returns what the disk does not let go, which stays */
  remove(names: readonly string[]): Promise<readonly string[]>;
  list(): Promise<readonly string[]>;
  /** Moves files out of the way, for a person to look at. @returns what the disk does not let be moved, which stays */
  setAside(names: readonly string[]): Promise<readonly string[]>;
  /** Moves files back from there; one that cannot be moved stays. */
  bringBack(names: readonly string[]): Promise<void>;
  /** What lies out of the way. */
  listAside(): Promise<readonly string[]>;
  readonly aside: SealedFolder;
}

/** So much is hashed at once: a fraction of a millisecond. */
const PIECE = 128 * 1024;

/**
 * SHA-256 as hex, piece by piece with room for others in between. Web Crypto hashes on another thread, but copies
 * all of it on this one first, which takes longer than hashing a piece.
 */
export async function sha256Hex(bytes: Uint8Array): Promise<string> {
  if (bytes.length <= PIECE) return digest('sha256', bytes);
  const hash = createHash('sha256');
  for (let at = 0; at < bytes.length; at += PIECE) {
    if (at > 0) await setImmediate();
    hash.update(bytes.subarray(at, at + PIECE));
  }
  return hash.digest('hex');
}

/**
 * Does something with each file. One whose inode is damaged can be neither moved nor deleted, and keeps nobody from the
 * others.
 * @returns those with which the disk does not let it be done
 */
async function withEach(
  names: readonly string[],
  work: (name: string) => Promise<void>,
): Promise<readonly string[]> {
  const stuck: string[] = [];
  for (const name of names) {
    try {
      await work(name);
    } catch (error) {
      if (!isOfDisk(error)) throw error;
      stuck.push(name);
    }
  }
  return stuck;
}

function filesIn(folder: string): SealedFolder {
  const pathOf = (sha256: string): string => join(folder, sha256);
  return { pathOf, read: async (sha256) => new Uint8Array(await fs.readFile(pathOf(sha256))) };
}

/** What moves and deletes files. */
export type Moves = Pick<typeof fs, 'rename' | 'rm'>;

/**
 * Opens (and makes) the folder.
 * @param moves the file system's, unless a test has one that is damaged
 */
export async function openBlobFolder(
  outboxFolder: string,
  { rename, rm }: Moves = fs,
): Promise<BlobFolder> {
  const path = join(outboxFolder, 'blobs');
  const aside = join(outboxFolder, 'set-aside');
  await fs.mkdir(path, { recursive: true, mode: 0o700 });
  await syncFolder(outboxFolder);
  return {
    ...filesIn(path),
    path,
    write: (sha256, bytes) => writeRenamed(join(path, sha256), bytes),
    sync: () => syncFolder(path),
    remove: (names) => withEach(names, (name) => rm(join(path, name), { force: true })),
    list: () => fs.readdir(path),
    async setAside(names) {
      if (names.length === 0) return [];
      await fs.mkdir(aside, { recursive: true, mode: 0o700 });
      const stuck = await withEach(names, (name) => rename(join(path, name), join(aside, name)));
      await syncFolder(outboxFolder);
      await syncFolder(aside);
      await syncFolder(path);
      return stuck;
    },
    async bringBack(names) {
      if (names.length === 0) return;
      for (const name of names) {
        // it keeps no terminal from starting: its item says that it misses it
        await rename(join(aside, name), join(path, name)).catch(() => undefined);
      }
      await syncFolder(path);
      await syncFolder(aside);
    },
    listAside: () => fs.readdir(aside).catch(() => []),
    aside: filesIn(aside),
  };
}
