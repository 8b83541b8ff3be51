import { readFile } from 'node:fs/promises';

/** Where systems put what is plugged in. */
const PLACES = ['/media/', '/run/media/'] as const;

/** A mount point as `/proc/mounts` writes it: space, tab, line end and backslash are octal. */
function plain(written: string): string {
  return written.replaceAll(/\\([0-7]{3})/g, (_whole, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}

/** Sticks among the mounts of a machine, by their folders. A folder that nothing is mounted on is none. */
export function sticksIn(mounts: string): readonly string[] {
  const folders = mounts
    .split('\n')
    .flatMap((line) => line.split(' ').slice(1, 2))
    .map(plain)
    .filter((folder) => PLACES.some((place) => folder.startsWith(place)));
  return [...new Set(folders)];
}

/** The sticks that are plugged in and mounted. Linux only: none elsewhere. Never rejects. */
export async function findSticks(): Promise<readonly string[]> {
  try {
    return sticksIn(await readFile('/proc/mounts', 'utf8'));
  } catch {
    return [];
  }
}
