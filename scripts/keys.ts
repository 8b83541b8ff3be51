/**
 * `npm run keys -- list | rotate | recovery-offline FILE [--same-disk] [--data DIR]`: the keys that open what terminals
 * sealed. `rotate` makes a new one and keeps the old; `recovery-offline` moves the private half of the
 * recovery key to FILE (a stick that then goes into a safe) and leaves its public half: given once it copies,
 * given again, after the stick was pulled out and in, it looks at the copy and takes the key away here. A file
 * in `keys/` or in memory is refused, and so is one on the disk of `keys/` or of the system (a stick that is not
 * mounted is an empty folder there) unless `--same-disk` says that it is meant. Both count from the platform's next start on, say
 * so when one runs, and are given by the user that `keys/` belongs to.
 */
import { existsSync } from 'node:fs';
import { copyFile, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { lockPlatform, PlatformLockError } from '../platform/data-lock.ts';
import {
  ageIdentity,
  knownRecipients,
  OLD_IDENTITIES,
  PLATFORM_IDENTITY,
  RECOVERY_IDENTITY,
  RECOVERY_RECIPIENT,
  recipientId,
} from '../platform/keys.ts';
import { fsyncFile, fsyncFolder } from '../platform/storage/files.ts';
import { elsewhere, ownersOnly, Refused } from './keys/guards.ts';

const USAGE = `用法 Usage: npm run keys -- list [--data DIR]
              npm run keys -- rotate [--data DIR]
              npm run keys -- recovery-offline FILE [--same-disk] [--data DIR]`;
const NEXT_START = '平台下次启动时生效。It counts from the next start of the platform on.';
const RESTART =
  '平台正在运行，用的还是原来的：请现在重新启动它。A platform runs here and goes on with what it had: restart it now, it counts from then on.';
const NOBODY_KNOWS =
  '看不出平台是否在运行（锁文件读写不了）；在运行的要重新启动才生效。Whether a platform runs cannot be seen from here (its lock cannot be used); one that runs must be restarted, it counts from then on.';

/** When what was changed counts. The lock is given back at once: a platform that starts goes before this tool. */
function whenItCounts(data: string): string {
  if (!existsSync(join(data, 'lock'))) return NEXT_START;
  try {
    lockPlatform(data, 0).release();
    return NEXT_START;
  } catch (error) {
    return error instanceof PlatformLockError && error.why === 'inUse' ? RESTART : NOBODY_KNOWS;
  }
}

/** Makes nothing: what is not there is told. */
async function list(folder: string): Promise<void> {
  const { platform, recovery } = await knownRecipients(folder);
  if (recovery === undefined) {
    throw new Refused(
      `没有 ${RECOVERY_RECIPIENT}，也没有 ${RECOVERY_IDENTITY}：请把最近一次拷贝的 keys/ 放回来。The recovery key is not there: put the newest copy of keys/ back.`,
    );
  }
  const [current = '', ...before] = platform;
  console.log(`platform  ${recipientId(current)}  ${current}`);
  console.log(`recovery  ${recipientId(recovery)}  ${recovery}`);
  // a cut in the middle of taking it offline leaves both halves here
  const here = (await readdir(folder)).includes(RECOVERY_IDENTITY);
  console.log(
    here
      ? '恢复密钥的私钥还在这里，请移到线下。The private half of the recovery key is still here: take it offline.'
      : '恢复密钥的私钥不在这里。The private half of the recovery key is not here.',
  );
  const kept = before.filter((each) => each !== current).length;
  console.log(`还能打开旧的：${String(kept)} 把 / keys of before that still open: ${String(kept)}`);
}

/** The old one is kept before the new one counts: at no moment is there a key that nobody has. */
async function rotate(folder: string): Promise<void> {
  const current = await ageIdentity(folder, PLATFORM_IDENTITY);
  const old = join(folder, OLD_IDENTITIES);
  await mkdir(old, { recursive: true, mode: 0o700 });
  const kept = join(old, `${recipientId(current.recipient)}.age.txt`);
  await copyFile(join(folder, PLATFORM_IDENTITY), `${kept}.part`);
  await fsyncFile(`${kept}.part`);
  await rename(`${kept}.part`, kept);
  await fsyncFolder(old);
  await fsyncFolder(folder);
  const fresh = `next-${PLATFORM_IDENTITY}`;
  await rm(join(folder, fresh), { force: true });
  const next = await ageIdentity(folder, fresh);
  await rename(join(folder, fresh), join(folder, PLATFORM_IDENTITY));
  await fsyncFolder(folder);
  console.log(`platform  ${recipientId(next.recipient)}  ${next.recipient}`);
  console.log(`旧密钥保留在 / the old key is kept in ${kept}`);
  console.log(
    '请把 keys/ 整个再拷贝一份收好：以前的拷贝里没有新密钥，放回来平台不会启动。Copy the folder keys/ again: the copy of before does not have the new key, and the platform does not start with it.',
  );
  console.log(whenItCounts(dirname(folder)));
}

function cannotBeWritten(file: string, error: unknown): Refused {
  const { code } = error as NodeJS.ErrnoException;
  const full = code === 'ENOSPC' || code === 'EDQUOT';
  const why = full
    ? '：满了，请腾出地方，或者换一个 U 盘 / it is full, make room on it or take another stick'
    : '';
  return new Refused(`${file} 写不了 / cannot be written: ${code ?? ''}${why}`, { cause: error });
}

/** A file that is not the whole key would keep its name from the next try, and be taken for a copy: it goes. */
async function copyRecovery(from: string, file: string): Promise<void> {
  const key = await readFile(from);
  let handle;
  try {
    handle = await open(file, 'wx', 0o600);
  } catch (error) {
    throw cannotBeWritten(file, error);
  }
  try {
    try {
      await handle.writeFile(key);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await fsyncFolder(dirname(file));
  } catch (error) {
    // a stick that was pulled out cannot be tidied up
    await rm(file, { force: true }).catch(() => undefined);
    throw cannotBeWritten(file, error);
  }
}

/**
 * Two steps, the stick pulled out between them: what a machine reads back at once comes out of its memory,
 * and says nothing of the stick.
 */
async function recoveryOffline(folder: string, file: string, sameDisk: boolean): Promise<void> {
  const from = join(folder, RECOVERY_IDENTITY);
  if (!(await stat(from).catch(() => undefined))) {
    throw new Refused('恢复密钥的私钥不在这里 / the private half of the recovery key is not here');
  }
  await elsewhere(folder, file, sameDisk);
  const { identity, recipient } = await ageIdentity(folder, RECOVERY_IDENTITY);
  if (!(await stat(file).catch(() => undefined))) {
    await copyRecovery(from, file);
    console.log(
      `已拷到 ${file}，私钥还在这里。请拔下 U 盘再插上，再运行一次同样的命令。Copied; the key is still here too. Pull the stick out, plug it in again, and give the same command once more.`,
    );
    return;
  }
  if (!(await readFile(file, 'utf8')).includes(identity)) {
    throw new Refused(`${file} 里不是这把密钥 / does not hold this key: take another file`);
  }
  const left = join(folder, RECOVERY_RECIPIENT);
  const handleOfLeft = await open(`${left}.part`, 'w', 0o600);
  try {
    await handleOfLeft.writeFile(`${recipient}\n`);
    await handleOfLeft.sync();
  } finally {
    await handleOfLeft.close();
  }
  await rename(`${left}.part`, left);
  await fsyncFolder(folder);
  await rm(from);
  await fsyncFolder(folder);
  console.log(`恢复密钥已移到 / the recovery key is now in ${file}`);
  console.log(whenItCounts(dirname(folder)));
}

async function main(): Promise<number> {
  let positionals: string[];
  let data: string;
  let sameDisk: boolean;
  try {
    const read = parseArgs({
      options: {
        data: { type: 'string', default: 'data/platform' },
        'same-disk': { type: 'boolean', default: false },
      },
      allowPositionals: true,
    });
    ({ positionals } = read);
    data = resolve(read.values.data);
    sameDisk = read.values['same-disk'];
  } catch {
    console.error(USAGE);
    return 2;
  }
  const folder = join(data, 'keys');
  const [command, file, ...more] = positionals;
  const known = await readdir(folder).catch(() => undefined);
  const wants =
    command === 'recovery-offline' ? file !== undefined : file === undefined && !sameDisk;
  if (
    more.length > 0 ||
    !wants ||
    !['list', 'rotate', 'recovery-offline'].includes(command ?? '')
  ) {
    console.error(USAGE);
    return 2;
  }
  // a terminal has such a folder too, and nothing is to be made in it
  if (!known?.includes(PLATFORM_IDENTITY)) {
    console.error(`${folder}: 没有平台的密钥 / no keys of a platform here`);
    return 1;
  }
  try {
    if (command === 'list') {
      await list(folder);
      return 0;
    }
    await ownersOnly(folder);
    if (command === 'rotate') await rotate(folder);
    else await recoveryOffline(folder, resolve(file ?? ''), sameDisk);
    return 0;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    console.error(error.message);
    return 1;
  }
}

process.exitCode = await main();
