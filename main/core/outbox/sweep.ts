import type { Audit } from '../audit/contract.ts';
import type { CrashPoint } from '../ports.ts';
import type { IndexDb } from '../storage/index-db.ts';
import { itemsIn, namedFiles } from '../storage/item-rows.ts';
import type { BlobFolder } from './blob-folder.ts';
import { moveItem } from './move-item.ts';

/**
 * Deletes sealed files that no row names: what a crash left of a submission that never got its receipt,
 * or of an archived item. Before: such files may lie there. After: every file is named by a row.
 * @returns how many went
 */
export async function sweepStrays(
  db: IndexDb,
  audit: Audit,
  blobs: BlobFolder,
  crashPoint: CrashPoint,
): Promise<number> {
  crashPoint('before-sweep');
  const named = namedFiles(db);
  const strays = (await blobs.list()).filter((name) => !named.has(name));
  if (strays.length > 0) {
    await blobs.remove(strays);
    await blobs.sync();
    audit.record('strayFilesSwept', { detail: String(strays.length) });
  }
  crashPoint('after-sweep');
  return strays.length;
}

/** Attempts that the end of the last run cut off have failed, as far as this terminal knows. */
export function endCutOffAttempts(db: IndexDb, audit: Audit): void {
  for (const item of itemsIn(db, 'sending')) {
    moveItem(
      db,
      audit,
      item.submissionId,
      { type: 'attemptFailed' },
      { lastError: 'restarted', notBefore: 0 },
    );
  }
}
