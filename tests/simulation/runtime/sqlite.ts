import * as real from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { MachineIsDead, runOf, type Run } from '../machine.ts';

const WRITES = /^\s*(insert|update|delete|replace)\b/i;
const COMMITS = /^\s*commit\b/i;

function fullDisk(): Error {
  return Object.assign(new Error('database or disk is full'), {
    code: 'ERR_SQLITE_ERROR',
    errcode: 13,
  });
}

/** What each text is, and each database's statements: made once, whoever asks how often. */
type Kind = 'commit' | 'write' | 'read';
const kinds = new Map<string, Kind>();
function kindOf(sql: string): Kind {
  let kind = kinds.get(sql);
  if (kind === undefined) {
    kind = COMMITS.test(sql) ? 'commit' : WRITES.test(sql) ? 'write' : 'read';
    kinds.set(sql, kind);
  }
  return kind;
}
const statements = new WeakMap<real.DatabaseSync, Map<string, real.StatementSync>>();
function prepared(database: real.DatabaseSync, sql: string): real.StatementSync {
  let known = statements.get(database);
  if (!known) statements.set(database, (known = new Map<string, real.StatementSync>()));
  let statement = known.get(sql);
  if (!statement) {
    statement = database.prepare(sql);
    // a schema may change under those that are never asked for again
    if (kindOf(sql) !== 'read' || /^\s*select\b/i.test(sql)) known.set(sql, statement);
  }
  return statement;
}

type Value = real.SQLInputValue;

/** A statement of one run. */
class Statement {
  readonly #owner: DatabaseSync;
  readonly #real: real.StatementSync;
  readonly #kind: Kind;

  constructor(owner: DatabaseSync, statement: real.StatementSync, kind: Kind) {
    this.#owner = owner;
    this.#real = statement;
    this.#kind = kind;
  }

  run(...values: Value[]) {
    return this.#owner.doing(this.#kind, () => this.#real.run(...values));
  }

  all(...values: Value[]) {
    return this.#owner.doing(this.#kind, () => this.#real.all(...values));
  }

  get(...values: Value[]) {
    return this.#owner.doing(this.#kind, () => this.#real.get(...values));
  }

  iterate(...values: Value[]) {
    return this.all(...values).values();
  }

  columns() {
    return this.#real.columns();
  }
}

/**
 * The runtime's SQLite on a simulated disk, in memory: a run that ends lets go of it as it stands, and the next
 * one finds what was committed. With moments at which the power may go: before and after each commit.
 */
export class DatabaseSync {
  /** `undefined`: in memory from the beginning, to compare with. */
  readonly #run: Run | undefined;
  /** Of one that only reads: where it reads. It sees what is there when it first looks. */
  readonly #path: string | undefined;
  #opened: real.DatabaseSync | undefined;
  isOpen = true;

  constructor(place: string | URL, options: real.DatabaseSyncOptions = {}) {
    const file = typeof place === 'string' ? place : fileURLToPath(place);
    const run = runOf(file);
    this.#run = run;
    this.#mustLive();
    if (!run) {
      this.#opened = new real.DatabaseSync(file, options);
      return;
    }
    const path = run.real(file);
    if (options.readOnly === true) this.#path = path;
    else this.#opened = run.machine.files.database(path);
  }

  get #real(): real.DatabaseSync {
    if (this.#opened) return this.#opened;
    const copy = this.#run?.machine.files.databaseCopy(this.#path ?? '');
    if (!copy) throw new Error('a database of no run and no file');
    this.#opened = copy;
    return copy;
  }

  /** Of one that only reads: somebody else's, in the middle of which nothing can be copied here. */
  get isTransaction(): boolean {
    if (this.#run?.alive === false) return false;
    if (this.#path === undefined) return this.#real.isTransaction;
    return this.#run?.machine.files.open(this.#path)?.isTransaction === true;
  }

  exec(sql: string): void {
    this.doing(COMMITS.test(sql) ? 'commit' : 'read', () => this.#real.exec(sql));
  }

  prepare(sql: string): Statement {
    if (/^\s*vacuum into/i.test(sql)) throw new Error('copies are made by backup()');
    this.#mustLive();
    return new Statement(this, prepared(this.#real, sql), kindOf(sql));
  }

  close(): void {
    this.isOpen = false;
    if (!this.#run) this.#opened?.close();
    else if (this.#path !== undefined) {
      if (this.#opened) this.#run.machine.files.endCopy(this.#opened);
    } else if (this.isTransaction) this.#real.exec('ROLLBACK');
  }

  /** All that is committed, as a file holds it. */
  image(): Uint8Array {
    this.#mustLive();
    if (this.#path === undefined) return this.#real.serialize();
    return this.#run?.machine.files.read(this.#path) ?? new Uint8Array();
  }

  /** Does it unless the power goes or has gone. */
  doing<T>(kind: Kind, work: () => T): T {
    this.#mustLive();
    const run = this.#run;
    if (!run) return work();
    if (kind === 'write' && run.machine.files.full) throw fullDisk();
    if (kind === 'read' || (kind === 'write' && this.#real.isTransaction)) return work();
    if (!run.instant('before a commit')) throw new MachineIsDead();
    const done = work();
    run.commits++;
    run.machine.scheduler.stir();
    if (!run.instant('after a commit')) throw new MachineIsDead();
    return done;
  }

  #mustLive(): void {
    if (this.#run && !this.#run.alive) throw new MachineIsDead();
  }
}

/** A copy of a whole database; the runtime's own would take it page by page on a thread. */
export async function backup(source: DatabaseSync, target: string): Promise<number> {
  while (source.isTransaction) await new Promise((resolve) => setImmediate(resolve));
  const image = source.image();
  const run = runOf(target);
  if (run?.instant('writes a backup') === false) throw new MachineIsDead();
  run?.machine.files.put(run.real(target), image);
  return 0;
}
