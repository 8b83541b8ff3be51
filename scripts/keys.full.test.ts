import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import {
  access,
  chown,
  link,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openKeys } from '../platform/keys.ts';
import { temporaryFolder } from '../tests/platform-kit/platform.ts';

const exec = promisify(execFile);
const SCRIPT = join(import.meta.dirname, 'keys.ts');
/** A file system of its own on every Linux. */
const IN_MEMORY = '/dev/shm';
const inMemory = (): Promise<boolean> =>
  access(IN_MEMORY, constants.W_OK).then(
    () => true,
    () => false,
  );
const NOBODY = 65_534;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let keysFolder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
  keysFolder = join(folder.path, 'keys');
  await openKeys(keysFolder);
});
afterEach(() => folder.remove());

const keys = (...args: readonly string[]) =>
  exec(process.execPath, [SCRIPT, ...args, '--data', folder.path]);
const recoveryKey = () => readFile(join(keysFolder, 'recovery.age.txt'), 'utf8');

describe('taking the recovery key offline', () => {
  const OWN: readonly [string, (key: string, other: string) => Promise<string>][] = [
    ['the key file itself', (key) => Promise.resolve(key)],
    ['a link to it', (key, other) => symlink(key, other).then(() => other)],
    ['a second name of it', (key, other) => link(key, other).then(() => other)],
    ['a file beside it', () => Promise.resolve(join(keysFolder, 'stick.txt'))],
    [
      'a file beside it by way of a link to the folder',
      (_key, other) => symlink(keysFolder, other).then(() => join(other, 'stick.txt')),
    ],
  ];
  it.each(OWN)('does not take %s for a copy', async (_what, make) => {
    const before = await recoveryKey();
    const file = await make(join(keysFolder, 'recovery.age.txt'), join(folder.path, 'stick'));
    for (const flags of [[], ['--same-disk']]) {
      await expect(keys('recovery-offline', file, ...flags)).rejects.toThrow('is no copy');
    }
    expect(await recoveryKey()).toBe(before);
    expect(await readdir(keysFolder)).not.toContain('stick.txt');
  });

  it('does not take a folder for a stick that is not mounted, unless told', async () => {
    const before = await recoveryKey();
    const file = join(folder.path, 'usb', 'recovery.txt');
    await mkdir(join(folder.path, 'usb'));
    await expect(keys('recovery-offline', file)).rejects.toThrow('mounted');
    expect(await readdir(join(folder.path, 'usb'))).toEqual([]);
    await keys('recovery-offline', file, '--same-disk');
    // the stick with the copy was pulled out, and what lies there now is on this disk
    await expect(keys('recovery-offline', file)).rejects.toThrow('mounted');
    expect(await recoveryKey()).toBe(before);
  });

  it('does not take what lies in memory for a stick, even when told', async ({ skip }) => {
    skip(!(await inMemory()), `nothing in memory at ${IN_MEMORY}`);
    const before = await recoveryKey();
    const stick = await mkdtemp(join(IN_MEMORY, 'bianmin-stick-'));
    try {
      for (const flags of [[], ['--same-disk']]) {
        const told = keys('recovery-offline', join(stick, 'recovery.txt'), ...flags);
        await expect(told).rejects.toThrow('is gone when it is switched off');
      }
      expect(await readdir(stick)).toEqual([]);
      expect(await recoveryKey()).toBe(before);
    } finally {
      await rm(stick, { recursive: true });
    }
  });

  it('does not take a link to what lies in memory for a stick', async ({ skip }) => {
    skip(!(await inMemory()), `nothing in memory at ${IN_MEMORY}`);
    const before = await recoveryKey();
    const stick = await mkdtemp(join(IN_MEMORY, 'bianmin-stick-'));
    try {
      const there = join(stick, 'recovery.txt');
      await writeFile(there, before);
      const file = join(folder.path, 'recovery.txt');
      await symlink(there, file);
      for (const flags of [[], ['--same-disk']]) {
        const told = keys('recovery-offline', file, ...flags);
        await expect(told).rejects.toThrow('is gone when it is switched off');
      }
      expect(await recoveryKey()).toBe(before);
    } finally {
      await rm(stick, { recursive: true });
    }
  });

  it('does not take the disk of the system for a stick, where the data has one of its own', async ({
    skip,
  }) => {
    const system = (await stat('/')).dev;
    const apart = (await inMemory()) && (await stat(folder.path)).dev === system;
    skip(!apart, `${IN_MEMORY} is no disk apart from that of the system`);
    const data = await mkdtemp(join(IN_MEMORY, 'bianmin-data-'));
    try {
      await openKeys(join(data, 'keys'));
      const file = join(folder.path, 'recovery.txt');
      const told = exec(process.execPath, [SCRIPT, 'recovery-offline', file, '--data', data]);
      await expect(told).rejects.toThrow('mounted');
      expect(await readdir(folder.path)).toEqual(['keys']);
    } finally {
      await rm(data, { recursive: true });
    }
  });

  /** A disk of 8 MiB; `undefined` where this user may not mount one. */
  const mountStick = async (): Promise<string | undefined> => {
    const stick = join(folder.path, 'usb');
    await mkdir(stick);
    const image = join(folder.path, 'usb.img');
    await writeFile(image, '');
    await truncate(image, 8 * 1024 * 1024);
    return exec('mkfs.ext4', ['-q', image])
      .then(() => exec('mount', ['-o', 'loop', image, stick]))
      .then(
        () => stick,
        () => undefined,
      );
  };
  const NO_MOUNT = 'this user may not mount a disk';

  it('leaves nothing on a stick that is full, says so, and takes it once there is room', async ({
    skip,
  }) => {
    const stick = await mountStick();
    if (stick === undefined) return skip(NO_MOUNT);
    try {
      const before = await recoveryKey();
      const file = join(stick, 'recovery.txt');
      const large = await open(join(stick, 'large'), 'w');
      for (const size of [4096, 1]) {
        for (;;) {
          const took = await large.write(new Uint8Array(size)).then(
            () => true,
            () => false,
          );
          if (!took) break;
        }
      }
      await large.close();
      const told = await keys('recovery-offline', file).then(
        () => '',
        (error: unknown) => (error as { readonly stderr: string }).stderr,
      );
      expect(told).toMatch(/写不了 .*ENOSPC.*it is full/);
      // words, and no place in the program
      expect(told.trim().split('\n')).toHaveLength(1);
      expect(await readdir(stick)).not.toContain('recovery.txt');
      await rm(join(stick, 'large'));
      await keys('recovery-offline', file);
      expect(await readFile(file, 'utf8')).toBe(before);
      expect(await recoveryKey()).toBe(before);
    } finally {
      await exec('umount', [stick]);
    }
  });

  it('moves it to another disk', async ({ skip }) => {
    const stick = await mountStick();
    if (stick === undefined) return skip(NO_MOUNT);
    try {
      const before = await recoveryKey();
      const file = join(stick, 'recovery.txt');
      await keys('recovery-offline', file);
      expect(await recoveryKey()).toBe(before);
      await keys('recovery-offline', file);
      expect(await readFile(file, 'utf8')).toBe(before);
      expect(await readdir(keysFolder)).not.toContain('recovery.age.txt');
    } finally {
      await exec('umount', [stick]);
    }
  });
});

describe('a user that the folder of keys does not belong to', () => {
  // a folder can be given away by root only
  it.skipIf(process.geteuid?.() !== 0).each([
    ['rotate', []],
    ['recovery-offline', [join(IN_MEMORY, 'bianmin-never')]],
  ])('is refused %s: the platform could not read what was made', async (command, args) => {
    const before = await readdir(keysFolder);
    await chown(keysFolder, NOBODY, NOBODY);
    await expect(keys(command, ...args)).rejects.toThrow(String(NOBODY));
    expect(await readdir(keysFolder)).toEqual(before);
  });
});
