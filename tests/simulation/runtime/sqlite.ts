import * as real from 'node:sqlite';
import { MachineIsDead, runOf, type Run } from '../machine.ts';

const WRITES = /^\s*(insert|update|delete|replace)\b/i;
const COMMITS = /^\s*commit\b/i;

function fullDisk(): Error {
  return Object.assign(new Error('database or disk is full'), {
    code: 'ERR_SQLITE_ERROR',
    errcode: 13,
  });
}

/** The runtime's SQLite with moments at which the power may go: before and after what is committed. */
export class DatabaseSync extends real.DatabaseSync {
  readonly #run: Run | undefined;

  constructor(file: string, options: real.DatabaseSyncOptions = {}) {
    const run = runOf(file);
    if (run && !run.alive) throw new MachineIsDead();
    super(file, options);
    this.#run = run;
    run?.databases.add(this);
    // nobody else opens it: without the locks of each reading a day costs half
    if (run && options.readOnly !== true) super.exec('PRAGMA locking_mode = EXCLUSIVE');
  }

  override exec(sql: string): void {
    if (COMMITS.test(sql)) this.#committing(() => super.exec(sql));
    else {
      this.#mustLive();
      super.exec(sql);
    }
  }

  override prepare(sql: string, options?: real.PrepareOptions): real.StatementSync {
    this.#mustLive();
    const statement = options === undefined ? super.prepare(sql) : super.prepare(sql, options);
    if (!this.#run || !(WRITES.test(sql) || COMMITS.test(sql))) return statement;
    const commits = COMMITS.test(sql);
    for (const name of ['run', 'all'] as const) {
      const original = statement[name].bind(statement) as (...values: unknown[]) => unknown;
      Object.defineProperty(statement, name, {
        value: (...values: unknown[]) => {
          if (!commits && this.#run?.machine.files.full === true) throw fullDisk();
          return commits || !this.isTransaction
            ? this.#committing(() => original(...values))
            : original(...values);
        },
      });
    }
    return statement;
  }

  override close(): void {
    this.#run?.databases.delete(this);
    super.close();
  }

  #mustLive(): void {
    if (this.#run && !this.#run.alive) throw new MachineIsDead();
  }

  #committing<T>(work: () => T): T {
    const run = this.#run;
    if (!run) return work();
    if (!run.instant('before a commit')) throw new MachineIsDead();
    const done = work();
    run.commits++;
    if (!run.instant('after a commit')) throw new MachineIsDead();
    return done;
  }
}

/** A copy of a whole database; the runtime's own would take it page by page on a thread. */
export async function backup(source: real.DatabaseSync, target: string): Promise<number> {
  while (source.isTransaction) await new Promise((resolve) => setImmediate(resolve));
  source.prepare('VACUUM INTO ?').run(target);
  return 0;
}
