import type { IndexDb } from '../storage/index-db.ts';
import { readNumber, writeNumber } from '../storage/key-values.ts';

const NONE = -1;
const KEY = 'revokedKey';

/** Whether the platform's last word was that this key is revoked; `keyId` is hexadecimal. Another key is not. */
export function keptRevocation(db: IndexDb, keyId: string): boolean {
  return readNumber(db, KEY) === Number.parseInt(keyId, 16);
}

/** Keeps the platform's last word of the key over a restart; the index is written only when it is another. */
export function keepRevocation(db: IndexDb, keyId: string, revoked: boolean): void {
  if (keptRevocation(db, keyId) === revoked) return;
  writeNumber(db, KEY, revoked ? Number.parseInt(keyId, 16) : NONE);
}
