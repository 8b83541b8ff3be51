import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { Chance } from './chance.ts';

interface Undo {
  readonly folder: string;
  readonly undo: () => void;
}

function noSpace(path: string): Error {
  return Object.assign(new Error(`ENOSPC: no space left on device, write '${path}'`), {
    code: 'ENOSPC',
  });
}

/**
 * The disk of one machine, on a folder that is really there. What was written and not fsynced, and names
 * that were made, changed or taken away in a folder that was not fsynced, may be lost when the power goes:
 * of each folder a beginning of what was done there stays, of each file any beginning of its bytes. That
 * is what POSIX allows; most file systems are kinder. Databases are not told of here: SQLite fsyncs what
 * it commits.
 */
export class Disk {
  full = false;
  /** Names of the files that went, since it was last asked. */
  #removed: string[] = [];
  /** Bytes of a file that are safe, of those whose bytes now are not; `null`: it was new. */
  readonly #unsafe = new Map<string, Buffer | null>();
  #pending: Undo[] = [];

  removed(): readonly string[] {
    const names = this.#removed;
    this.#removed = [];
    return names;
  }

  create(path: string, mode: number): void {
    const existed = existsSync(path);
    this.#willChange(path);
    closeSync(openSync(path, 'w', mode));
    if (!existed) this.#name(path, () => rmSync(path, { force: true }));
  }

  write(path: string, bytes: Uint8Array, at: number): void {
    this.#willChange(path);
    const handle = openSync(path, 'r+');
    try {
      const room = this.full ? bytes.length >> 1 : bytes.length;
      if (room > 0) writeSync(handle, bytes, 0, room, at);
      if (this.full) throw noSpace(path);
    } finally {
      closeSync(handle);
    }
  }

  /** Makes the bytes of a file, or the names in a folder, safe. */
  sync(path: string, isFolder: boolean): void {
    if (isFolder) this.#pending = this.#pending.filter(({ folder }) => folder !== path);
    else this.#unsafe.delete(path);
  }

  rename(from: string, to: string): void {
    const before = existsSync(to) ? readFileSync(to) : undefined;
    const unsafeBefore = this.#unsafe.get(to);
    renameSync(from, to);
    this.#moveUnsafe(from, to);
    this.#name(to, () => {
      if (!existsSync(to)) return;
      renameSync(to, from);
      this.#moveUnsafe(to, from);
      if (before) writeFileSync(to, before);
      if (unsafeBefore !== undefined) this.#unsafe.set(to, unsafeBefore);
    });
  }

  remove(path: string): void {
    if (!existsSync(path)) return;
    const before = readFileSync(path);
    rmSync(path);
    this.#removed.push(path);
    this.#name(path, () => writeFileSync(path, before));
  }

  /** The files are others now, and all of them safe. */
  forget(): void {
    this.#pending = [];
    this.#unsafe.clear();
    this.#removed = [];
  }

  /** The power goes. */
  crash(chance: Chance): void {
    const kept = new Map<string, number>();
    for (const [folder, undos] of Map.groupBy(this.#pending, (each) => each.folder)) {
      const all = undos.length;
      kept.set(folder, chance.often(0.5) ? 0 : chance.often(0.5) ? all : chance.between(0, all));
    }
    const stays = new Set<Undo>();
    for (const each of this.#pending) {
      const left = kept.get(each.folder) ?? 0;
      if (left > 0) stays.add(each);
      kept.set(each.folder, left - 1);
    }
    for (const each of this.#pending.toReversed()) if (!stays.has(each)) each.undo();
    for (const [path, safe] of this.#unsafe) {
      if (!existsSync(path)) continue;
      const now = readFileSync(path);
      const old = safe ?? Buffer.alloc(0);
      const lost = chance.pick(['all', 'some', 'zeros', 'none'] as const);
      if (lost === 'all') writeFileSync(path, old);
      else if (lost === 'some') writeFileSync(path, now.subarray(0, chance.between(0, now.length)));
      else if (lost === 'zeros') writeFileSync(path, Buffer.alloc(now.length));
    }
    this.forget();
  }

  #willChange(path: string): void {
    if (this.#unsafe.has(path)) return;
    this.#unsafe.set(path, existsSync(path) ? readFileSync(path) : null);
  }

  #moveUnsafe(from: string, to: string): void {
    const safe = this.#unsafe.get(from);
    this.#unsafe.delete(from);
    this.#unsafe.delete(to);
    if (safe !== undefined) this.#unsafe.set(to, safe);
  }

  #name(path: string, undo: () => void): void {
    this.#pending.push({ folder: dirname(path), undo });
  }
}

/** Makes a folder and what is above it; folders are safe at once. */
export function makeFolder(path: string, recursive: boolean, mode: number): void {
  mkdirSync(path, { recursive, mode });
}
