import { createHash, hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import {
  type FileHandle,
  copyFile,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isOfDisk } from '../../domain/disk-errors.ts';
import { createQueues } from './queues.ts';

/** Makes the entries of a folder durable: a file is only there for good once its folder is. */
export async function fsyncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes the bytes of a file durable. */
export async function fsyncFile(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Flushes; when that fails it takes a file away that may not be whole, for nobody knows what is on the disk, and the
 * next fsync would not say so again. To be given a handle that is open: one that cannot be opened says nothing of the
 * file.
 */
export async function syncOrRemove(handle: FileHandle, file: string | undefined): Promise<void> {
  try {
    await handle.sync();
  } catch (error) {
    if (file !== undefined) await rm(file, { force: true });
    throw error;
  }
}

/** SHA-256 of a file as hex, read as a stream. */
export async function sha256OfFile(file: string): Promise<string> {
  const sum = createHash('sha256');
  for await (const chunk of createReadStream(file)) sum.update(chunk as Buffer);
  return sum.digest('hex');
}

/** SHA-256 of bytes as hex. */
export function sha256Hex(bytes: Uint8Array | string): string {
  return hash('sha256', bytes, 'hex');
}

/** Whether an error says that a file or folder is not there. */
export function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | null)?.code === 'ENOENT';
}

/** SQLITE_IOERR_READ, _SHORT_READ, _DATA, _CORRUPTFS */
const SQLITE_UNREADABLE: ReadonlySet<unknown> = new Set([266, 522, 8202, 8458]);
const SQLITE_CORRUPT = 11;

/**
 * Whether an error says that the disk does not give back what lies at one place: others may be whole. One that is
 * away, or may not be read, says nothing of a file.
 */
export function isUnreadable(error: unknown): boolean {
  const { errcode } = (error ?? {}) as { readonly errcode?: unknown };
  if (isOfDisk(error) || SQLITE_UNREADABLE.has(errcode)) return true;
  return typeof errcode === 'number' && (errcode & 0xff) === SQLITE_CORRUPT;
}

