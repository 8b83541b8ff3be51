import type { DatabaseSync } from 'node:sqlite';
import type { Kysely, Transaction } from 'kysely';
import type { Tables } from './tables.ts';

/**
 * Runs a write inside a transaction that it may share with others. Resolves once the commit is on the
 * disk; rejects, and leaves nothing of this write, when the write or the commit fails.
 */
export type GroupCommit = <T>(write: (tx: Transaction<Tables>) => T | Promise<T>) => Promise<T>;

interface Waiting {
  readonly run: (tx: Transaction<Tables>) => void | Promise<void>;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/** Writes of one transaction: more would keep the first one waiting for the last. */
const MOST = 256;

/**
 * Group commit: what comes in one turn of the event loop, and what comes while a commit runs, goes into one
 * transaction, so that many requests pay for one write to the disk. Nobody waits for company: the turn ends
 * as soon as nothing more has arrived. Order is kept.
 *
 * @param database the connection that `db` has
 */
export function createGroupCommit(db: Kysely<Tables>, database: DatabaseSync): GroupCommit {
  const waiting: Waiting[] = [];
  let running = false;
  const begin = database.prepare('SAVEPOINT one');
  const release = database.prepare('RELEASE one');
  const rollBack = database.prepare('ROLLBACK TO one');

  /** A write in a savepoint of its own: what fails takes nobody with it. */
  const runAlone = async (tx: Transaction<Tables>, { run }: Waiting): Promise<unknown> => {
    begin.run();
    try {
      const writing = run(tx);
      if (writing) await writing;
      release.run();
      return undefined;
    } catch (error) {
      rollBack.run();
      release.run();
      return error instanceof Error ? error : new Error('the write failed');
    }
  };
  const commit = async (group: readonly Waiting[]): Promise<void> => {
    const ends: (() => void)[] = [];
    try {
      await db.transaction().execute(async (tx) => {
        for (const each of group) {
          const error = await runAlone(tx, each);
          ends.push(error === undefined ? each.done : () => each.failed(error));
        }
      });
    } catch (error) {
      for (const each of group) each.failed(error);
      return;
    }
    // only now is any of it durable
    for (const end of ends) end();
  };
  /** At the end of this turn, when all that has arrived by now has been read. */
  const next = (): void => {
    running = waiting.length > 0;
    if (!running) return;
    setImmediate(() => {
      commit(waiting.splice(0, MOST)).then(next, next);
    });
  };

  return <T>(write: (tx: Transaction<Tables>) => T | Promise<T>) =>
    new Promise<T>((resolve, reject) => {
      let result: T;
      waiting.push({
        run: (tx) => {
          const written = write(tx);
          if (written instanceof Promise) {
            return written.then((value: T) => {
              result = value;
            });
          }
          result = written;
          return undefined;
        },
        done: () => resolve(result),
        failed: reject,
      });
      if (!running) next();
    });
}
