import type { Audit } from '../audit/contract.ts';
import { moveItem } from '../outbox/move-item.ts';
import type { IndexDb } from '../storage/index-db.ts';
import { itemById, itemsIn, type ItemRow } from '../storage/item-rows.ts';
import type { FeedPage } from './answers.ts';
import { hasArrived } from './has-arrived.ts';
import type { SendParts } from './send-attachment.ts';

/** What asking for held items needs. */
export interface HeldParts extends Pick<SendParts, 'db' | 'client'> {
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

/**
 * Held items that the platform has are received. A receipt tells no cursor, so each waits for the watermark under the
 * newest one, which the platform told after it had the item. It is asked for once more: a platform that went back to
 * a backup in between has not what it had.
 * @param page where it tells no newest cursor nobody can say when they are archived: they stay held, and so does what it
 *   says that it has lost files of
 */
export async function receiveHeld(
  parts: HeldParts,
  arrived: readonly ItemRow[],
  { lastCursor: newest, incomplete }: Pick<FeedPage, 'lastCursor' | 'incomplete'>,
): Promise<void> {
  const { db, audit } = parts;
  if (newest === undefined) return;
  for (const { submissionId } of arrived) {
    if (incomplete?.includes(submissionId) === true) continue;
    try {
      const item = itemById(db, submissionId);
      if (item?.state !== 'held' || (await hasArrived(parts, item)) !== true) continue;
      // a person may have released it meanwhile
      if (itemById(db, submissionId)?.state !== 'held') continue;
      const along = { lastError: null, platformCursor: newest };
      moveItem(db, audit, submissionId, { type: 'received' }, along);
      parts.onChange(submissionId);
    } catch (error) {
      // a full disk keeps nothing else from being settled
      parts.onError(error);
    }
  }
}
