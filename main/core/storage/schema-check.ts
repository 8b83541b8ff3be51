import { DatabaseSync } from 'node:sqlite';
import type { Migration } from './migrations.ts';

const KINDS = ['application', 'supplement', 'withdrawal', 'rating', 'question'];

/** What a database says its tables, indexes and triggers are. */
function schemaOf(database: DatabaseSync): string {
  const rows = database.prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema').all();
  return rows
    .map((row) => JSON.stringify(row))
    .sort()
    .join('\n');
}

/** Worked out once: the migrations of a program are always the same. */
const known = new WeakMap<readonly Migration[], Map<number, string>>();

function schemaAfter(migrations: readonly Migration[], count: number): string {
  const kept = known.get(migrations) ?? new Map<number, string>();
  known.set(migrations, kept);
  const before = kept.get(count);
  if (before !== undefined) return before;
  const model = new DatabaseSync(':memory:');
  try {
    for (const { sql } of migrations.slice(0, count)) model.exec(sql);
    const schema = schemaOf(model);
    kept.set(count, schema);
    return schema;
  } finally {
    model.close();
  }
}

/**
 * Whether an index reads as the program wrote it. SQLite checks the structure of a file, not the words in
 * it: a flipped bit in the name of a column passes, and the first statement that names the column fails.
 * @param version `user_version` of the database
 */
export function readsAsWritten(
  database: DatabaseSync,
  version: number,
  migrations: readonly Migration[],
): boolean {
  const schema = schemaOf(database);
  if (version === 0) return schema === '';
  const done = migrations.filter((migration) => migration.version <= version);
  // written by a newer program: that is said elsewhere
  if (done.at(-1)?.version !== version) return true;
  if (schema !== schemaAfter(migrations, done.length)) return false;
  const marks = KINDS.map(() => '?').join(', ');
  const strange = `SELECT 1 FROM item WHERE kind NOT IN (${marks}) LIMIT 1`;
  return (
    !schema.includes('CREATE TABLE item') || database.prepare(strange).get(...KINDS) === undefined
  );
}
