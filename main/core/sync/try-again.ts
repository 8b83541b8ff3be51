import type { ItemRow } from '../storage/item-rows.ts';

/** The last error of an item that an unforeseen error ended an attempt of. */
export const READ_FAILED = 'readFailed';
/** The same where the disk said that it cannot read (`EIO`). */
export const UNREADABLE = 'unreadable';
/** The last errors of an item that the platform found malformed, once and twice in a row. */
const MALFORMED = ['malformedOnce', 'malformedTwice'] as const;

const MINUTE_MS = 60_000;
const LEAST_WAITS_MS: Readonly<Record<string, number>> = {
  // a reset of the bus, or the disk's own recovery, is over by then
  [UNREADABLE]: 5 * MINUTE_MS,
  // a proxy that cut one request short, and one that was out of order for a while
  malformedOnce: 5 * MINUTE_MS,
  malformedTwice: 60 * MINUTE_MS,
};

/** So long an item waits at least that an attempt of ended so; milliseconds. */
export function leastWaitMs(lastError: string): number {
  return LEAST_WAITS_MS[lastError] ?? 0;
}

/** The longest wait that an attempt of this item can have written down; milliseconds. */
export function longestWaitMs(
  { lastError }: Pick<ItemRow, 'lastError'>,
  backoffCeilingMs: number,
): number {
  return Math.max(leastWaitMs(lastError ?? ''), backoffCeilingMs);
}

/**
 * What the platform found malformed was whole when it was read here, so it may have been cut short or changed on
 * the way: it is tried again twice. What is no cut is found malformed a third time.
 * @returns what the item's last error is now; `undefined`: a person must look
 */
export function afterMalformed({ lastError }: Pick<ItemRow, 'lastError'>): string | undefined {
  return MALFORMED[MALFORMED.findIndex((each) => each === lastError) + 1];
}
