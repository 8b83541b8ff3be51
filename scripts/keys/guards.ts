import { realpath, stat, statfs } from 'node:fs/promises';
import { basename, dirname, join, parse, sep } from 'node:path';
import { RECOVERY_IDENTITY } from '../../platform/keys.ts';

/** What cannot be done; the message says why and what to do. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

/** What another user makes here the platform's own cannot read, and it would not start again. */
export async function ownersOnly(folder: string): Promise<void> {
  const { uid } = await stat(folder);
  const here = process.geteuid?.();
  if (here === undefined || here === uid) return;
  throw new Refused(
    `${folder} 属于用户 ${String(uid)}，这里是用户 ${String(here)}。请换成运行平台的用户再运行（例如 sudo -u）。The folder belongs to user ${String(uid)}, this is user ${String(here)}: run it as the user that runs the platform, with sudo -u.`,
  );
}

/** File systems that lie in memory, by their numbers (`statfs(2)`): tmpfs and ramfs. Mount points often lie in one. */
const IN_MEMORY: readonly number[] = [0x01021994, 0x858458f6];

/**
 * A copy beside the key is none: what is to go into a safe must lie on another disk, which is neither this
 * machine's memory nor, where data has a disk of its own, the one that the system is on.
 */
export async function elsewhere(folder: string, file: string, sameDisk: boolean): Promise<void> {
  const there = await stat(file).catch(() => undefined);
  const parent = await realpath(dirname(file)).catch(() => undefined);
  const disk = there ?? (parent === undefined ? undefined : await stat(parent));
  // writing it tells why
  if (parent === undefined || disk === undefined) return;
  const [keys, key] = [await stat(folder), await stat(join(folder, RECOVERY_IDENTITY))];
  const real = there ? await realpath(file) : join(parent, basename(file));
  const same = there?.dev === key.dev && there.ino === key.ino;
  if (same || `${real}${sep}`.startsWith(`${await realpath(folder)}${sep}`)) {
    throw new Refused(
      `${file} 就在密钥文件夹里，不是拷贝。请给 U 盘上的文件。It lies in the folder of keys itself and is no copy: name a file on a stick.`,
    );
  }
  // a file may be a link to one elsewhere
  if (IN_MEMORY.includes((await statfs(there ? real : parent)).type)) {
    throw new Refused(
      `${file} 在内存里，关机就没了：U 盘插好、挂上了吗？It lies in this machine's memory and is gone when it is switched off: is the stick plugged in and mounted?`,
    );
  }
  const own = [keys.dev, (await stat(parse(parent).root)).dev];
  if (own.includes(disk.dev) && !sameDisk) {
    throw new Refused(
      `${file} 在密钥文件夹或者系统的磁盘上：U 盘插好、挂上了吗？真要放在这个磁盘上，请加 --same-disk。It is on the disk of the folder of keys, or of the system: is the stick plugged in and mounted? If this disk is meant, add --same-disk.`,
    );
  }
}
