/** How a district wants scans to go over a line that is paid by the byte. */
export interface MeteredScans {
  /** What is still to be sent of an item and is no more than this goes at once: forms. */
  readonly formsUpToBytes: number;
  /** Whole hours of China's day (UTC+8) in which all else goes: from the first, until the second; over midnight too. */
  readonly fromHour: number;
  readonly untilHour: number;
  /** What has waited so long goes at any hour: a deadline counts from the receipt. */
  readonly atMostWaitMs: number;
}

/** An item that waits, as far as its turn goes by it. */
export interface WaitingItem {
  readonly submissionId: string;
  /** Milliseconds since 1970 by the terminal's clock, before which it is not tried again. */
  readonly notBefore: number;
  /** ISO 8601 */
  readonly createdAt: string;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const CHINA = 8 * HOUR;

/** How long until the hours begin in which scans may go; 0 within them. */
export function untilScansGo(wall: number, { fromHour, untilHour }: MeteredScans): number {
  const now = (((wall + CHINA) % DAY) + DAY) % DAY;
  const [from, until] = [fromHour * HOUR, untilHour * HOUR];
  const within = from <= until ? now >= from && now < until : now >= from || now < until;
  return within ? 0 : (from - now + DAY) % DAY;
}

function holdBack<T extends WaitingItem>(
  item: T,
  wall: number,
  unsentBytes: (item: T) => number,
  metered: MeteredScans,
): number {
  if (unsentBytes(item) <= metered.formsUpToBytes) return 0;
  const waited = wall - Date.parse(item.createdAt);
  // stored in the future: the clock went back, and nobody knows how long it waits
  if (!(waited >= 0 && waited < metered.atMostWaitMs)) return 0;
  return Math.min(untilScansGo(wall, metered), metered.atMostWaitMs - waited);
}

/**
 * Which item is sent next, and else how long until one may be. The one that waits longest past its time;
 * on a metered line forms go before scans, and scans in their hours.
 *
 * @param longestMs the longest wait of an item: a time further off was written by a clock that went back
 * @param restMs how long an item is to wait whatever the wall clock says: it may have been set forward
 * @param unsentBytes asked on a metered line only
 */
export function nextToSend<T extends WaitingItem>(
  items: readonly T[],
  wall: number,
  longestMs: (item: T) => number,
  restMs: (item: T) => number,
  metered?: { readonly policy: MeteredScans; readonly unsentBytes: (item: T) => number },
): { readonly due?: T; readonly waitMs: number } {
  let waitMs = Number.POSITIVE_INFINITY;
  let due: { readonly item: T; readonly form: boolean } | undefined;
  for (const item of items) {
    const left = item.notBefore - wall;
    const again = left > longestMs(item) ? 0 : Math.max(0, left);
    const held = metered ? holdBack(item, wall, metered.unsentBytes, metered.policy) : 0;
    const wait = Math.max(again, restMs(item), held);
    if (wait > 0) {
      waitMs = Math.min(waitMs, wait);
      continue;
    }
    const form =
      metered === undefined || metered.unsentBytes(item) <= metered.policy.formsUpToBytes;
    const sooner = due && (form === due.form ? item.notBefore < due.item.notBefore : form);
    if (!due || sooner) due = { item, form };
  }
  return due ? { due: due.item, waitMs } : { waitMs };
}
