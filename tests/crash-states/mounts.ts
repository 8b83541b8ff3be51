import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, openSync, closeSync } from 'node:fs';
import { join } from 'node:path';
import { DISKS, type Disk } from './write-log.ts';

/** Runs a system program to its end; throws with its complaint when it fails. */
export function run(name: string, args: readonly string[], stdio?: readonly number[]): void {
  const done = spawnSync(name, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe', ...(stdio ?? [])],
    env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`, LC_ALL: 'C' },
  });
  if (done.status === 0) return;
  throw new Error(`${name} ${args.join(' ')}: ${done.error?.message ?? done.stderr.trim()}`);
}

/** Bytes of a disk; ext4 keeps 4 MiB of it for its journal. */
export const DISK_BYTES: Readonly<Record<Disk, number>> = {
  terminal: 16 * 1024 * 1024,
  platform: 24 * 1024 * 1024,
};

/** Makes an image with an empty ext4, as Debian makes it; nothing is left to be initialised later. */
export function makeImage(file: string, bytes: number): void {
  run('truncate', ['-s', String(bytes), file]);
  const early = 'lazy_itable_init=0,lazy_journal_init=0,nodiscard';
  run('mkfs.ext4', ['-q', '-F', '-b', '4096', '-J', 'size=4', '-m', '0', '-E', early, file]);
}

/** Mounts the image of an ext4; the kernel replays its journal. */
export function mountImage(image: string, at: string): void {
  mkdirSync(at, { recursive: true });
  run('mount', ['-t', 'ext4', '-o', 'loop', image, at]);
}

/** Unmounts; `-l` also what is still in use or broken. */
export function unmount(at: string, lazily = false): void {
  run('umount', [...(lazily ? ['-l'] : []), at]);
}

/** Disks that are recorded, mounted where a program can work on them. */
export interface RecordedDisks {
  readonly folders: Readonly<Record<Disk, string>>;
  /** What is written to it stands in the log. */
  readonly mark: string;
  /** Unmounts everything and ends the server. */
  close(): Promise<void>;
}

/** Serves images so that every write and flush of their disks stands in a log, and mounts them. */
export async function mountRecorded(
  work: string,
  images: Readonly<Record<Disk, string>>,
  log: string,
): Promise<RecordedDisks> {
  const served = join(work, 'served');
  mkdirSync(served, { recursive: true });
  const device = openSync('/dev/fuse', 'r+');
  const options = 'fd=3,rootmode=40000,user_id=0,group_id=0';
  run('mount', ['-i', '-t', 'fuse', '-o', options, 'bianmin-disks', served], [device]);
  const server = spawn(
    process.execPath,
    [join(import.meta.dirname, 'disk-server.ts'), '3', log, ...DISKS.map((disk) => images[disk])],
    { stdio: ['ignore', 'inherit', 'inherit', device] },
  );
  closeSync(device);
  const gone = new Promise<void>((resolve) => server.once('close', () => resolve()));
  const folders = { terminal: join(work, 'terminal'), platform: join(work, 'platform') };
  const mounted: string[] = [];
  const close = async (): Promise<void> => {
    for (const folder of mounted.reverse()) unmount(folder, true);
    unmount(served, true);
    await gone;
  };
  try {
    // asks in a process of its own, so that this one can hear of the server's end
    for (const disk of DISKS) {
      mountImage(join(served, `${disk}.img`), folders[disk]);
      mounted.push(folders[disk]);
    }
  } catch (error) {
    server.kill('SIGKILL');
    await close();
    throw error;
  }
  return { folders, mark: join(served, 'mark'), close };
}
