import { type Kysely, sql, type Transaction } from 'kysely';
import type { Tables } from './tables.ts';

/**
 * Runs a write inside a transaction that it may share with others. Resolves once the commit is on the
 * disk; rejects, and leaves nothing of this write, when the write or the commit fails.
 */
export type GroupCommit = <T>(write: (tx: Transaction<Tables>) => Promise<T>) => Promise<T>;

interface Waiting {
  readonly run: (tx: Transaction<Tables>) => Promise<void>;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/** Writes of one transaction: more would keep the first one waiting for the last. */
const MOST = 256;

/** A write in a savepoint of its own: what fails takes nobody with it. */
async function runAlone(tx: Transaction<Tables>, { run }: Waiting): Promise<unknown> {
  await sql`savepoint one`.execute(tx);
  try {
    await run(tx);
    await sql`release one`.execute(tx);
    return undefined;
  } catch (error) {
    await sql`rollback to one`.execute(tx);
    await sql`release one`.execute(tx);
    return error instanceof Error ? error : new Error('the write failed');
  }
}

/**
 * Group commit: what comes while a commit runs goes into the next one, so that many requests pay for one
 * write to the disk. Nobody waits for company: a write that is alone commits at once. Order is kept.
 */
export function createGroupCommit(db: Kysely<Tables>): GroupCommit {
  const waiting: Waiting[] = [];
  let running = false;

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
  const loop = async (): Promise<void> => {
    running = true;
    while (waiting.length > 0) await commit(waiting.splice(0, MOST));
    running = false;
  };

  return (write) =>
    new Promise((resolve, reject) => {
      let result: Awaited<ReturnType<typeof write>>;
      waiting.push({
        run: async (tx) => {
          result = await write(tx);
        },
        done: () => resolve(result),
        failed: reject,
      });
      // it never rejects: each write is told its own end
      if (!running) loop().catch(reject);
    });
}
