import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Names of files that are being written begin so; what a crash leaves of them may always go. */
export const PARTIAL_PREFIX = '.partial-';

/** Makes the names of a folder durable. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Writes a file under a passing name in the same folder, fsyncs it and renames it. The name is durable
 * only after `syncFolder`. Nothing is left behind when it fails.
 * @throws errors of the file system
 */
export async function writeRenamed(path: string, bytes: Uint8Array, mode = 0o600): Promise<void> {
  const partial = join(dirname(path), PARTIAL_PREFIX + randomBytes(8).toString('hex'));
  try {
    const handle = await open(partial, 'wx', mode);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

/** Replaces a file so that after a power cut either the old or the new one is whole. */
export async function replaceDurably(path: string, bytes: Uint8Array, mode = 0o600): Promise<void> {
  await writeRenamed(path, bytes, mode);
  await syncFolder(dirname(path));
}
