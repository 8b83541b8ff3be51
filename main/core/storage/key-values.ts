import type { IndexDb } from './index-db.ts';

/** Single values of the index that are no rows of their own. */
export type KvKey =
  | 'feedCursor'
  | 'archivedThrough'
  | 'enrolledAnew'
  | 'lastPlatformTime'
  | 'auditPrunedThrough'
  | 'diskTried'
  | 'revokedKey';

/** Reads a number kept under a key. */
export function readNumber(db: IndexDb, key: KvKey): number | undefined {
  return db.unlessWritten(`kv ${key}`, ['kv'], () => {
    const value = db.get('SELECT value FROM kv WHERE key = ?', key)?.['value'];
    return typeof value === 'string' ? Number(value) : undefined;
  });
}

/** Keeps a number under a key. */
export function writeNumber(db: IndexDb, key: KvKey, value: number): void {
  db.run(
    'INSERT INTO kv (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    key,
    String(value),
  );
}
