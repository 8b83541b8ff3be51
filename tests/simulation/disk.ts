import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Files } from '../invariants/files.ts';
import type { Chance } from './chance.ts';

interface Undo {
  readonly folder: string;
  readonly undo: () => void;
}

/** A file: its bytes are replaced, never changed in place. */
interface File {
  readonly bytes: Buffer;
  readonly mode: number;
}

/** Without the stack: programs ask for files that may not be there all the time. */
function fault(code: string, path: string, what = 'no such file or directory'): Error {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  const error = Object.assign(new Error(`${code}: ${what}, '${path}'`), { code });
  Error.stackTraceLimit = stackTraceLimit;
  return error;
}

const NOTHING = Buffer.alloc(0);

/** The same bytes, not copied. */
function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

const hashes = new WeakMap<Buffer, string>();

/** So many images are kept open to be read. */
const MOST_COPIES = 8;

const sizes = new WeakMap<DatabaseSync, StatementSync>();
/** Bytes of a database; all its pages are not copied for it, for a lock is looked at with each transaction. */
function bytesOf(database: DatabaseSync): number {
  let asked = sizes.get(database);
  if (!asked) {
    asked = database.prepare(
      'SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size',
    );
    sizes.set(database, asked);
  }
  return Number(asked.get()?.['bytes']);
}

/**
 * The disk of one machine, in memory. What was written and not fsynced, and names that were made, changed or
 * taken away in a folder that was not fsynced, may be lost when the power goes: of each folder a beginning of
 * what was done there stays, of each file any beginning of its bytes. That is what POSIX allows, but that folders
 * stay; most file systems are kinder. Databases are SQLite's own, in memory: what they committed stays, the rest is rolled
 * back.
 */
export class Disk implements Files {
  full = false;
  readonly #files = new Map<string, File>();
  /** Folders with the names in them. */
  readonly #folders = new Map<string, Set<string>>();
  readonly #modes = new Map<string, number>();
  readonly #databases = new Map<string, DatabaseSync>();
  /** Of files that hold a database, whose bytes never change: open to be read, whoever asks how often. */
  readonly #copies = new Map<Buffer, DatabaseSync>();
  /** Told of each file that goes, at the very moment. */
  onRemoved: ((path: string) => void) | undefined;
  /** Bytes of a file that are safe, of those whose bytes now are not; `null`: it was new. */
  readonly #unsafe = new Map<string, Buffer | null>();
  #pending: Undo[] = [];

  constructor(root: string) {
    this.#folders.set(root, new Set());
  }

  exists(path: string): boolean {
    return this.#files.has(path) || this.#databases.has(path) || this.#folders.has(path);
  }

  isFolder(path: string): boolean {
    return this.#folders.has(path);
  }

  /** @throws Error with the code ENOENT */
  size(path: string): number {
    const size = this.#files.get(path)?.bytes.length;
    if (size !== undefined) return size;
    const database = this.#databases.get(path);
    if (database) return bytesOf(database);
    if (this.isFolder(path)) return 0;
    throw fault('ENOENT', path);
  }

  /** Whether it is a database, whose size is asked of SQLite. */
  isDatabase(path: string): boolean {
    return this.#databases.has(path);
  }

  mode(path: string): number {
    return this.#files.get(path)?.mode ?? this.#modes.get(path) ?? 0o600;
  }

  /** The bytes of a file, not to be changed; of a database all its pages. @throws Error with the code ENOENT */
  read(path: string): Buffer {
    const file = this.#files.get(path);
    if (file) return file.bytes;
    const database = this.#databases.get(path);
    if (database) return asBuffer(database.serialize());
    throw this.isFolder(path) ? fault('EISDIR', path, 'is a folder') : fault('ENOENT', path);
  }

  /** @throws Error with the code ENOENT */
  names(folder: string): readonly string[] {
    const names = this.#folders.get(folder);
    if (!names) throw fault('ENOENT', folder);
    return [...names].sort();
  }

  below(folder: string): readonly string[] {
    return this.names(folder).flatMap((name) => {
      const path = `${folder}/${name}`;
      return this.isFolder(path) ? this.below(path) : [path];
    });
  }

  sound(path: string, sha256: string): boolean {
    const bytes = this.#files.get(path)?.bytes;
    if (!bytes) return false;
    let hash = hashes.get(bytes);
    if (hash === undefined) {
      hash = createHash('sha256').update(bytes).digest('hex');
      hashes.set(bytes, hash);
    }
    return hash === sha256;
  }

