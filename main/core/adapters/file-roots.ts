import { createHash } from 'node:crypto';
import { chmod, lstat, mkdir, rm, statfs } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { FileRoots } from '../ports.ts';

// linux/magic.h
const TMPFS_MAGIC = 0x01021994;

/** Whether a folder lies on tmpfs, so that what is in it never reaches a disk (but swap). */
export async function isTmpfs(folder: string): Promise<boolean> {
  try {
    return (await statfs(folder)).type === TMPFS_MAGIC;
  } catch {
    return false;
  }
}

/**
 * The data folder (made with mode 0700) and a work folder on tmpfs, emptied of what an earlier run left.
 * @param candidates folders that may lie on tmpfs; the first that does is used
 */
export async function prepareFileRoots(
  dataFolder: string,
  candidates: readonly string[] = ['/dev/shm'],
): Promise<FileRoots> {
  const data = resolve(dataFolder);
  await mkdir(data, { recursive: true, mode: 0o700 });
  // one name per data folder, so that the next start finds and empties it after a crash
  const name = `bianmin-${createHash('sha256').update(data).digest('hex').slice(0, 16)}`;
  for (const candidate of candidates) {
    if (!(await isTmpfs(candidate))) continue;
    const work = join(candidate, name);
    await rm(work, { recursive: true, force: true });
    try {
      await mkdir(work, { mode: 0o700 });
    } catch {
      // someone else holds the name: not ours to use
      continue;
    }
    const stat = await lstat(work);
    if (process.getuid && stat.uid !== process.getuid()) continue;
    await chmod(work, 0o700);
    return { data, work };
  }
  return { data, work: undefined };
}
