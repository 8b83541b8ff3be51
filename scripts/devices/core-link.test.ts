import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { lockData } from '../../main/core/storage/data-lock.ts';
import { findCore } from './core-link.ts';

// slow shared machines: nothing here depends on how long it takes
vi.setConfig({ testTimeout: 60_000 });

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bianmin-link-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('a core that holds the folder and cannot be asked is told from one that is not there', async () => {
  expect(await findCore(folder)).toEqual({ is: 'none' });
  const lock = lockData(folder);
  expect(await findCore(folder)).toEqual({ is: 'locked' });
  lock.release();
  expect(await findCore(folder)).toEqual({ is: 'none' });
  // which nobody can hold
  await writeFile(lock.file, 'x'.repeat(4096));
  expect(await findCore(folder)).toEqual({ is: 'none' });
});

test('of a folder whose lock another user owns nobody says that no core runs', async () => {
  lockData(folder).release();
  await chmod(join(folder, 'lock'), 0o444);
  await chmod(folder, 0o755);
  const module = new URL('./core-link.ts', import.meta.url).href;
  const program = `const { findCore } = await import(${JSON.stringify(module)});
    if (process.getuid?.() === 0) process.seteuid(65534);
    console.log((await findCore(${JSON.stringify(folder)})).is);`;
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--input-type=module',
    '-e',
    program,
  ]);
  expect(stdout.trim()).toBe('denied');
});
