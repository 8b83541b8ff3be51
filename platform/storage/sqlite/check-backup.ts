import { readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { sha256Hex } from '../files.ts';
import type { BackupContents } from '../port.ts';

/** Reads whole backups. */
export interface BackupChecker {
  /** Rejects when it is damaged, or nobody says that it is not. */
  check(file: string): Promise<BackupContents>;
  close(): Promise<void>;
}

/** https://sqlite.org/rescode.html */
const SQLITE_CORRUPT = 11;

/** A file that nobody writes: SQLite lays no log beside it, which would stay there. */
function asItLies(file: string): URL {
  const url = pathToFileURL(file);
  url.search = 'immutable=1';
  return url;
}

/**
 * Reads a whole backup, in the thread that asks.
 *
 * @throws Error when it is damaged, with an `errcode` of SQLite
 */
export function readBackup(file: string): Omit<BackupContents, 'sha256'> {
  const copy = new DatabaseSync(asItLies(file), { readOnly: true });
  try {
    const verdict = copy.prepare('PRAGMA integrity_check').get()?.['integrity_check'];
    if (verdict !== 'ok') {
      throw Object.assign(new Error('the backup is damaged'), { errcode: SQLITE_CORRUPT });
    }
    const one = (sql: string): number => Number(copy.prepare(sql).get()?.['n'] ?? 0);
    const newest = copy
      .prepare('SELECT submissionId, at FROM caseEvents ORDER BY cursor DESC LIMIT 1')
      .get() as BackupContents['newest'];
    return {
      newest: newest && { submissionId: newest.submissionId, at: newest.at },
      through: one('SELECT max(cursor) AS n FROM caseEvents'),
      items: one('SELECT count(*) AS n FROM items'),
    };
  } finally {
    copy.close();
  }
}

const WORKER = new URL('./check-backup-worker.ts', import.meta.url);

/**
 * Checks one after the other in a thread, which leaves the one that serves alone for as long as it takes to read the
 * database. Started at the first check, and again after it ended: one that ends without a word has found nothing good.
 */
export function checkerOnThread(entry = WORKER): BackupChecker {
  let thread: Worker | undefined;
  let asked: PromiseWithResolvers<BackupContents> | undefined;
  let running: Promise<unknown> = Promise.resolve();

  const start = (): Worker => {
    const worker = new Worker(entry);
    const ended = (why: unknown): void => {
      if (thread !== worker) return;
      thread = undefined;
      asked?.reject(why);
    };
    worker.on('message', (contents: BackupContents) => asked?.resolve(contents));
    worker.on('error', ended);
    worker.on('exit', () => ended(new Error('the check of the backup ended without a word')));
    return worker;
  };

  const ask = async (file: string): Promise<BackupContents> => {
    const worker = (thread ??= start());
    // the process does not end in the middle of a check, nor is it kept by a thread that has nothing to do
    worker.ref();
    asked = Promise.withResolvers();
    worker.postMessage(file);
    try {
      return await asked.promise;
    } finally {
      asked = undefined;
      worker.unref();
    }
  };

  return {
    check(file) {
      const mine = running.then(() => ask(file));
      running = mine.catch(() => undefined);
      return mine;
    },
    async close() {
      await thread?.terminate();
    },
  };
}

/** For a simulation, in which the order of things must follow from its seed. */
export const checkerAtOnce: BackupChecker = {
  check: (file) =>
    new Promise((resolve) => {
      resolve({ ...readBackup(file), sha256: sha256Hex(readFileSync(file)) });
    }),
  close: () => Promise.resolve(),
};
