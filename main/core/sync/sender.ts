import { endCutOffAttempts } from '../outbox/sweep.ts';
import { itemById, itemsIn, unsentBytesOf, type ItemRow } from '../storage/item-rows.ts';
import { fullJitter } from './backoff.ts';
import { isOfTheLink } from './link-failures.ts';
import { createLoop, type Loop } from './loop.ts';
import { noteBrokenAttempt, sendItem, type SendItemParts } from './send-item.ts';
import { nextToSend, type MeteredScans } from './sending-order.ts';
import { restOf } from './steady-rest.ts';
import { longestWaitMs } from './try-again.ts';

/** What the sender needs. */
export interface SenderParts extends SendItemParts {
  /** Whether the platform may take something from it. */
  readonly enrolled: () => boolean;
  readonly stopping: () => boolean;
  /** By the last exchange, of whomever. */
  readonly linkIsAway: () => boolean;
  /** Where the line is paid by the byte. */
  readonly meteredScans?: MeteredScans | undefined;
  readonly onError: (error: unknown) => void;
}

/** Policy and clock may change while scans wait for their hours. */
const LOOK_AGAIN_MS = 600_000;

/**
 * While the link is away the terminal's round asks within one ceiling, for the items too. An item asks
 * by itself only after so many of them: then it is the round that does not come about.
 */
const ASK_AFTER_CEILINGS = 5;

/** A time that is over by every clock, also by one that counts from some later moment. */
const NEVER = Number.NEGATIVE_INFINITY;

/** What the platform says of the terminal, whatever it sends: the next item would be told the same. */
const OF_THE_TERMINAL: ReadonlySet<string> = new Set(['slowDown', 'unauthorised', 'revoked']);

/** The loop that sends. */
export interface Sender extends Loop {
  /**
   * The platform knows this terminal again: nobody rests any more because it did not, and what waits goes.
   * Not so after `slowDown`, which is no question of who asks: its time is waited out.
   */
  known(): void;
  /** Whether nothing is sent for a while, for want of a link that rounds find there. */
  restsForLink(): boolean;
}

function nextDue(parts: Pick<SenderParts, 'db' | 'clock' | 'backoffCeilingMs' | 'meteredScans'>): {
  readonly due?: ItemRow;
  readonly waitMs: number;
} {
  const { db, clock, backoffCeilingMs, meteredScans } = parts;
  const items = [...itemsIn(db, 'queued'), ...itemsIn(db, 'retry')];
  const longest = (item: ItemRow): number => longestWaitMs(item, backoffCeilingMs);
  const rest = (item: ItemRow): number => restOf(db, clock, item);
  if (!meteredScans) return nextToSend(items, clock.wall(), longest, rest);
  const unsent = unsentBytesOf(db);
  const next = nextToSend(items, clock.wall(), longest, rest, {
    policy: meteredScans,
    unsentBytes: ({ submissionId }) => unsent.get(submissionId) ?? 0,
  });
  return { ...next, waitMs: Math.min(next.waitMs, LOOK_AGAIN_MS) };
}

/** Whether an item is being sent or its turn has come, as far as the line lets it. */
export function itemsGoFirst(
  parts: Pick<SenderParts, 'db' | 'clock' | 'backoffCeilingMs' | 'meteredScans'>,
): boolean {
  return itemsIn(parts.db, 'sending').length > 0 || nextDue(parts).due !== undefined;
}

interface Refusals {
  /** By the clock that nobody sets, how long none asks. */
  until: () => number;
  restsForLink: () => boolean;
  /**
   * @param wasAway whether the link was away before it was sent
   * @param further whether it was cut off on the way after the platform had more of it than ever before
   */
  note: (submissionId: string, wasAway: boolean, further: boolean) => void;
  known: () => void;
}

