import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

type Calls = typeof fs.promises;

/**
 * Does something while a call of `node:fs/promises` is another one: what a disk does that is full or broken, or a
 * process that has no descriptors left, cannot be had from a sound machine. All else is the real disk.
 */
export async function whileDisk<K extends 'open' | 'statfs' | 'stat' | 'rename' | 'readFile', T>(
  call: K,
  instead: (real: Calls[K]) => Calls[K],
  during: () => Promise<T>,
): Promise<T> {
  const real = fs.promises[call];
  fs.promises[call] = instead(real);
  syncBuiltinESMExports();
  try {
    return await during();
  } finally {
    fs.promises[call] = real;
    syncBuiltinESMExports();
  }
}

type Open = Calls['open'];

/** No descriptor is left for a file or folder. */
export function failingOpen(path: string): (real: Open) => Open {
  return (real) => (file, flags, mode) =>
    file === path
      ? Promise.reject(Object.assign(new Error('EMFILE: too many open files'), { code: 'EMFILE' }))
      : real(file, flags, mode);
}

/** What was written of a file or folder does not reach the disk, and the flush says so. */
export function failingSync(path: string): (real: Open) => Open {
  return (real) => async (file, flags, mode) => {
    const handle = await real(file, flags, mode);
    if (file === path) handle.sync = () => Promise.reject(new Error('EIO: i/o error, fsync'));
    return handle;
  };
}
