import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What a program loads, and what Node made of it: for a machine that takes long for both. */
export interface LoadedFiles {
  readonly files: readonly string[];
  /** Value for NODE_COMPILE_CACHE. */
  readonly compileCache: string;
}

/** Every `package.json` on the way to a file says how it is to be read. */
function packagesOf(files: readonly string[]): readonly string[] {
  const folders = new Set<string>();
  for (const file of files) {
    for (let folder = dirname(file); !folders.has(folder); folder = dirname(folder)) {
      folders.add(folder);
    }
  }
  return [...folders].map((folder) => join(folder, 'package.json')).filter(existsSync);
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/**
 * Runs a program with `--load` here, on the host, and gives the files that it loaded. The program prints them as
 * one line of JSON. Throws when it fails.
 */
export function loadedFiles(program: string, cwd: string, compileCache: string): LoadedFiles {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, '--load'], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, NODE_COMPILE_CACHE: compileCache },
  });
  if (status !== 0) throw new Error(stderr);
  const loaded = JSON.parse(stdout) as readonly string[];
  // Where they really lie: a folder that took the place of a link would hide all else that is behind it.
  const files = [...loaded, ...packagesOf(loaded), ...filesIn(compileCache)].map((file) =>
    realpathSync(file),
  );
  return { files: [...new Set(files)], compileCache };
}
