import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import type { Kysely, SqliteDatabase, SqliteStatement } from 'kysely';
import type { Tables } from './tables.ts';

/** What kysely says when a transaction is to be undone. */
const ROLLBACK = 'rollback';

/**
 * Node's own SQLite in the shape that kysely's SQLite dialect asks for. Statements are kept prepared. SQLite may
 * have ended a transaction by itself, on a full disk for one (https://sqlite.org/lang_transaction.html, "Response
 * to errors within a transaction"): then there is nothing to undo, and what is told is the reason.
 */
export function asKyselyDatabase(database: DatabaseSync): SqliteDatabase {
  const prepared = new Map<string, SqliteStatement>();
  return {
    close: () => {
      prepared.clear();
      database.close();
    },
    prepare(sql) {
      const known = prepared.get(sql);
      if (known) return known;
      const plain = asKyselyStatement(database.prepare(sql));
      const statement = sql === ROLLBACK ? whileInTransaction(database, plain) : plain;
      prepared.set(sql, statement);
      return statement;
    },
  };
}

/** A statement without rows that does nothing where no transaction runs. */
function whileInTransaction(database: DatabaseSync, statement: SqliteStatement): SqliteStatement {
  const run: SqliteStatement['run'] = (parameters) =>
    database.isTransaction ? statement.run(parameters) : { changes: 0, lastInsertRowid: 0 };
  return { ...statement, run };
}

function asKyselyStatement(statement: StatementSync): SqliteStatement {
  const values = (parameters: readonly unknown[]): SQLInputValue[] => parameters as SQLInputValue[];
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...values(parameters)),
    run: (parameters) => statement.run(...values(parameters)),
    iterate: (parameters) => statement.iterate(...values(parameters)),
  };
}

/**
 * Reads with statements of one's own from the connection that `db` has: at once, or when the transaction that
 * runs there has ended, for what is not committed must not be told.
 */
export function committed<T>(
  db: Kysely<Tables>,
  database: DatabaseSync,
  read: () => T,
): Promise<T> {
  if (database.isTransaction) return db.connection().execute(() => Promise.resolve(read()));
  return Promise.resolve(read());
}

/** Opens a database file durably: WAL, and every commit is on the disk before it is acknowledged. */
export function openDatabase(file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  database.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000',
  );
  return database;
}

/** What the SQLite that works here says of itself: what Node was built with may be another one. */
export function versionOfSqlite(): string {
  const database = new DatabaseSync(':memory:');
  try {
    return String(database.prepare('SELECT sqlite_version() AS version').get()?.['version']);
  } finally {
    database.close();
  }
}
