import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

type Calls = typeof fs.promises;

/**
 * Does something while a call of `node:fs/promises` is another one: what a disk does that is full or broken, or a
 * process that has no descriptors left, cannot be had from a sound machine. All else is the real disk.
 */
export async function whileDisk<K extends 'open' | 'statfs', T>(
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
