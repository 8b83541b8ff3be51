import { arch, platform } from 'node:os';
import { programPath } from './programs.ts';

/** Programs, and the Debian packages that bring them. */
const PROGRAMS: readonly (readonly [program: string, debianPackage: string])[] = [
  ['qemu-system-x86_64', 'qemu-system-x86'],
  ['busybox', 'busybox-static'],
  ['cpio', 'cpio'],
  ['modprobe', 'kmod'],
  ['depmod', 'kmod'],
  ['dpkg-deb', 'dpkg'],
  ['apt-get', 'apt'],
];

/** Why no machine can be started here; undefined when nothing speaks against it. */
export function whyNoMachine(): string | undefined {
  if (platform() !== 'linux' || arch() !== 'x64') return 'needs Linux on x86-64';
  // The machine reads the host's root as whoever started it, and files there are not all everybody's.
  if (process.getuid?.() !== 0) return 'needs root';
  const missing = PROGRAMS.filter(([program]) => programPath(program) === undefined);
  if (missing.length === 0) return undefined;
  const packages = [...new Set(missing.map(([, name]) => name))];
  return `not installed: ${packages.join(', ')}`;
}
