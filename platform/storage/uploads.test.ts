import { mkdir, readdir, rename, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failingOpen, failingSync, whileDisk } from '../../tests/platform-kit/disk-faults.ts';
import { temporaryFolder } from '../../tests/platform-kit/platform.ts';
import { createCrashPoint } from '../crash-point.ts';
import { type HashedFiles, openHashedFiles, sha256Hex } from './files.ts';
import { openUploads, type Uploads } from './uploads.ts';

const TERMINAL = 't-1';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let files: HashedFiles;
let logged: string[];

beforeEach(async () => {
  folder = await temporaryFolder();
  files = await openHashedFiles(join(folder.path, 'attachments'));
  logged = [];
});
afterEach(() => folder.remove());

const home = (terminalId: string): string => join(folder.path, 'uploads', terminalId);
const open = (): Promise<Uploads> =>
  openUploads(
    join(folder.path, 'uploads'),
    files,
    createCrashPoint(undefined, 'demo'),
    pino({}, { write: (line: string) => logged.push(line) }),
  );

describe('what lies among the unfinished uploads', () => {
  it('and is none keeps no platform from starting, nor the rest from being tidied up', async () => {
    const old = new Date(Date.now() - 31 * 24 * 3_600_000);
    const name = `${sha256Hex('given up')}.100`;
    for (const terminalId of ['a-terminal', 'z-terminal']) {
      await mkdir(join(home(terminalId), 'a folder'), { recursive: true });
      await utimes(join(home(terminalId), 'a folder'), old, old);
      await symlink('nowhere', join(home(terminalId), 'b'));
      await writeFile(join(home(terminalId), name), 'part');
      await utimes(join(home(terminalId), name), old, old);
    }
    await writeFile(home('a file'), 'x');
    await symlink('b link', home('b link'));
    const uploads = await open();
    for (const terminalId of ['a-terminal', 'z-terminal']) {
      expect((await readdir(home(terminalId))).sort()).toEqual(['a folder', 'b']);
    }
    expect(logged.filter((line) => line.includes('cannot be tidied up'))).toHaveLength(5);
    expect(logged.join('')).not.toContain(folder.path);
    const bytes = Buffer.from('an attachment');
    const request = { terminalId: TERMINAL, sha256: sha256Hex(bytes), length: bytes.length };
    const taken = await uploads.append({ ...request, offset: 0, bytes: Readable.from([bytes]) });
    expect(taken).toMatchObject({ ok: true, value: { complete: true } });
  });
});

describe('an upload that a crash left with all its bytes', () => {
  const bytes = Buffer.from('an attachment');
  const sha256 = sha256Hex(bytes);
  const file = () => join(home(TERMINAL), `${sha256}.${String(bytes.length)}`);
  beforeEach(async () => {
    await mkdir(home(TERMINAL), { recursive: true });
    await writeFile(file(), bytes);
  });

  it('is kept when it cannot be opened: nothing is sent again', async () => {
    const uploads = await open();
    const looked = whileDisk('open', failingOpen(file()), () => uploads.state(TERMINAL, sha256));
    await expect(looked).rejects.toThrow('EMFILE');
    expect(await uploads.state(TERMINAL, sha256)).toMatchObject({ complete: true });
  });

  it('is not called absent when the folder cannot be looked into', async () => {
    const uploads = await open();
    await rename(home(TERMINAL), home('elsewhere'));
    expect(await uploads.state(TERMINAL, sha256)).toBeUndefined();
    await writeFile(home(TERMINAL), 'no folder');
    await expect(uploads.state(TERMINAL, sha256)).rejects.toThrow('ENOTDIR');
  });

  it('is given up when its bytes may not be on the disk', async () => {
    const uploads = await open();
    const looked = whileDisk('open', failingSync(file()), () => uploads.state(TERMINAL, sha256));
    await expect(looked).rejects.toThrow('EIO');
    expect(await uploads.state(TERMINAL, sha256)).toBeUndefined();
  });
});
