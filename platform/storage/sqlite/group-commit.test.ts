import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { Kysely, sql, SqliteDialect, type Transaction } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../tests/platform-kit/platform.ts';
import { createGroupCommit } from './group-commit.ts';
import { asKyselyDatabase, openDatabase } from './node-sqlite.ts';
import type { KyselyCommit, Tables } from './tables.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let db: Kysely<Tables>;
let database: DatabaseSync;
let together: KyselyCommit;
/** Another connection: sees what was committed and nothing else. */
let other: DatabaseSync;

beforeEach(async () => {
  folder = await temporaryFolder();
  const file = join(folder.path, 'test.sqlite');
  database = openDatabase(file);
  database.exec('CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT');
  database.exec(
    'CREATE TABLE child (key TEXT REFERENCES meta (key) DEFERRABLE INITIALLY DEFERRED) STRICT',
  );
  db = new Kysely({ dialect: new SqliteDialect({ database: asKyselyDatabase(database) }) });
  together = createGroupCommit(database, (writes) => db.transaction().execute(writes));
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

  /** Group commit over the same database, that counts its transactions. */
  function counted(): { readonly together: KyselyCommit; readonly commits: () => number } {
    let commits = 0;
    const counting = createGroupCommit<Transaction<Tables>>(database, (writes) => {
      commits += 1;
      return db.transaction().execute(writes);
    });
    return { together: counting, commits: () => commits };
  }

  it('shares one commit among those who come in one turn, however they come', async () => {
    const { together: one, commits } = counted();
    const insert = database.prepare("INSERT INTO meta VALUES (?, '')");
    await Promise.all(
      Array.from({ length: 40 }, async (_, at) => {
        // each a few promises later than the one before
        for (let step = 0; step < at; step += 1) await Promise.resolve();
        return one(() => insert.run(String(at)).changes);
      }),
    );
    expect(commits()).toBe(1);
    expect(committed()).toHaveLength(40);
  });

  it('lets nobody wait for company', async () => {
    const { together: one, commits } = counted();
    for (const key of ['a', 'b', 'c']) {
      let turns = 0;
      const turning = setInterval(() => (turns += 1), 0);
      await one((tx) => tx.insertInto('meta').values({ key, value: '' }).execute());
      clearInterval(turning);
      // the end of the turn it came in, not a time
      expect(turns).toBeLessThan(2);
    }
    expect(commits()).toBe(3);
  });

  it('splits what is too many for one', async () => {
    const { together: one, commits } = counted();
    const insert = database.prepare("INSERT INTO meta VALUES (?, '')");
    await Promise.all(
      Array.from({ length: 600 }, (_, at) => one(() => insert.run(String(at)).changes)),
    );
    expect(commits()).toBe(3);
    expect(committed()).toHaveLength(600);
  });

  it('writes nothing before everything is ready, shares the commit, and leaves out who never is', async () => {
    const { together: one, commits } = counted();
    const insert = database.prepare("INSERT INTO meta VALUES (?, '')");
    const late = Promise.withResolvers<undefined>();
    const never = Promise.withResolvers<undefined>();
    const written: string[] = [];
    const add = (key: string, ready?: Promise<unknown>): Promise<unknown> =>
      one(() => {
        written.push(key);
        return insert.run(key).changes;
      }, ready);
    const ends = Promise.allSettled([
      add('plain'),
      add('early', Promise.resolve()),
      add('late', late.promise),
      add('never', never.promise),
      add('refused', Promise.reject(new Error('refused at once'))),
    ]);
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(written).toEqual([]);
    // who comes meanwhile comes along
    const next = add('next');
    never.reject(new Error('refused'));
    late.resolve(undefined);
    expect(
      (await ends).map((end) => (end.status === 'rejected' ? String(end.reason) : '')),
    ).toEqual(['', '', '', 'Error: refused', 'Error: refused at once']);
    await next;
    expect(written).toEqual(['plain', 'early', 'late', 'next']);
    expect(committed()).toEqual(written);
    expect(commits()).toBe(1);
    await expect(add('alone', Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(commits()).toBe(1);
  });

  it('undoes what a write did before it failed, also one that waits for nothing', async () => {
    const insert = database.prepare("INSERT INTO meta VALUES (?, '')");
    const bad = together(() => {
      insert.run('half');
      throw new Error('refused');
    });
    const ends = await Promise.allSettled([bad, put('whole')]);
    expect(ends.map((end) => end.status)).toEqual(['rejected', 'fulfilled']);
    expect(committed()).toEqual(['whole']);
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
    expect(ends.map((end) => end.status)).toEqual(['rejected', 'rejected']);
    await put('b');
    const later = await Promise.allSettled([
      put('before'),
      together((tx) => sql`insert into child values ('nobody')`.execute(tx)),
      put('c'),
    ]);
    expect(later.map((end) => end.status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(await put('c')).toBe('c');
    expect(committed()).toEqual(['b', 'c']);
  });

  it('tells what SQLite said where it ended the transaction by itself: nothing stays, nobody writes outside', async () => {
    await put('first');
    const full = /database or disk is full/;
    const pages = Number(database.prepare('PRAGMA page_count').get()?.['page_count']);
    database.exec(`PRAGMA max_page_count = ${pages}`);
    const large = 'x'.repeat(100_000);
    const insert = database.prepare('INSERT INTO meta VALUES (?, ?)');
    const ends = await Promise.allSettled([
      put('before'),
      together(() => insert.run('large', large).changes),
      put('after'),
    ]);
    const reasons = ends.map((end) => (end.status === 'rejected' ? String(end.reason) : ''));
    expect(reasons).toEqual(Array(3).fill(expect.stringMatching(full)));
    // and the same in a transaction of one's own
    const alone = db
      .transaction()
      .execute((tx) => tx.insertInto('meta').values({ key: 'large', value: large }).execute());
    await expect(alone).rejects.toThrow(full);
    expect(committed()).toEqual(['first']);
    database.exec('PRAGMA max_page_count = 1000000');
    await Promise.all([put('later'), together(() => insert.run('large', large).changes)]);
    expect(committed()).toEqual(['first', 'later', 'large']);
  });
});
