import type { DatabaseSync } from 'node:sqlite';

/**
 * Runs a write inside a transaction that it may share with others. Resolves once the commit is on the
 * disk; rejects, and leaves nothing of this write, when the write or the commit fails.
 *
 * @param ready what is found out meanwhile, on other threads: nothing of the group is written before, and this
 *   write never when it is rejected. Who came together so still shares a commit
 */
export type GroupCommit<Tx> = <T>(
  write: (tx: Tx) => T | Promise<T>,
  ready?: Promise<unknown>,
) => Promise<T>;

/** Begins a transaction, does the writes in it, commits it; or rolls it back and rejects. */
export type InTransaction<Tx> = (writes: (tx: Tx) => Promise<void>) => Promise<void>;

interface Waiting<Tx> {
  readonly ready: Promise<unknown> | undefined;
  readonly run: (tx: Tx) => void | Promise<void>;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/** Writes of one transaction: more would keep the first one waiting for the last. */
const MOST = 256;
/** Turns of the event loop that a transaction waits at most, however much each of them brings. */
const MOST_TURNS = 8;

/**
 * Group commit: what comes in turns of the event loop that follow one another, and what comes while a commit
 * runs, goes into one transaction, so that many requests pay for one write to the disk. Nobody waits for a
 * clock: the first turn that brings nothing more, at once when nobody else is there, ends the waiting. Order is
 * kept.
 *
 * @param database the connection that transactions are made on
 */
export function createGroupCommit<Tx>(
  database: DatabaseSync,
  inTransaction: InTransaction<Tx>,
): GroupCommit<Tx> {
  const waiting: Waiting<Tx>[] = [];
  let running = false;
  const begin = database.prepare('SAVEPOINT one');
  const release = database.prepare('RELEASE one');
  const rollBack = database.prepare('ROLLBACK TO one');

  /** A write in a savepoint of its own: what fails takes nobody with it. */
  const runAlone = async (tx: Tx, { run }: Waiting<Tx>): Promise<unknown> => {
    begin.run();
    try {
      const writing = run(tx);
      if (writing) await writing;
      release.run();
      return undefined;
    } catch (error) {
      // a full disk may have ended all of it: the next write would be a transaction of its own
      if (!database.isTransaction) throw error;
      rollBack.run();
      release.run();
      return error instanceof Error ? error : new Error('the write failed');
    }
  };
  const thoseReady = async (group: readonly Waiting<Tx>[]): Promise<readonly Waiting<Tx>[]> => {
    const outcomes = await Promise.allSettled(group.map(({ ready }) => ready ?? Promise.resolve()));
    return group.filter(({ failed }, at) => {
      const outcome = outcomes[at];
      if (outcome?.status === 'rejected') failed(outcome.reason);
      return outcome?.status === 'fulfilled';
    });
  };
  const commit = async (group: readonly Waiting<Tx>[]): Promise<void> => {
    if (group.length === 0) return;
    const ends: (() => void)[] = [];
    try {
      await inTransaction(async (tx) => {
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
  /** Looks at the end of each turn whether it brought more; when it did not, what waits is committed. */
  const next = (seen = 0, turns = 0): void => {
    running = waiting.length > 0;
    if (!running) return;
    setImmediate(() => {
      const full = waiting.length >= MOST || turns >= MOST_TURNS;
      if (waiting.length > seen && !full) next(waiting.length, turns + 1);
      else if (waiting.every(({ ready }) => ready === undefined)) end(waiting.splice(0, MOST));
      else endReady(waiting.length, turns).catch(again);
    });
  };
  const again = (): void => next();
  const end = (group: readonly Waiting<Tx>[]): void => {
    commit(group).then(again, again);
  };
  /** Who comes while the first are not ready yet comes along. */
  const endReady = async (seen: number, turns: number): Promise<void> => {
    const group = waiting.slice(0, MOST);
    const ready = await thoseReady(group);
    const more = waiting.length > seen && waiting.length < MOST && turns < MOST_TURNS;
    if (more) next(waiting.length, turns + 1);
    else {
      waiting.splice(0, group.length);
      end(ready);
    }
  };

  return <T>(write: (tx: Tx) => T | Promise<T>, ready?: Promise<unknown>) =>
    new Promise<T>((resolve, reject) => {
      // it may be rejected before the group looks at it
      ready?.catch(() => undefined);
      let result: T;
      waiting.push({
        ready,
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