  /** Folders are safe at once, also where that above was not fsynced: less is lost than POSIX allows. */
  makeFolder(path: string, recursive: boolean, mode = 0o700): void {
    if (this.isFolder(path)) {
      if (!recursive) throw fault('EEXIST', path, 'is there');
      return;
    }
    if (this.exists(path)) throw fault('EEXIST', path, 'is there');
    const above = dirname(path);
    if (!this.isFolder(above)) {
      if (!recursive || above === path) throw fault('ENOENT', path);
      this.makeFolder(above, recursive, mode);
    }
    this.#folders.set(path, new Set());
    this.#modes.set(path, mode);
    this.#enter(path);
  }

  create(path: string, mode: number): void {
    const existed = this.exists(path);
    this.#willChange(path);
    this.#put(path, NOTHING, mode);
    if (!existed) this.#name(path, () => this.#drop(path));
  }

  write(path: string, bytes: Uint8Array, at: number): void {
    this.#willChange(path);
    const before = this.#files.get(path);
    if (!before) throw fault('ENOENT', path);
    const room = this.full ? bytes.length >> 1 : bytes.length;
    const after = Buffer.alloc(Math.max(before.bytes.length, at + room));
    after.set(before.bytes);
    after.set(room === bytes.length ? bytes : bytes.subarray(0, room), at);
    this.#files.set(path, { ...before, bytes: after });
    if (this.full) throw fault('ENOSPC', path, 'no space left on device, write');
  }

  /** Makes the bytes of a file, or the names in a folder, safe. */
  sync(path: string): void {
    if (this.isFolder(path)) this.#pending = this.#pending.filter(({ folder }) => folder !== path);
    else this.#unsafe.delete(path);
  }

