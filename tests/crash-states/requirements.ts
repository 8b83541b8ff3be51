import { existsSync } from 'node:fs';
import { programPath } from '../device-lab/machine/programs.ts';

/** Programs, and the Debian packages that bring them. */
const PROGRAMS: readonly (readonly [program: string, debianPackage: string])[] = [
  ['mkfs.ext4', 'e2fsprogs'],
  ['mount', 'mount'],
  ['umount', 'mount'],
  ['unshare', 'util-linux'],
];

/** Why disks cannot be recorded here; undefined when nothing speaks against it. */
export function whyNoDisks(): string | undefined {
  if (process.platform !== 'linux') return 'needs Linux';
  if (process.getuid?.() !== 0) return 'needs root';
  if (!existsSync('/dev/fuse')) return 'needs /dev/fuse';
  if (!existsSync('/dev/loop-control')) return 'needs loop devices';
  const missing = PROGRAMS.filter(([program]) => programPath(program) === undefined);
  if (missing.length === 0) return undefined;
  return `not installed: ${[...new Set(missing.map(([, name]) => name))].join(', ')}`;
}