/**
 * Answers that are about the terminal rest the whole sender: as long as the item that was told so waits,
 * and longer the more of them come in a row, for each item counts its own failures only. So does an item
 * that fails for want of a link that rounds find there, without the wait of its own: else each item sends
 * for a round, which finds the link there and wakes the next item, as often as items wait. One that fails
 * again and again while no other does keeps its own wait alone: the fault may be its own, and nobody else's
 * item waits for it. Nor for one of which the platform has more than ever before when the line is cut: that
 * line carries, and all of them need as many rounds as their bytes do.
 */
function createRefusals(parts: SenderParts): Refusals {
  const { db, clock, randomness } = parts;
  let until = NEVER;
  let inARow = 0;
  let by = '';
  /** The item that failed last for want of the link. */
  let lastOfTheLink: string | undefined;
  return {
    until: () => until,
    restsForLink: () => isOfTheLink(by) && until > clock.now(),
    note(submissionId, wasAway, further) {
      const item = itemById(db, submissionId);
      const said = item?.state === 'retry' ? (item.lastError ?? '') : '';
      const ofTheLink = isOfTheLink(said);
      // the round has not found it there since
      if (ofTheLink && wasAway && !further) return;
      if (!item || further || !(ofTheLink || OF_THE_TERMINAL.has(said))) {
        inARow = 0;
        lastOfTheLink = undefined;
        return;
      }
      const again = ofTheLink && lastOfTheLink === submissionId;
      lastOfTheLink = ofTheLink ? submissionId : undefined;
      if (again) return;
      inARow++;
      by = said;
      const ceilingMs = parts.backoffCeilingMs;
      const wait = Math.max(
        ofTheLink ? 0 : item.notBefore - clock.wall(),
        fullJitter(inARow, ceilingMs, randomness, parts.backoffBaseMs),
      );
      // the clock may be set in between
      until = clock.now() + Math.min(wait, ceilingMs);
    },
    known() {
      if (by !== 'slowDown') until = NEVER;
    },
  };
}

/**
 * Sends what is due, one item at a time; an item that fails goes behind the others. What the platform
 * says of the terminal and not of the item rests them all, whoever wakes the sender. While the link is
 * away one item asks, once, and then leaves the asking to the terminal's round with the platform, which
 * wakes the sender when it is answered: with a wait of their own beside the round's, items would bring
 * twice as many terminals back in one moment, and two thousand items that each ask would fill the disk
 * with what is written down of every attempt.
 */
export function createSender(parts: SenderParts): Sender {
  const { clock } = parts;
  let restUntil = NEVER;
  const refusals = createRefusals(parts);
  /** Submission id → the most that the platform ever had of an item that waits: one that loses it each time carries nothing. */
  const furthest = new Map<string, number>();
  const sendOne = async (due: ItemRow): Promise<void> => {
    const { submissionId } = due;
    const wasAway = parts.linkIsAway();
    let further = false;
    try {
      const reached = await sendItem(parts, due, furthest.get(submissionId));
      if (reached) furthest.set(submissionId, reached.bytes);
      else furthest.delete(submissionId);
      further = reached?.further === true;
    } catch (error) {
      // what cannot even be written down (a full disk) is the loop's to wait out
      if (!noteBrokenAttempt(parts, submissionId, error)) throw error;
      parts.onError(error);
    }
    restUntil = clock.now() + ASK_AFTER_CEILINGS * parts.backoffCeilingMs;
    refusals.note(submissionId, wasAway, further);
  };
  const loop = createLoop(
    parts.clock,
    async () => {
      // a full disk may have kept the end of an attempt from being written
      endCutOffAttempts(parts.db, parts.audit);
      for (;;) {
        // the item before may have been told that the terminal was revoked
        if (!parts.enrolled()) return Number.POSITIVE_INFINITY;
        const { due, waitMs } = nextDue(parts);
        if (!due || parts.stopping()) return waitMs;
        const until = Math.max(refusals.until(), parts.linkIsAway() ? restUntil : NEVER);
        const rest = until - clock.now();
        if (rest > 0) return rest;
        await sendOne(due);
      }
    },
    parts.onError,
  );
  return {
    ...loop,
    restsForLink: () => refusals.restsForLink(),
    known() {
      refusals.known();
      loop.wake();
    },
  };
}
