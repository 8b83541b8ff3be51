import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A way by which memory may reach a disk, for a technician; nothing personal. */
export type MemoryLeak =
  | { readonly way: 'coreDumps'; readonly limit: string }
  /** The kernel hands dumps to a program, whatever the limit; systemd's own heeds it. */
  | { readonly way: 'dumpProgram'; readonly program: string }
  | { readonly way: 'swap'; readonly device: string };

/** The soft limit of a core file in `/proc/self/limits` (proc_pid_limits(5)): `0`, bytes or `unlimited`. */
function coreLimit(limits: string): string | undefined {
  return /^Max core file size\s+(\S+)/m.exec(limits)?.[1];
}

/** The program behind a pipe in `core_pattern` (core(5)), unless it is systemd's. */
function dumpProgram(pattern: string): string | undefined {
  const program = /^\|\s*(\S+)/.exec(pattern)?.[1];
  return program?.endsWith('/systemd-coredump') === true ? undefined : program;
}

/** Whether this process is kept out of swap: `MemorySwapMax=0` of its unit, or of one around it (cgroups(7)). */
async function keptOutOfSwap(root: string): Promise<boolean> {
  const groups = await readFile(join(root, 'proc/self/cgroup'), 'utf8').catch(() => '');
  let group = /^0::(\/\S*)$/m.exec(groups)?.[1] ?? '/';
  for (; group !== '/'; group = dirname(group)) {
    const file = join(root, 'sys/fs/cgroup', group, 'memory.swap.max');
    if ((await readFile(file, 'utf8').catch(() => '')).trim() === '0') return true;
  }
  return false;
}

/** Whether a device is memory itself, or is encrypted with a key that dies with the machine's power. */
async function reachesDisk(device: string, root: string): Promise<boolean> {
  const name = device.split('/').at(-1) ?? '';
  if (/^zram\d+$/.test(name)) return false;
  const kind = await readFile(join(root, 'sys/block', name, 'dm/uuid'), 'utf8').catch(() => '');
  return !kind.startsWith('CRYPT-');
}

/**
 * How memory, which holds people for a while after they have gone, may reach a disk on this machine: by core
 * dumps of this process or by swap (without swap there is no hibernation either). On systems without `/proc`
 * nothing is seen, and nothing told.
 *
 * Not seen: what counts for other processes, such as the window; hibernation on a machine that has swap, where
 * this process is kept out of it.
 *
 * @param root where `/proc` and `/sys` lie
 */
export async function memoryLeaks(root = '/'): Promise<readonly MemoryLeak[]> {
  const text = (file: string): Promise<string> =>
    readFile(join(root, 'proc', file), 'utf8').catch(() => '');
  const limit = coreLimit(await text('self/limits'));
  const program = dumpProgram(await text('sys/kernel/core_pattern'));
  const [, ...swaps] = (await text('swaps')).trim().split('\n');
  const leaks: MemoryLeak[] = [];
  if (limit !== undefined && limit !== '0') leaks.push({ way: 'coreDumps', limit });
  if (program !== undefined) leaks.push({ way: 'dumpProgram', program });
  if (await keptOutOfSwap(root)) return leaks;
  for (const line of swaps) {
    const device = line.split(/\s/)[0] ?? '';
    if (await reachesDisk(device, root)) leaks.push({ way: 'swap', device });
  }
  return leaks;
}
