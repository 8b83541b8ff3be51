import * as real from 'node:fs';
import { runOf, type Run } from '../machine.ts';

/** The functions of node:fs/promises that main/core and platform use, on a simulated disk. */

const never = (): Promise<never> => new Promise(() => undefined);

/** Waits for the turn, then does it at once, unless the power goes just then. */
async function on<T>(path: string, what: string, work: (run: Run, path: string) => T): Promise<T> {
  const run = runOf(path);
  if (!run) throw new Error(`${path}: outside of the machines`);
  const { machine } = run;
  if (!run.alive) return never();
  await machine.turn(run, what);
  return run.instant(what) ? work(run, run.real(path)) : never();
}

function error(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}

class Handle {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  writeFile(bytes: Uint8Array | string): Promise<void> {
    return on(this.#path, 'write', ({ machine }, path) =>
      machine.files.write(path, typeof bytes === 'string' ? Buffer.from(bytes) : bytes, 0),
    );
  }

  write(bytes: Uint8Array, from: number, length: number, at: number) {
    return on(this.#path, 'write', ({ machine }, path) => {
      machine.files.write(path, bytes.subarray(from, from + length), at);
      return { bytesWritten: length, buffer: bytes };
    });
  }

  read(buffer: Uint8Array, from: number, length: number, at: number) {
    return on(this.#path, 'read', ({ machine }, path) => {
      const bytes = machine.files.read(path).subarray(at, at + length);
      buffer.set(bytes, from);
      return { bytesRead: bytes.length, buffer };
    });
  }

  sync(): Promise<void> {
    return on(this.#path, 'fsync', ({ machine }, path) => machine.files.sync(path));
  }

  datasync(): Promise<void> {
    return this.sync();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

export function open(file: string, flags: string, mode = 0o666): Promise<Handle> {
  return on(file, `open ${flags}`, ({ machine }, path) => {
    const { files } = machine;
    const exists = files.exists(path);
    if (flags.startsWith('w')) {
      if (flags === 'wx' && exists) throw error('EEXIST', path);
      files.create(path, mode);
    } else if (!exists) throw error('ENOENT', path);
    return new Handle(file);
  });
}

/** A copy of the bytes: whoever reads a secret wipes what was read. */
export async function readFile(file: string, encoding?: BufferEncoding): Promise<Buffer | string> {
  if (!runOf(file)) return real.promises.readFile(file, encoding ?? null);
  return on(file, 'readFile', ({ machine }, path) => {
    const bytes = machine.files.read(path);
    return encoding === undefined ? Buffer.from(bytes) : bytes.toString(encoding);
  });
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
  return on(folder, 'readdir', ({ machine }, path) => machine.files.names(path));
}

export function mkdir(
  folder: string,
  options: { readonly recursive?: boolean; readonly mode?: number } = {},
): Promise<void> {
  return on(folder, 'mkdir', ({ machine }, path) =>
    machine.files.makeFolder(path, options.recursive ?? false, options.mode ?? 0o777),
  );
}

export function rename(from: string, to: string): Promise<void> {
  return on(from, 'rename', (run, path) => run.machine.files.rename(path, run.real(to)));
}

export function rm(file: string, options: { readonly force?: boolean } = {}): Promise<void> {
  return on(file, 'rm', ({ machine }, path) => {
    if (machine.files.exists(path)) machine.files.remove(path);
    else if (options.force !== true) throw error('ENOENT', path);
  });
}

export function copyFile(from: string, to: string): Promise<void> {
  return on(from, 'copy', (run, path) => {
    const { files } = run.machine;
    const target = run.real(to);
    const bytes = files.read(path);
    files.create(target, 0o600);
    files.write(target, bytes, 0);
  });
}

/** What the code asks of a file. */
export interface Stats {
  readonly dev: number;
  readonly ino: number;
  readonly size: number;
  readonly mode: number;
  readonly uid: number;
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}

/** Whoever runs this owns every file. */
const OWNER = process.getuid?.() ?? 0;

export function statsOf({ machine: { files } }: Run, path: string): Stats {
  const isFolder = files.isFolder(path);
  // a lock, which is a database, is looked at with each transaction, and nobody asks how long it is
  const size = files.isDatabase(path) ? undefined : files.size(path);
  return {
    // each machine has one disk; what is put in the place of another file or folder is told apart by what is in it
    dev: 1,
    ino: 1,
    get size() {
      return size ?? files.size(path);
    },
    mode: files.mode(path),
    uid: OWNER,
    isFile: () => !isFolder,
    isDirectory: () => isFolder,
    isSymbolicLink: () => false,
  };
}

export function stat(file: string): Promise<Stats> {
  return on(file, 'stat', statsOf);
}

export function lstat(file: string): Promise<Stats> {
  return on(file, 'lstat', statsOf);
}

export function statfs(folder: string): Promise<{ bavail: number; blocks: number; bsize: number }> {
  return on(folder, 'statfs', ({ machine }) => ({
    bavail: machine.files.full ? 0 : 2 ** 24,
    blocks: 2 ** 25,
    bsize: 4096,
  }));
}

export function mkdtemp(): Promise<never> {
  return Promise.reject(new Error('no temporary folders in a simulation'));
}
