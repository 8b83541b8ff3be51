// The first file system of the machine: busybox, an init script and kernel modules, some 3 MB.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { initScript } from './init.ts';
import type { GuestKernel } from './kernel.ts';
import { machineCache } from './kernel.ts';
import type { MachineProfile } from './profile.ts';
import { ROOT_MODULES } from './profile.ts';
import { programPath, runProgram } from './programs.ts';

const FOLDERS = ['bin', 'dev', 'etc', 'host', 'proc', 'run', 'sys', 'tmp'];

/** The files of a module and of what it needs; none when it is built into the kernel. */
async function moduleFiles(kernel: GuestKernel, module: string): Promise<readonly string[]> {
  const args = ['-d', kernel.root, '-S', kernel.version, '--show-depends', module];
  const said = await runProgram('modprobe', args);
  return said.split('\n').flatMap((line) => /^insmod (\S+)/.exec(line)?.[1] ?? []);
}

async function build(kernel: GuestKernel, profile: MachineProfile, work: string): Promise<void> {
  const tree = join(work, 'tree');
  for (const folder of FOLDERS) await mkdir(join(tree, folder), { recursive: true });
  const busybox = programPath('busybox');
  if (busybox === undefined) throw new Error('busybox is not installed');
  await cp(busybox, join(tree, 'bin/busybox'), { dereference: true });
  const files = new Set<string>();
  for (const module of [...ROOT_MODULES, ...profile.modules]) {
    for (const file of await moduleFiles(kernel, module)) files.add(file);
  }
  const modules = join('lib/modules', kernel.version);
  for (const file of files) {
    const target = join(tree, relative(kernel.root, file));
    await mkdir(dirname(target), { recursive: true });
    await cp(file, target);
  }
  for (const name of await readdir(join(kernel.root, modules))) {
    if (/^modules\.(?:order|builtin)/.test(name)) {
      await cp(join(kernel.root, modules, name), join(tree, modules, name));
    }
  }
  await runProgram('depmod', ['-b', tree, kernel.version]);
  await writeFile(join(tree, 'init'), initScript(profile), { mode: 0o755 });
  const pack = 'find . | cpio --quiet -o -H newc | gzip -1 > "$1"';
  await runProgram('sh', ['-c', pack, 'sh', join(work, 'initrd.gz')], { cwd: tree });
}

/** Builds the initrd of a profile, or finds the one of an earlier run; gives its path. */
export async function initrdOf(
  kernel: GuestKernel,
  profile: MachineProfile,
  cache: string = machineCache(),
): Promise<string> {
  // depmod has run once before modprobe is asked: unpacked packages come without its files.
  const dependencies = join(kernel.root, 'lib/modules', kernel.version, 'modules.dep');
  if (!existsSync(dependencies)) await runProgram('depmod', ['-b', kernel.root, kernel.version]);
  const contents = JSON.stringify([kernel.version, profile.modules, initScript(profile)]);
  const key = createHash('sha256').update(contents).digest('hex').slice(0, 16);
  const path = join(cache, `initrd-${profile.name}-${key}.gz`);
  if (existsSync(path)) return path;
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, 'build-'));
  try {
    await build(kernel, profile, work);
    const older = (await readdir(cache)).filter((one) => one.startsWith(`initrd-${profile.name}-`));
    await rename(join(work, 'initrd.gz'), path);
    for (const one of older) await rm(join(cache, one), { force: true });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return path;
}
