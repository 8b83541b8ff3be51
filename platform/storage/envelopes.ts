import { open } from 'node:fs/promises';
import type { HashedFiles, SealedStore } from './files.ts';
import { createGroupCommit } from './sqlite/group-commit.ts';
import { migrate } from './sqlite/migrations.ts';
import { openDatabase } from './sqlite/node-sqlite.ts';

/** SQL of each version, from 1. Only ever appended to. */
const MIGRATIONS: readonly string[] = [
  'CREATE TABLE envelopes (sha256 TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT',
];

/** Larger envelopes are files of their own unless something else is said, bytes. */
export const DEFAULT_TOGETHER_BYTES = 256 * 1024;

/** Envelopes, each by the SHA-256 of its bytes. */
export interface Envelopes extends SealedStore {
  /** @param ready it is stored when this resolves, and not when it is rejected */
  put(sha256: string, bytes: Uint8Array, ready?: Promise<unknown>): Promise<void>;
  close(): void;
}

/**
 * Opens the envelopes of a platform. Small ones lie together in a database of their own: those that come at
 * once pay for one write to the disk, where a file of its own costs each two. It is not the database of the
 * items, for that one is copied whole with every backup, and an envelope is copied once. Larger ones, and those
 * that an earlier program kept, are files.
 *
 * @param parts.togetherBytes the largest that lies there
 * @throws StorageError when a newer program has written the database
 */
export function openEnvelopes(parts: {
  readonly database: string;
  readonly files: HashedFiles;
  readonly togetherBytes: number;
}): Envelopes {
  const { files, togetherBytes } = parts;
  const database = openDatabase(parts.database);
  try {
    migrate(database, parts.database, MIGRATIONS);
  } catch (error) {
    database.close();
    throw error;
  }
  const together = createGroupCommit(database, async (writes) => {
    database.exec('BEGIN IMMEDIATE');
    try {
      await writes(undefined);
      database.exec('COMMIT');
    } catch (error) {
      // a full disk may have ended it already
      if (database.isTransaction) database.exec('ROLLBACK');
      throw error;
    }
  });
  const adding = database.prepare(
    'INSERT INTO envelopes VALUES (?, ?) ON CONFLICT (sha256) DO UPDATE SET bytes = excluded.bytes',
  );
  const finding = database.prepare('SELECT bytes FROM envelopes WHERE sha256 = ?');
  const measuring = database.prepare('SELECT length(bytes) AS n FROM envelopes WHERE sha256 = ?');
  const here = (sha256: string): Buffer | undefined => {
    const bytes = finding.get(sha256)?.['bytes'];
    if (!(bytes instanceof Uint8Array)) return undefined;
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  };
  return {
    async read(sha256) {
      return here(sha256) ?? (await files.read(sha256));
    },
    async size(sha256) {
      const size = measuring.get(sha256)?.['n'];
      return size === undefined ? files.size(sha256) : Number(size);
    },
    async put(sha256, bytes, ready) {
      if (bytes.length > togetherBytes) {
        await ready;
        await files.put(sha256, bytes);
      } else {
        await together(() => adding.run(sha256, bytes).changes, ready);
      }
    },
    async copyTo(sha256, file) {
      const bytes = here(sha256);
      if (!bytes) return files.copyTo(sha256, file);
      const handle = await open(file, 'w', 0o600);
      try {
        await handle.writeFile(bytes);
      } finally {
        await handle.close();
      }
    },
    close() {
      if (database.isOpen) database.close();
    },
  };
}
