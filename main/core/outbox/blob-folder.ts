import { createHash, hash as digest } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
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
  remove(names: readonly string[]): Promise<void>;
  list(): Promise<readonly string[]>;
  /** Moves files out of the way, for a person to look at. */
  setAside(names: readonly string[]): Promise<void>;
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

function filesIn(folder: string): SealedFolder {
  const pathOf = (sha256: string): string => join(folder, sha256);
  return { pathOf, read: async (sha256) => new Uint8Array(await readFile(pathOf(sha256))) };
}

/** Opens (and makes) the folder. */
export async function openBlobFolder(outboxFolder: string): Promise<BlobFolder> {
  const path = join(outboxFolder, 'blobs');
  const aside = join(outboxFolder, 'set-aside');
  await mkdir(path, { recursive: true, mode: 0o700 });
  await syncFolder(outboxFolder);
  return {
    ...filesIn(path),
    path,
    write: (sha256, bytes) => writeRenamed(join(path, sha256), bytes),
    sync: () => syncFolder(path),
    async remove(names) {
      for (const name of names) await rm(join(path, name), { force: true });
    },
    list: () => readdir(path),
    async setAside(names) {
      if (names.length === 0) return;
      await mkdir(aside, { recursive: true, mode: 0o700 });
      for (const name of names) await rename(join(path, name), join(aside, name));
      await syncFolder(outboxFolder);
      await syncFolder(aside);
      await syncFolder(path);
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
    listAside: () => readdir(aside).catch(() => []),
    aside: filesIn(aside),
  };
}
