import type { Audit } from '../audit/contract.ts';
import { moveItem } from '../outbox/move-item.ts';
import type { CrashPoint } from '../ports.ts';
import type { IndexDb } from '../storage/index-db.ts';
import { itemById, itemsIn, type ItemRow } from '../storage/item-rows.ts';
import type { FeedPage } from './answers.ts';
import { handOver, NOT_SAID, NOT_THERE } from './hand-over.ts';
import { hasArrived } from './has-arrived.ts';
import { readAgain } from './send-item.ts';
import type { SendParts } from './send-attachment.ts';

/** What asking for held items needs. */
export interface HeldParts extends SendParts {
  readonly crashPoint: CrashPoint;
  readonly audit: Audit;
  readonly onChange: (submissionId: string) => void;
  readonly onError: (error: unknown) => void;
  /** By the last exchange, of whomever. */
  readonly linkIsAway: () => boolean;
}

/** Each costs a request, and nobody waits for it by the minute. */
const IN_A_ROUND = 10;

/** The last one asked for by the round before: the next round begins behind it. */
const lastAsked = new WeakMap<IndexDb, string>();

function nextHeld(db: IndexDb): readonly ItemRow[] {
  const held = itemsIn(db, 'held');
  const last = lastAsked.get(db);
  const begin = held.findIndex(({ submissionId }) => submissionId === last) + 1;
  return [...held.slice(begin), ...held.slice(0, begin)].slice(0, IN_A_ROUND);
}

/**
 * Asks, by their receipts, for some of the items that are held: a person may have brought them to the platform on a
 * stick. To be asked before the newest cursor of the platform is.
 * @returns those that it has whole
 */
export async function heldThatArrived(parts: HeldParts): Promise<readonly ItemRow[]> {
  const arrived: ItemRow[] = [];
  for (const item of nextHeld(parts.db)) {
    lastAsked.set(parts.db, item.submissionId);
    if ((await hasArrived(parts, item)) === true) arrived.push(item);
    if (parts.linkIsAway()) break;
  }
  return arrived;
}

/** Items that were handed over once more while nothing was heard of it. */
const unheard = new WeakMap<IndexDb, Set<string>>();

/** Whether the item was handed over in vain before; it was now. */
function wasUnheard(db: IndexDb, submissionId: string): boolean {
  const before = unheard.get(db) ?? new Set();
  unheard.set(db, before);
  const known = before.has(submissionId);
  before.add(submissionId);
  return known;
}

/**
 * A held item that the platform has is handed over once more, which is answered as it was: so it has its cursor and
 * case number, and is told of by the feed of the place where the terminal stands now, also when it was sealed at
 * another. One of which the platform says that it lacks something stays held, for a person.
 * @param newest the platform's newest cursor, told after it had the item. What it takes no more, and what does not get
 *   through twice, is received by its receipt, which tells no cursor, and waits for the watermark under this one; without
 *   one it stays held, for nobody could say when it is archived
 */
async function settleHeld(parts: HeldParts, item: ItemRow, newest?: number): Promise<void> {
  const { db, audit } = parts;
  const { submissionId } = item;
  const answer = await handOver(parts, item);
  // a person may have released it meanwhile
  if (itemById(db, submissionId)?.state !== 'held') return;
  if (answer.ok) {
    const { receivedAt, cursor, caseNumber } = answer.value;
    db.transaction(() => {
      const along = { lastError: null, receivedAt, platformCursor: cursor, caseNumber };
      moveItem(db, audit, submissionId, { type: 'received' }, along);
      readAgain(db, cursor);
    });
  } else {
    const { code } = answer.error;
    if (NOT_THERE.has(code) || newest === undefined) return;
    if (!NOT_SAID.has(code) && !wasUnheard(db, submissionId)) return;
    const along = { lastError: null, platformCursor: newest };
    moveItem(db, audit, submissionId, { type: 'received' }, along);
  }
  unheard.get(db)?.delete(submissionId);
  parts.onChange(submissionId);
}

/**
 * Held items that the platform has are received. It is asked once more whether it has them: a platform that went back
 * to a backup in between has not what it had, and what is held is not sent without a person.
 * @param page what it says that it has lost files of stays held
 */
export async function receiveHeld(
  parts: HeldParts,
  arrived: readonly ItemRow[],
  { lastCursor, incomplete }: Pick<FeedPage, 'lastCursor' | 'incomplete'>,
): Promise<void> {
  for (const { submissionId } of arrived) {
    if (incomplete?.includes(submissionId) === true) continue;
    try {
      const item = itemById(parts.db, submissionId);
      if (item?.state !== 'held' || (await hasArrived(parts, item)) !== true) continue;
      if (itemById(parts.db, submissionId)?.state !== 'held') continue;
      await settleHeld(parts, item, lastCursor);
    } catch (error) {
      // a full disk keeps nothing else from being settled
      parts.onError(error);
    }
  }
}