/** Size of a file in bytes; `undefined` when it is not there. */
export async function sizeOf(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** What is sealed, each by the SHA-256 of its bytes. What is here is whole, checked and durable. */
export interface SealedStore {
  /** @throws Error when it is not here */
  read(sha256: string): Promise<Buffer>;
  /** Bytes; `undefined` when it is not here, or its disk does not even say that. */
  size(sha256: string): Promise<number | undefined>;
  /** Stores bytes durably; doing it twice is doing it once. */
  put(sha256: string, bytes: Uint8Array): Promise<void>;
  /** Writes a copy into a file, without fsync. @throws Error when it is not here */
  copyTo(sha256: string, file: string): Promise<void>;
}

/**
 * Reads what is sealed: whether it is here, and its bytes are other ones than its name says.
 *
 * @throws Error when it cannot be read
 */
export async function isDamaged(store: SealedStore, sha256: string): Promise<boolean> {
  if ((await store.size(sha256)) === undefined) return false;
  return sha256Hex(await store.read(sha256)) !== sha256;
}

/** Whether it is here, can be read, and has the bytes of its name. */
export async function holdsWhole(store: SealedStore, sha256: string): Promise<boolean> {
  // the size says it also of what is on its way to the disk, and only once it is there
  if ((await store.size(sha256)) === undefined) return false;
  return isDamaged(store, sha256).then(
    (is) => !is,
    () => false,
  );
}

/** Sealed files, each named by the SHA-256 of its bytes. */
export interface HashedFiles extends SealedStore {
  /** Takes in a file that was checked and fsynced by moving it; durable when it resolves. */
  adopt(sha256: string, file: string): Promise<void>;
  /**
   * Reads a file, and sets it aside when its bytes are not those of its name: then it is not here any more.
   * None of its name comes in meanwhile.
   * @param orUnreadable also when the disk does not give it back; else that is an error
   * @returns whether it was set aside
   */
  setAsideDamaged(sha256: string, orUnreadable?: boolean): Promise<boolean>;
  /** How a file looks without being read, another once it was written; `undefined`: it is not here. */
  stamp(sha256: string): Promise<string | undefined>;
}

/** Makes the 256 sub-folders durably, so that a file needs no more than its own one fsynced. */
async function makeSubfolders(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const there = new Set(await readdir(folder));
  const names = Array.from({ length: 256 }, (_, at) => at.toString(16).padStart(2, '0'));
  const missing = names.filter((name) => !there.has(name));
  await Promise.all(missing.map((name) => mkdir(join(folder, name), { mode: 0o700 })));
  // also when none is missing: the last start may have died before it came this far
  await fsyncFolder(folder);
  await fsyncFolder(dirname(folder));
}

/** Opens a folder of hashed files, in 256 sub-folders. */
export async function openHashedFiles(folder: string): Promise<HashedFiles> {
  await makeSubfolders(folder);
  const path = (sha256: string): string => join(folder, sha256.slice(0, 2), sha256);
  /** Sub-folders whose names are on the disk, or on their way to it: the last flush of each since the start. */
  const flushed = new Map<string, Promise<void>>();
  const nowFlushed = (subfolder: string, flush: Promise<void>): Promise<void> => {
    flushed.set(subfolder, flush);
    flush.catch(() => {
      if (flushed.get(subfolder) === flush) flushed.delete(subfolder);
    });
    return flush;
  };
  /** What is read to be set aside is not replaced by a whole one meanwhile: that one would be taken away. */
  const oneByOne = createQueues();
  /** A file gets its name, for good; a name that may not stay is not left there. */
  const name = async (work: string, target: string): Promise<void> => {
    const subfolder = dirname(target);
    const before = flushed.get(subfolder);
    const flush = async (): Promise<void> => {
      // whoever looks meanwhile waits for the one before, too
      const areDurable = await before?.then(
        () => true,
        () => false,
      );
      // opened before anything is done: a process without descriptors has not failed to flush
      const handle = await open(subfolder, 'r');
      try {
        // one of that name may have been acknowledged: it stays, whatever becomes of this one
        const isThere = (await sizeOf(target)) !== undefined;
        if (isThere && areDurable !== true) await handle.sync();
        await rename(work, target);
        await syncOrRemove(handle, isThere ? undefined : target);
      } finally {
        await handle.close();
      }
    };
    return nowFlushed(subfolder, flush());
  };
  const setAsideUnless = async (
    file: string,
    sha256: string,
    orUnreadable: boolean,
  ): Promise<boolean> => {
    if ((await sizeOf(file)) === undefined) return false;
    const sum = await sha256OfFile(file).catch((error: unknown) => {
      if (orUnreadable && isUnreadable(error)) return undefined;
      throw error;
    });
    if (sum === sha256) return false;
    await rename(file, `${file}.${sum === undefined ? 'unreadable' : 'damaged'}`);
    await fsyncFolder(dirname(file));
    return true;
  };
  let temporary = 0;
  return {
    async size(sha256) {
      const subfolder = dirname(path(sha256));
      const size = await sizeOf(path(sha256)).catch((error: unknown) => {
        if (isUnreadable(error)) return undefined;
        throw error;
      });
      if (size === undefined) return undefined;
      // a name can be seen before it is on the disk: one that is given now, or that a killed process gave
      await (flushed.get(subfolder) ?? nowFlushed(subfolder, fsyncFolder(subfolder)));
      return size;
    },
    async stamp(sha256) {
      try {
        const { dev, ino, size, mtimeMs, ctimeMs } = await stat(path(sha256));
        return [dev, ino, size, mtimeMs, ctimeMs].join(':');
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
    read: (sha256) => readFile(path(sha256)),
    copyTo: (sha256, file) => copyFile(path(sha256), file),
    async put(sha256, bytes) {
      const target = path(sha256);
      temporary += 1;
      const work = `${target}.${process.pid}.${temporary}.part`;
      try {
        const handle = await open(work, 'w', 0o600);
        try {
          await handle.writeFile(bytes);
          await handle.sync();
        } finally {
          await handle.close();
        }
        await oneByOne(target, () => name(work, target));
      } catch (error) {
        // a full disk is not filled further by what every new attempt would leave
        await rm(work, { force: true });
        throw error;
      }
    },
    adopt: (sha256, file) => oneByOne(path(sha256), () => name(file, path(sha256))),
    setAsideDamaged: (sha256, orUnreadable = false) =>
      oneByOne(path(sha256), () => setAsideUnless(path(sha256), sha256, orUnreadable)),
  };
}
