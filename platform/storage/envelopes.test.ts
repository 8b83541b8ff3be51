import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { soundTogether } from '../../tests/invariants/envelopes.ts';
import { spoilEnvelope, temporaryFolder } from '../../tests/platform-kit/platform.ts';
import { openEnvelopes, type Envelopes } from './envelopes.ts';
import { type HashedFiles, openHashedFiles, sha256Hex } from './files.ts';
import { StorageError } from './sqlite/migrations.ts';
import { openDatabase } from './sqlite/node-sqlite.ts';

const SMALL = Buffer.from('a small envelope');
const LARGE = Buffer.alloc(101, 'x');

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let files: HashedFiles;
let envelopes: Envelopes;

const open = (): Envelopes =>
  openEnvelopes({ database: join(folder.path, 'envelopes.sqlite'), files, togetherBytes: 100 });
const fileOf = (bytes: Buffer): string => {
  const sha256 = sha256Hex(bytes);
  return join(folder.path, 'envelopes', sha256.slice(0, 2), sha256);
};
const put = (bytes: Buffer): Promise<void> => envelopes.put(sha256Hex(bytes), bytes);

beforeEach(async () => {
  folder = await temporaryFolder();
  files = await openHashedFiles(join(folder.path, 'envelopes'));
  envelopes = open();
});
afterEach(async () => {
  envelopes.close();
  await folder.remove();
});

describe('an envelope', () => {
  it('that is small lies with others, and is committed when it is told', async () => {
    const all = Array.from({ length: 40 }, (_, at) => Buffer.from(`envelope ${String(at)}`));
    await Promise.all(all.map(put));
    // another connection: it sees what is committed
    expect(soundTogether(folder.path)).toEqual(new Set(all.map(sha256Hex)));
    expect(existsSync(fileOf(all[0] ?? SMALL))).toBe(false);
    envelopes.close();
    envelopes = open();
    for (const bytes of all) expect(await envelopes.read(sha256Hex(bytes))).toEqual(bytes);
  });

  it('that is large is a file', async () => {
    await put(LARGE);
    await put(Buffer.alloc(100, 'y'));
    expect(await readFile(fileOf(LARGE))).toEqual(LARGE);
    expect([...soundTogether(folder.path)]).toEqual([sha256Hex(Buffer.alloc(100, 'y'))]);
    expect(await envelopes.read(sha256Hex(LARGE))).toEqual(LARGE);
  });

  it('is stored when it is ready, and not when it never is', async () => {
    for (const bytes of [SMALL, LARGE]) {
      const sha256 = sha256Hex(bytes);
      const refused = envelopes.put(sha256, bytes, Promise.reject(new Error('forged')));
      await expect(refused).rejects.toThrow('forged');
      await expect(envelopes.read(sha256)).rejects.toThrow();
      await envelopes.put(sha256, bytes, Promise.resolve());
      expect(await envelopes.read(sha256)).toEqual(bytes);
    }
  });

  it('that an earlier program kept as a file is read as before', async () => {
    await files.put(sha256Hex(SMALL), SMALL);
    expect(await envelopes.read(sha256Hex(SMALL))).toEqual(SMALL);
  });

  it('that comes twice is there once, and mends what the disk made of the first', async () => {
    await put(SMALL);
    await put(SMALL);
    spoilEnvelope(folder.path, sha256Hex(SMALL), Buffer.from('rotten'));
    expect(soundTogether(folder.path).size).toBe(0);
    await put(SMALL);
    expect([...soundTogether(folder.path)]).toEqual([sha256Hex(SMALL)]);
  });

  it('is copied into a file from wherever it lies; one that is nowhere is told', async () => {
    const target = join(folder.path, 'copy');
    for (const bytes of [SMALL, LARGE]) {
      await put(bytes);
      await envelopes.copyTo(sha256Hex(bytes), target);
      expect(await readFile(target)).toEqual(bytes);
    }
    await expect(envelopes.read('0'.repeat(64))).rejects.toThrow('ENOENT');
    await expect(envelopes.copyTo('0'.repeat(64), target)).rejects.toThrow('ENOENT');
  });
});

it('envelopes of a newer program are refused, and the file is let go', () => {
  const file = join(folder.path, 'newer.sqlite');
  const newer = openDatabase(file);
  newer.exec('PRAGMA user_version = 99');
  newer.close();
  expect(() => openEnvelopes({ database: file, files, togetherBytes: 100 })).toThrow(StorageError);
  // the last connection that closes takes the log away
  expect(existsSync(`${file}-wal`)).toBe(false);
});