  /** @throws Error with the code ENOENT */
  rename(from: string, to: string): void {
    const database = this.#databases.get(from);
    if (database) {
      this.removeDatabase(to);
      this.#databases.delete(from);
      this.#databases.set(to, database);
      this.#leave(from);
      this.#enter(to);
      return;
    }
    const file = this.#files.get(from);
    if (!file) throw fault('ENOENT', from);
    if (!this.isFolder(dirname(to))) throw fault('ENOENT', to);
    const before = this.#files.get(to);
    const unsafeBefore = this.#unsafe.get(to);
    this.#move(from, to);
    this.#name(to, () => {
      if (!this.#files.has(to)) return;
      this.#move(to, from);
      if (before) this.#put(to, before.bytes, before.mode);
      if (unsafeBefore !== undefined) this.#unsafe.set(to, unsafeBefore);
    });
  }

  remove(path: string): void {
    if (this.#databases.has(path)) {
      this.removeDatabase(path);
      return;
    }
    const before = this.#files.get(path);
    if (!before) return;
    this.#drop(path);
    this.onRemoved?.(path);
    this.#name(path, () => this.#put(path, before.bytes, before.mode));
  }

  /**
   * Safe at once: what somebody puts there while the machine is off, or SQLite writes. The bytes become the file's
   * own: nobody may change them any more.
   */
  put(path: string, bytes: Uint8Array, mode = 0o600): void {
    this.#put(path, Buffer.isBuffer(bytes) ? bytes : asBuffer(bytes), mode);
  }

  /** A folder with all that is in it is gone, for good. */
  removeAll(folder: string): void {
    if (!this.isFolder(folder)) return;
    for (const name of this.names(folder)) {
      const path = `${folder}/${name}`;
      if (this.isFolder(path)) this.removeAll(path);
      else if (this.#databases.has(path)) this.removeDatabase(path);
      else this.#drop(path);
    }
    this.#folders.delete(folder);
    this.#leave(folder);
  }

  /** The database of that name as it is open, if it is. */
  open(path: string): DatabaseSync | undefined {
    return this.#databases.get(path);
  }

  /** Opens a database; makes it when there is none. */
  database(path: string): DatabaseSync {
    const known = this.#databases.get(path);
    if (known) return known;
    if (!this.isFolder(dirname(path))) throw fault('ENOENT', path);
    const database = new DatabaseSync(':memory:');
    const image = this.#files.get(path);
    if (image && image.bytes.length > 0) database.deserialize(image.bytes);
    this.#files.delete(path);
    this.#databases.set(path, database);
    this.#enter(path);
    return database;
  }

  removeDatabase(path: string): void {
    const database = this.#databases.get(path);
    if (database) {
      database.close();
      this.#databases.delete(path);
      this.#leave(path);
    } else if (this.#files.has(path)) this.#drop(path);
  }

  /** A copy for whoever only reads, to be given back with `endCopy`. @throws Error with the code ENOENT */
  databaseCopy(path: string): DatabaseSync {
    const image = this.read(path);
    const known = this.#copies.get(image);
    if (known) return known;
    const copy = new DatabaseSync(':memory:');
    if (image.length > 0) copy.deserialize(image);
    if (this.#databases.has(path)) return copy;
    for (const [oldest, database] of this.#copies) {
      if (this.#copies.size < MOST_COPIES) break;
      this.#copies.delete(oldest);
      database.close();
    }
    this.#copies.set(image, copy);
    return copy;
  }

  /** Nobody reads a copy any more. One of a file is kept: its bytes stay the same. */
  endCopy(copy: DatabaseSync): void {
    if (![...this.#copies.values()].includes(copy) && copy.isOpen) copy.close();
  }

  look<T>(path: string, read: (database: DatabaseSync) => T): T {
    return read(this.#databases.get(path) ?? this.databaseCopy(path));
  }

  /** Becomes the same as another one, whose machine is off, byte by byte. */
  copyOf(other: Disk, from: string, to: string): void {
    for (const folder of other.#folders.keys()) {
      this.makeFolder(to + folder.slice(from.length), true, other.mode(folder));
    }
    for (const [path, { bytes, mode }] of other.#files) {
      this.#put(to + path.slice(from.length), bytes, mode);
    }
    for (const [path, database] of other.#databases) {
      this.put(to + path.slice(from.length), database.serialize());
    }
  }

  /** The files are others now, and all of them safe. */
  forget(): void {
    this.#pending = [];
    this.#unsafe.clear();
  }

  /** Nobody plays with it any more. */
  close(): void {
    for (const database of this.#databases.values()) database.close();
    this.#databases.clear();
    for (const copy of this.#copies.values()) copy.close();
    this.#copies.clear();
  }

  /** Nobody holds a database any more: what was not committed goes. */
  rollBack(): void {
    for (const database of this.#databases.values()) {
      if (database.isTransaction) database.exec('ROLLBACK');
    }
  }

  /** The power goes. */
  crash(chance: Chance): void {
    this.rollBack();
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
      const file = this.#files.get(path);
      if (!file) continue;
      const { bytes, mode } = file;
      const lost = chance.pick(['all', 'some', 'zeros', 'none'] as const);
      if (lost === 'all') this.#put(path, safe ?? NOTHING, mode);
      else if (lost === 'some') {
        this.#put(path, Buffer.from(bytes.subarray(0, chance.between(0, bytes.length))), mode);
      } else if (lost === 'zeros') this.#put(path, Buffer.alloc(bytes.length), mode);
    }
    this.forget();
  }

  #put(path: string, bytes: Buffer, mode: number): void {
    if (!this.#files.has(path)) this.#enter(path);
    this.#files.set(path, { bytes, mode });
  }

  #drop(path: string): void {
    if (this.#files.delete(path)) this.#leave(path);
  }

  #enter(path: string): void {
    const cut = path.lastIndexOf('/');
    const names = this.#folders.get(path.slice(0, cut));
    if (!names) throw fault('ENOENT', path);
    names.add(path.slice(cut + 1));
  }

  #leave(path: string): void {
    const cut = path.lastIndexOf('/');
    this.#folders.get(path.slice(0, cut))?.delete(path.slice(cut + 1));
  }

  #willChange(path: string): void {
    if (this.#unsafe.has(path)) return;
    this.#unsafe.set(path, this.#files.get(path)?.bytes ?? null);
  }

  #move(from: string, to: string): void {
    const file = this.#files.get(from);
    if (!file) return;
    this.#drop(from);
    this.#put(to, file.bytes, file.mode);
    const safe = this.#unsafe.get(from);
    this.#unsafe.delete(from);
    this.#unsafe.delete(to);
    if (safe !== undefined) this.#unsafe.set(to, safe);
  }

  #name(path: string, undo: () => void): void {
    this.#pending.push({ folder: dirname(path), undo });
  }
}
