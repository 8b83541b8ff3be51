import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { Kysely, sql, SqliteDialect } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../tests/platform-kit/platform.ts';
import { createGroupCommit, type GroupCommit } from './group-commit.ts';
import { asKyselyDatabase, openDatabase } from './node-sqlite.ts';
import type { Tables } from './tables.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let db: Kysely<Tables>;
let together: GroupCommit;
/** Another connection: sees what was committed and nothing else. */
let other: DatabaseSync;

beforeEach(async () => {
  folder = await temporaryFolder();
  const file = join(folder.path, 'test.sqlite');
  const database = openDatabase(file);
  database.exec('CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT');
  database.exec(
    'CREATE TABLE child (key TEXT REFERENCES meta (key) DEFERRABLE INITIALLY DEFERRED) STRICT',
  );
  db = new Kysely({ dialect: new SqliteDialect({ database: asKyselyDatabase(database) }) });
  together = createGroupCommit(db);
  other = new DatabaseSync(file, { readOnly: true });
});
afterEach(async () => {
  other.close();
  await db.destroy();
  await folder.remove();
});

const put = (key: string): Promise<string> =>
  together(async (tx) => {
    await tx.insertInto('meta').values({ key, value: key }).execute();
    return key;
  });
const committed = (): string[] =>
  other
    .prepare('SELECT key FROM meta ORDER BY rowid')
    .all()
    .map((row) => String(row['key']));

describe('group commit', () => {
  it('resolves nobody before the commit', async () => {
    const keys = Array.from({ length: 40 }, (_, at) => `k${String(at)}`);
    await Promise.all(
      keys.map(async (key) => {
        expect(await put(key)).toBe(key);
        expect(committed()).toContain(key);
      }),
    );
    expect(committed()).toEqual(keys);
  });

  it('shares commits among those who come while one runs', async () => {
    let commits = 0;
    const counted = createGroupCommit(
      new Proxy(db, {
        get(target, name) {
          if (name === 'transaction') commits += 1;
          const value: unknown = Reflect.get(target, name);
          return typeof value === 'function' ? (value.bind(target) as unknown) : value;
        },
      }),
    );
    await Promise.all(
      Array.from({ length: 40 }, (_, at) =>
        counted((tx) =>
          tx
            .insertInto('meta')
            .values({ key: String(at), value: '' })
            .execute(),
        ),
      ),
    );
    expect(commits).toBe(2);
  });

  it('takes nobody down with a write that fails, and nothing of that write stays', async () => {
    const bad = together(async (tx) => {
      await tx.insertInto('meta').values({ key: 'half', value: '' }).execute();
      throw new Error('refused');
    });
    const ends = await Promise.allSettled([put('before'), bad, put('after'), put('before')]);
    expect(ends.map((end) => end.status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'rejected',
    ]);
    expect(committed()).toEqual(['before', 'after']);
    expect(await put('later')).toBe('later');
  });

  it('tells everybody when the commit itself fails, and goes on', async () => {
    // a reference that is looked at only at the commit
    const orphan = together(async (tx) => {
      await sql`insert into child values ('nobody')`.execute(tx);
    });
    const ends = await Promise.allSettled([orphan, put('a')]);
    expect(ends[0].status).toBe('rejected');
    const later = await Promise.allSettled([
      put('b'),
      together((tx) => sql`insert into child values ('nobody')`.execute(tx)),
      put('c'),
    ]);
    expect(later.map((end) => end.status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect(committed()).toEqual(['a', 'b']);
  });
});
