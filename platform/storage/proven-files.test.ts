import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { temporaryFolder } from '../../tests/platform-kit/platform.ts';
import { openHashedFiles, sha256Hex, type HashedFiles } from './files.ts';
import { createProvenFiles } from './proven-files.ts';

const BYTES = Buffer.from('a page');
const NAME = sha256Hex(BYTES);
const MINUTE = 60_000;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let files: HashedFiles;
let read: number;
let now: number;
let look: (sha256: string) => Promise<void>;

beforeEach(async () => {
  folder = await temporaryFolder();
  files = await openHashedFiles(folder.path);
  read = 0;
  now = 0;
  const counted: HashedFiles = {
    ...files,
    setAsideDamaged(...about) {
      read += 1;
      return files.setAsideDamaged(...about);
    },
  };
  look = createProvenFiles(counted, () => now);
  await files.put(NAME, BYTES);
});
afterEach(() => folder.remove());

const path = (): string => join(folder.path, NAME.slice(0, 2), NAME);

it('what is asked for again and again is read once', async () => {
  for (let times = 0; times < 5; times++) await look(NAME);
  expect(read).toBe(1);
  expect(await files.size(NAME)).toBe(BYTES.length);
});

it('what was written otherwise since is read again, and set aside', async () => {
  await look(NAME);
  await writeFile(path(), 'a pagE');
  await look(NAME);
  expect(await files.size(NAME)).toBeUndefined();
  await files.put(NAME, BYTES);
  await look(NAME);
  await look(NAME);
  expect(read).toBe(3);
  expect(await files.size(NAME)).toBe(BYTES.length);
});

it('what was read ten minutes ago is read again: a disk changes bytes without a word', async () => {
  await look(NAME);
  now = 10 * MINUTE - 1;
  await look(NAME);
  expect(read).toBe(1);
  now = 10 * MINUTE;
  await look(NAME);
  expect(read).toBe(2);
});

it('what is not here is not called whole once it comes', async () => {
  await rename(path(), `${path()}.away`);
  await look(NAME);
  await writeFile(path(), 'a pagE');
  await look(NAME);
  expect(await files.size(NAME)).toBeUndefined();
});
