import * as real from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from '../disk.ts';
import { runOf, type Run } from '../machine.ts';

/** The functions of node:fs/promises that main/core and platform use, on a simulated disk. */

const never = (): Promise<never> => new Promise(() => undefined);

/** Waits for the turn, then does it at once, unless the power goes just then. */
async function on<T>(path: string, what: string, work: (run: Run | undefined, path: string) => T) {
  const run = runOf(path);
  if (!run) return work(undefined, path);
  const { machine } = run;
  if (!run.alive) return never();
  if (machine.mixing >= 1 || machine.chance.often(machine.mixing)) {
    await machine.scheduler.gate(run, what);
  }
  return run.instant(what) ? work(run, run.real(path)) : never();
}

function isDatabase(path: string): boolean {
  return /\.(sqlite|db)(-wal|-shm|\.part)?$/.test(path);
}

function error(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}

class Handle {
  readonly #path: string;
  readonly #isFolder: boolean;

  constructor(path: string, isFolder: boolean) {
    this.#path = path;
    this.#isFolder = isFolder;
  }

  writeFile(bytes: Uint8Array | string): Promise<void> {
    return on(this.#path, 'write', (run, path) =>
      run?.machine.files.write(path, typeof bytes === 'string' ? Buffer.from(bytes) : bytes, 0),
    );
  }

  write(bytes: Uint8Array, from: number, length: number, at: number) {
    return on(this.#path, 'write', (run, path) => {
      run?.machine.files.write(path, bytes.subarray(from, from + length), at);
      return { bytesWritten: length, buffer: bytes };
    });
  }

  read(buffer: Uint8Array, from: number, length: number, at: number) {
    return on(this.#path, 'read', (_run, path) => {
      const handle = real.openSync(path, 'r');
      try {
        return { bytesRead: real.readSync(handle, buffer, from, length, at), buffer };
      } finally {
        real.closeSync(handle);
      }
    });
  }

  sync(): Promise<void> {
    return on(this.#path, 'fsync', (run, path) => {
      if (!isDatabase(path)) run?.machine.files.sync(path, this.#isFolder);
    });
  }

  datasync(): Promise<void> {
    return this.sync();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

export function open(file: string, flags: string, mode = 0o666): Promise<Handle> {
  return on(file, `open ${flags}`, (run, path) => {
    const exists = real.existsSync(path);
    if (flags.startsWith('w')) {
      if (flags === 'wx' && exists) throw error('EEXIST', path);
      if (!real.existsSync(dirname(path))) throw error('ENOENT', path);
      if (!run) throw new Error('writing outside of the machines');
      run.machine.files.create(path, mode);
      return new Handle(file, false);
    }
    if (!exists) throw error('ENOENT', path);
    return new Handle(file, real.statSync(path).isDirectory());
  });
}

export async function readFile(file: string, encoding?: BufferEncoding): Promise<Buffer | string> {
  const bytes = await on(file, 'readFile', (_run, path) => real.readFileSync(path));
  return encoding === undefined ? bytes : bytes.toString(encoding);
}

export async function writeFile(
  file: string,
  bytes: Uint8Array | string,
  options: { readonly mode?: number } = {},
): Promise<void> {
  const handle = await open(file, 'w', options.mode);
  await handle.writeFile(bytes);
}

export function readdir(folder: string): Promise<readonly string[]> {
  return on(folder, 'readdir', (_run, path) => real.readdirSync(path).sort());
}

export function mkdir(
  folder: string,
  options: { readonly recursive?: boolean; readonly mode?: number } = {},
): Promise<void> {
  return on(folder, 'mkdir', (_run, path) =>
    makeFolder(path, options.recursive ?? false, options.mode ?? 0o777),
  );
}

export function rename(from: string, to: string): Promise<void> {
  return on(from, 'rename', (run, path) => {
    const target = run?.real(to) ?? to;
    if (!run || isDatabase(path)) real.renameSync(path, target);
    else run.machine.files.rename(path, target);
  });
}

export function rm(file: string, options: { readonly force?: boolean } = {}): Promise<void> {
  return on(file, 'rm', (run, path) => {
    if (!real.existsSync(path)) {
      if (options.force !== true) throw error('ENOENT', path);
      return;
    }
    if (!run || isDatabase(path)) real.rmSync(path);
    else run.machine.files.remove(path);
  });
}

export function copyFile(from: string, to: string): Promise<void> {
  return on(from, 'copy', (run, path) => {
    if (!run) throw new Error('writing outside of the machines');
    const target = run.real(to);
    run.machine.files.create(target, 0o600);
    run.machine.files.write(target, real.readFileSync(path), 0);
  });
}

export function stat(file: string): Promise<real.Stats> {
  return on(file, 'stat', (_run, path) => real.statSync(path));
}

export function lstat(file: string): Promise<real.Stats> {
  return on(file, 'lstat', (_run, path) => real.lstatSync(path));
}

export function statfs(folder: string): Promise<{ bavail: number; bsize: number }> {
  return on(folder, 'statfs', (run) => ({
    bavail: run?.machine.files.full === true ? 0 : 2 ** 24,
    bsize: 4096,
  }));
}

export function mkdtemp(): Promise<never> {
  return Promise.reject(new Error('no temporary folders in a simulation'));
}
