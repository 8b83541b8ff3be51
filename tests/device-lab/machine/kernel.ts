// The kernel of the virtual machine: Debian's package, downloaded and unpacked, never installed.
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from './programs.ts';

/** A kernel with its modules. */
export interface GuestKernel {
  /** `6.1.0-57-amd64` */
  readonly version: string;
  /** Folder that holds `boot` and `lib/modules`. */
  readonly root: string;
  readonly image: string;
}

/** Where kernels and initrds are kept between runs, outside of the project. */
export function machineCache(): string {
  const base = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  return join(base, 'bianmin-machine');
}

/** The package that Debian's metapackage points to now; undefined where apt knows none. */
async function currentPackage(): Promise<string | undefined> {
  try {
    const said = await runProgram('apt-cache', ['depends', 'linux-image-amd64']);
    return /Depends: (linux-image-\S+-amd64)\s*$/m.exec(said)?.[1];
  } catch {
    return undefined;
  }
}

function kernelIn(cache: string, name: string): GuestKernel | undefined {
  const version = name.replace('linux-image-', '');
  const root = join(cache, name);
  const image = join(root, 'boot', `vmlinuz-${version}`);
  return existsSync(image) ? { version, root, image } : undefined;
}

/** The newest kernel that an earlier run left: without a network it serves as well. */
async function anyKernelIn(cache: string): Promise<GuestKernel | undefined> {
  const names = existsSync(cache) ? await readdir(cache) : [];
  return names
    .filter((name) => name.startsWith('linux-image-'))
    .sort((one, other) => other.localeCompare(one, 'en', { numeric: true }))
    .map((name) => kernelIn(cache, name))
    .find((kernel) => kernel !== undefined);
}

/** Downloads and unpacks into a folder of its own first: a run that is killed leaves nothing half. */
async function download(cache: string, name: string): Promise<void> {
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, 'download-'));
  try {
    await runProgram('apt-get', ['download', name], { cwd: work });
    const file = (await readdir(work)).find((one) => one.endsWith('.deb'));
    if (file === undefined) throw new Error('apt-get downloaded nothing');
    await runProgram('dpkg-deb', ['-x', join(work, file), join(work, 'root')]);
    await rename(join(work, 'root'), join(cache, name));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Debian's kernel, from the cache or from its archive; throws with the reason when there is none. */
export async function debianKernel(cache: string = machineCache()): Promise<GuestKernel> {
  const name = await currentPackage();
  const there = name === undefined ? await anyKernelIn(cache) : kernelIn(cache, name);
  if (there !== undefined) return there;
  if (name === undefined) throw new Error('no kernel: apt knows no linux-image-amd64');
  try {
    await download(cache, name);
  } catch (error) {
    const older = await anyKernelIn(cache);
    if (older !== undefined) return older;
    throw new Error(`no kernel: ${name} cannot be had`, { cause: error });
  }
  const fresh = kernelIn(cache, name);
  if (fresh === undefined) throw new Error(`no kernel: ${name} holds no image`);
  return fresh;
}
