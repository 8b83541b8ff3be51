import { endCutOffAttempts } from '../outbox/sweep.ts';
import type { IndexDb } from '../storage/index-db.ts';
import { itemsIn, type ItemRow } from '../storage/item-rows.ts';
import { createLoop, type Loop } from './loop.ts';
import { fullJitter } from './backoff.ts';
import { noteBrokenAttempt, sendItem, type SendItemParts } from './send-item.ts';

/** What the sender needs. */
export interface SenderParts extends SendItemParts {
  readonly enrolled: () => boolean;
  readonly stopping: () => boolean;
  /** By the last exchange, of whomever. */
  readonly linkIsAway: () => boolean;
  readonly onError: (error: unknown) => void;
}

/** The item that waits longest past its time, if any is due. */
function nextDue(parts: SenderParts): { due?: ItemRow; waitMs: number } {
  const { db, clock, backoffCeilingMs } = parts;
  const items = [...itemsIn(db, 'queued'), ...itemsIn(db, 'retry')];
  const wall = clock.wall();
  let waitMs = Number.POSITIVE_INFINITY;
  let due: ItemRow | undefined;
  for (const item of items) {
    const left = item.notBefore - wall;
    // further off than any wait can be: the clock went back meanwhile
    if (left <= 0 || left > backoffCeilingMs) {
      if (!due || item.notBefore < due.notBefore) due = item;
    } else {
      waitMs = Math.min(waitMs, left);
    }
  }
  return due ? { due, waitMs } : { waitMs };
}

/**
 * Sends what is due, one item at a time; an item that fails goes behind the others. While the link is
 * away one item at a time asks for all, with backoff: two thousand that each ask would fill the disk
 * with what is written down of every attempt.
 */
export function createSender(parts: SenderParts): Loop {
  const { clock, backoffCeilingMs, randomness } = parts;
  let failuresInARow = 0;
  let restUntil = 0;
  const sendOne = async (due: ItemRow): Promise<void> => {
    try {
      await sendItem(parts, due);
    } catch (error) {
      // what cannot even be written down (a full disk) is the loop's to wait out
      if (!noteBrokenAttempt(parts, due.submissionId)) throw error;
      parts.onError(error);
    }
    failuresInARow = parts.linkIsAway() ? failuresInARow + 1 : 0;
    restUntil = clock.now() + fullJitter(failuresInARow, backoffCeilingMs, randomness);
  };
  return createLoop(
    parts.clock,
    async () => {
      // a full disk may have kept the end of an attempt from being written
      endCutOffAttempts(parts.db, parts.audit);
      if (!parts.enrolled()) return Number.POSITIVE_INFINITY;
      for (;;) {
        const { due, waitMs } = nextDue(parts);
        if (!due || parts.stopping()) return waitMs;
        const rest = parts.linkIsAway() ? restUntil - clock.now() : 0;
        if (rest > 0) return rest;
        await sendOne(due);
      }
    },
    parts.onError,
  );
}

/** After the link was away: items that failed for want of it need not wait out their time. */
export function makeLinkFailuresDue(db: IndexDb): void {
  db.run(
    `UPDATE item SET not_before = 0 WHERE state = 'retry' AND
       (last_error IN ('unreachable', 'timeout', 'tls', 'answerTooLong', 'internal')
        OR last_error LIKE 'notThePlatform%')`,
  );
}
