import type { Audit } from '../audit/contract.ts';
import type { CrashPoint } from '../ports.ts';
import { PARTIAL_PREFIX } from '../storage/durable-files.ts';
import type { IndexDb } from '../storage/index-db.ts';
import { deletedFiles, itemsIn, namedFiles } from '../storage/item-rows.ts';
import type { BlobFolder } from './blob-folder.ts';
import { moveItem } from './move-item.ts';
import { mayBeEnvelope, readHeader, setAsideUnnamed } from './rebuild.ts';
import { markNumberUsed } from './receipt-sequence.ts';

/** What sweeping needs. */
export interface SweepContext {
  readonly db: IndexDb;
  readonly audit: Audit;
  readonly blobs: BlobFolder;
  readonly crashPoint: CrashPoint;
  /** Raw public keys whose envelopes count. */
  readonly knownKeys: readonly Uint8Array[];
}

/**
 * An envelope without a row may be what a crash left a moment before its commit, or one whose row the
 * disk lost and whose receipt is in somebody's hand: nobody can tell, so it is kept for a person with
 * whatever may belong to it, and its number is not given again. So is what cannot be read: it may be one.
 * @returns what the disk does not let be moved, and so stays among the others; `undefined` when there is no such envelope
 */
async function keepUnknown(
  context: SweepContext,
  strays: readonly string[],
): Promise<readonly string[] | undefined> {
  const { db, audit, blobs } = context;
  const envelopes: string[] = [];
  const numbers: string[] = [];
  for (const name of strays) {
    if (!(await mayBeEnvelope(blobs.pathOf(name)))) continue;
    envelopes.push(name);
    const found = await readHeader(blobs, name, context.knownKeys);
    if (found) numbers.push(found.header.receiptNumber);
  }
  if (envelopes.length === 0) return undefined;
  db.transaction(() => {
    for (const number of numbers) markNumberUsed(db, number);
    audit.record('filesSetAside', { detail: String(envelopes.length) });
  });
  return setAsideUnnamed(blobs, strays);
}

/** What a sweep found that no row names. */
export interface Swept {
  /** How many were set aside or deleted. */
  readonly files: number;
  /** How many the disk lets neither be moved nor deleted: they stay where they are. */
  readonly stuck: number;
}

/**
 * Brings back what lies out of the way and is named by a row of an item that still needs it: papers that a start
 * set aside while their envelope could not be read, and that was cut off before the envelope went after them. Done
 * at each start, so one that is cut off in between is done by the next; before: rows are back. After: nothing that
 * a row names lies out of the way while it is missing here.
 */
async function bringBackNamed({ db, blobs }: SweepContext): Promise<void> {
  const aside = await blobs.listAside();
  if (aside.length === 0) return;
  const named = namedFiles(db);
  const here = new Set(await blobs.list());
  await blobs.bringBack(aside.filter((name) => named.has(name) && !here.has(name)));
}

/**
 * Deletes sealed files that no row names: what a crash left of a submission that never got its receipt,
 * or of an archived item. Envelopes that the index never knew are set aside instead, and what a row names is
 * brought back from there. Before: such files may lie there. After: every file is named by a row, but those that the
 * disk holds fast.
 */
export async function sweepStrays(context: SweepContext): Promise<Swept> {
  const { db, audit, blobs, crashPoint } = context;
  crashPoint('before-sweep');
  await bringBackNamed(context);
  const lying = await blobs.list();
  // one whose lock was deleted may be storing: what it commits before this transaction is named here, later it cannot
  const named = db.transaction(() => namedFiles(db));
  const strays = lying.filter((name) => !named.has(name));
  const deleted = deletedFiles(db);
  const unmoved = await keepUnknown(
    context,
    strays.filter((name) => !name.startsWith(PARTIAL_PREFIX) && !deleted.has(name)),
  );
  // what should have been moved may be somebody's: it is not deleted, though the disk may let it go now
  const kept = new Set([...named, ...(unmoved ?? [])]);
  const rest = unmoved ? (await blobs.list()).filter((name) => !kept.has(name)) : strays;
  const undeleted = await blobs.remove(rest);
  if (rest.length > undeleted.length) {
    await blobs.sync();
    audit.record('strayFilesSwept', { detail: String(rest.length - undeleted.length) });
  }
  crashPoint('after-sweep');
  const stuck = undeleted.length + (unmoved?.length ?? 0);
  return { files: strays.length - stuck, stuck };
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
