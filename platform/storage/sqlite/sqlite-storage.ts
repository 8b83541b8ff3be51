import { DatabaseSync, backup } from 'node:sqlite';
import { Kysely, SqliteDialect, type Transaction } from 'kysely';
import type { BundleKind } from '../../../domain/wire/platform.ts';
import { CHAIN_START, chainHash } from '../../access-chain.ts';
import {
  type AccessLogStore,
  type BundleStore,
  type ConsoleRole,
  type PlatformStorage,
  SourceUnreadable,
  type UserStore,
  type VerifiedCopy,
} from '../port.ts';
import { createAuditStore } from './audit-store.ts';
import { type BackupChecker, checkerOnThread } from './check-backup.ts';
import { createGroupCommit } from './group-commit.ts';
import { createItemStore } from './item-store.ts';
import { migrate } from './migrations.ts';
import { asKyselyDatabase, committed, openDatabase } from './node-sqlite.ts';
import type { Tables } from './tables.ts';
import { createTerminalStore } from './terminal-store.ts';

const WATERMARK = 'archivedThrough';
const ARCHIVE = 'archiveId';
const REGISTRY = 'archivedRegistry';
const COPY = 'archivedCopy';
const UNLOCK = 'unlockSecretSha256';

function createBundleStore(db: Kysely<Tables>): BundleStore {
  return {
    async latest(kind) {
      const row = await db
        .selectFrom('bundles')
        .selectAll()
        .where('kind', '=', kind)
        .orderBy('version', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row && { ...row, kind: row.kind as BundleKind };
    },
    async add(row) {
      await db.transaction().execute(async (tx) => {
        await tx.insertInto('bundles').values(row).execute();
        if (row.kind === 'catalogue') return;
        // the directory of all terminals is in each version of `keys`: kept, they grow with its square
        await tx
          .deleteFrom('bundles')
          .where('kind', '=', row.kind)
          .where('version', '<', row.version)
          .execute();
      });
    },
    async contents(kind) {
      const rows = await db
        .selectFrom('bundles')
        .select('contentJson')
        .where('kind', '=', kind)
        .orderBy('version', 'desc')
        .execute();
      return rows.map((row) => row.contentJson);
    },
  };
}

function createUserStore(db: Kysely<Tables>): UserStore {
  return {
    async put(user) {
      await db
        .insertInto('users')
        .values(user)
        .onConflict((conflict) =>
          conflict.column('name').doUpdateSet({ role: user.role, passwordHash: user.passwordHash }),
        )
        .execute();
    },
    async find(name) {
      const row = await db
        .selectFrom('users')
        .selectAll()
        .where('name', '=', name)
        .executeTakeFirst();
      return row && { ...row, role: row.role as ConsoleRole };
    },
    async setFailures(name, failures, lockedUntil) {
      await db
        .updateTable('users')
        .set({ failures, lockedUntil })
        .where('name', '=', name)
        .execute();
    },
  };
}

function createAccessLog(db: Kysely<Tables>): AccessLogStore {
  return {
    append: (entry) =>
      db.transaction().execute(async (tx) => {
        const last = await tx
          .selectFrom('accessLog')
          .select(['sequence', 'hash'])
          .orderBy('sequence', 'desc')
          .limit(1)
          .executeTakeFirst();
        const sequence = (last?.sequence ?? 0) + 1;
        const previous = last?.hash ?? CHAIN_START;
        const hash = chainHash(previous, sequence, entry);
        await tx
          .insertInto('accessLog')
          .values({ ...entry, sequence, previous, hash })
          .execute();
      }),
    all: () => db.selectFrom('accessLog').selectAll().orderBy('sequence').execute(),
  };
}

/** More pages than there are. */
const ALL_PAGES = 2 ** 31 - 1;

/** @throws SourceUnreadable */
function asSource<T>(step: () => T): T {
  try {
    return step();
  } catch (error) {
    throw new SourceUnreadable(error);
  }
}

/**
 * Copies what is committed in a database. Through a connection of its own, for one that writes fails when it is
 * in the middle of a transaction; and in one step, for one in many begins again whenever somebody writes.
 *
 * @throws SourceUnreadable where the database is at fault, not the copy
 */
async function backUp(file: string, target: string): Promise<void> {
  const source = asSource(() => new DatabaseSync(file, { readOnly: true }));
  try {
    await backup(source, target, { rate: ALL_PAGES });
  } catch (error) {
    // its log is opened only when it is first read
    asSource(() => source.prepare('SELECT count(*) FROM sqlite_schema').get());
    throw error;
  } finally {
    source.close();
  }
}

/**
 * Opens the SQLite database of a platform, and migrates it.
 *
 * @throws StorageError when a newer program has written it
 */
export function openSqliteStorage(
  file: string,
  backups: BackupChecker = checkerOnThread(),
): PlatformStorage {
  const database = openDatabase(file);
  try {
    migrate(database, file);
  } catch (error) {
    database.close();
    throw error;
  }
  const db = new Kysely<Tables>({
    dialect: new SqliteDialect({ database: asKyselyDatabase(database) }),
  });
  const together = createGroupCommit<Transaction<Tables>>(database, (writes) =>
    db.transaction().execute(writes),
  );
  const noted = database.prepare('SELECT value FROM meta WHERE key = ?');
  const archivedThrough = (): Promise<number> =>
    committed(db, database, () => Number(noted.get(WATERMARK)?.['value'] ?? 0));
  const pages = database.prepare(
    'SELECT page_count * page_size AS n FROM pragma_page_count, pragma_page_size',
  );
  const noteDown = async (key: string, value: string): Promise<void> => {
    await db
      .insertInto('meta')
      .values({ key, value })
      .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
      .execute();
  };
  return {
    terminals: createTerminalStore(db, database, together),
    bundles: createBundleStore(db),
    items: createItemStore(db, database, together),
    users: createUserStore(db),
    accessLog: createAccessLog(db),
    audit: createAuditStore(db, database, together),
    archivedThrough,
    async setArchivedThrough(cursor) {
      if (cursor <= (await archivedThrough())) return;
      await noteDown(WATERMARK, String(cursor));
    },
    archivedCopy: () =>
      committed(db, database, () => {
        const copy = noted.get(COPY)?.['value'];
        return copy === undefined ? undefined : (JSON.parse(String(copy)) as VerifiedCopy);
      }),
    setArchivedCopy: ({ name, size, sha256 }) =>
      noteDown(COPY, JSON.stringify({ name, size, sha256 })),
    archiveId: () =>
      committed(db, database, () => {
        const id = noted.get(ARCHIVE)?.['value'];
        return id === undefined ? undefined : String(id);
      }),
    unlockSecretHash: () =>
      committed(db, database, () => {
        const hash = noted.get(UNLOCK)?.['value'];
        return hash === undefined ? undefined : String(hash);
      }),
    setUnlockSecretHash: (sha256) => noteDown(UNLOCK, sha256),
    setArchiveId: (id) => noteDown(ARCHIVE, id),
    archivedRegistry: () =>
      committed(db, database, () => String(noted.get(REGISTRY)?.['value'] ?? '')),
    setArchivedRegistry: (registry) => noteDown(REGISTRY, registry),
    size: () => committed(db, database, () => Number(pages.get()?.['n'])),
    backupTo: (target) => backUp(file, target),
    checkBackup: (target) => backups.check(target),
    async close() {
      await backups.close();
      await db.destroy();
      // kysely lets go of a database only when it has asked it something
      if (database.isOpen) database.close();
    },
  };
}
