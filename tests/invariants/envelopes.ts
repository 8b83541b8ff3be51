import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { realFiles, type Files } from './files.ts';

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Looks at the envelopes that lie together; `undefined` when there is no database of them. */
function lookAtTogether<T>(
  folder: string,
  files: Files,
  read: (database: DatabaseSync) => T,
): T | undefined {
  const path = join(folder, 'envelopes.sqlite');
  if (!files.exists(path)) return undefined;
  return files.look(path, (database) => {
    // a crash between making the file and its first migration
    const table = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'envelopes'").get();
    return table && read(database);
  });
}

/** Bytes of an envelope in a platform's data folder, wherever it lies; not checked. @throws Error when it is nowhere */
export function envelopeOn(folder: string, sha256: string, files: Files = realFiles): Buffer {
  const together = lookAtTogether(folder, files, (database) =>
    database.prepare('SELECT bytes FROM envelopes WHERE sha256 = ?').get(sha256),
  );
  const bytes = together?.['bytes'];
  if (bytes instanceof Uint8Array) return Buffer.from(bytes);
  return files.read(join(folder, 'envelopes', sha256.slice(0, 2), sha256));
}

/** Hashes of the envelopes that lie together and are whole. */
export function soundTogether(folder: string, files: Files = realFiles): ReadonlySet<string> {
  const rows = lookAtTogether(folder, files, (database) =>
    database.prepare('SELECT sha256, bytes FROM envelopes').all(),
  );
  const sound = (rows ?? []).flatMap(({ sha256, bytes }) =>
    typeof sha256 === 'string' && bytes instanceof Uint8Array && hashOf(bytes) === sha256
      ? [sha256]
      : [],
  );
  return new Set(sound);
}
