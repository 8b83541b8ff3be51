import type { Clock } from '../ports.ts';
import type { IndexDb } from '../storage/index-db.ts';
import type { ItemRow } from '../storage/item-rows.ts';

interface Rest {
  /** As it stands in the row: another one there, and this rest is none any more. */
  readonly notBefore: number;
  /** By the clock that nobody sets. */
  readonly until: number;
}

/** Submission id → its rest, of this process: the wall clock, by which a restart goes, may be set forward meanwhile. */
const rests = new WeakMap<IndexDb, Map<string, Rest>>();

/** An item waits so long at least, whatever clock is set; milliseconds. */
export function noteRest(
  db: IndexDb,
  clock: Clock,
  { submissionId, notBefore }: Pick<ItemRow, 'submissionId' | 'notBefore'>,
  leastMs: number,
): void {
  const all = rests.get(db) ?? new Map<string, Rest>();
  rests.set(db, all.set(submissionId, { notBefore, until: clock.now() + leastMs }));
}

/** How long an item still waits by the steady clock; milliseconds, 0 where it need not. */
export function restOf(
  db: IndexDb,
  clock: Clock,
  { submissionId, notBefore }: Pick<ItemRow, 'submissionId' | 'notBefore'>,
): number {
  const rest = rests.get(db)?.get(submissionId);
  const left = rest?.notBefore === notBefore ? rest.until - clock.now() : 0;
  if (rest && left <= 0) rests.get(db)?.delete(submissionId);
  return Math.max(0, left);
}
