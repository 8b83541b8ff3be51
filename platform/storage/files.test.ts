import { readFile, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failingOpen, failingSync, whileDisk } from '../../tests/platform-kit/disk-faults.ts';
import { temporaryFolder } from '../../tests/platform-kit/platform.ts';
import { type HashedFiles, openHashedFiles, sha256Hex } from './files.ts';

const BYTES = Buffer.from('an attachment');
const NAME = sha256Hex(BYTES);

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let files: HashedFiles;
let work = '';
let target = '';

beforeEach(async () => {
  folder = await temporaryFolder();
  files = await openHashedFiles(join(folder.path, 'attachments'));
  work = join(folder.path, 'came');
  target = join(folder.path, 'attachments', NAME.slice(0, 2), NAME);
  await writeFile(work, BYTES);
});
afterEach(() => folder.remove());

describe('a file that is to get its name', () => {
  it('stays where it is, whole, when its folder cannot be opened', async () => {
    const adopted = whileDisk('open', failingOpen(dirname(target)), () => files.adopt(NAME, work));
    await expect(adopted).rejects.toThrow('EMFILE');
    expect(await readFile(work)).toEqual(BYTES);
    await files.adopt(NAME, work);
    expect(await files.size(NAME)).toBe(BYTES.length);
  });

  it('is not left there when the name may not stay', async () => {
    const adopted = whileDisk('open', failingSync(dirname(target)), () => files.adopt(NAME, work));
    await expect(adopted).rejects.toThrow('EIO');
    expect(await readdir(dirname(target))).toEqual([]);
    expect(await files.size(NAME)).toBeUndefined();
  });

  it('takes no file away that was there before, for that one may have been acknowledged', async () => {
    await files.put(NAME, BYTES);
    for (const again of [() => files.put(NAME, BYTES), () => files.adopt(NAME, work)]) {
      const refused = whileDisk('open', failingSync(dirname(target)), again);
      await expect(refused).rejects.toThrow('EIO');
      expect(await readFile(target)).toEqual(BYTES);
    }
    // nor when this process has not seen it named
    files = await openHashedFiles(join(folder.path, 'attachments'));
    const refused = whileDisk('open', failingSync(dirname(target)), () => files.put(NAME, BYTES));
    await expect(refused).rejects.toThrow('EIO');
    expect(await readFile(target)).toEqual(BYTES);
    expect(await readdir(dirname(target))).toEqual([NAME]);
  });
});

it('a whole file that comes while a damaged one of its name is set aside stays', async () => {
  await files.put(NAME, BYTES);
  await writeFile(target, 'an attach');
  let putting: Promise<void> | undefined;
  await whileDisk(
    'rename',
    (real) => async (from, to) => {
      if (to === `${target}.damaged`) {
        putting = files.put(NAME, BYTES);
        // it could come first, if it may
        await Promise.race([putting, rest(300)]);
      }
      return real(from, to);
    },
    async () => {
      expect(await files.setAsideDamaged(NAME)).toBe(true);
      await putting;
    },
  );
  expect(await readFile(target)).toEqual(BYTES);
  expect(await readFile(`${target}.damaged`, 'utf8')).toBe('an attach');
});
