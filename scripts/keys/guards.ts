import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
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

/** A copy beside the key is none: what is to go into a safe must lie on another disk. */
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
  if (disk.dev === keys.dev && !sameDisk) {
    throw new Refused(
      `${file} 和密钥文件夹在同一个磁盘上：U 盘插好、挂上了吗？真要放在这个磁盘上，请加 --same-disk。It is on the same disk as the folder of keys: is the stick plugged in and mounted? If this disk is meant, add --same-disk.`,
    );
  }
}
