import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import type { ItemStore } from './storage/port.ts';
import { isoTime } from './time.ts';

const CURSORS_SINCE = Date.UTC(2026, 0, 1);
/** Cursors of a day by the clock, about: more than any platform has things happen between two backups. */
const LEAP = 2 ** 23;

/** Where the cursors of a start begin: hundredths of a second since 2026, more than any platform had things happen. */
function cursorFloor(ms: number): number {
  return Math.max(0, Math.floor((ms - CURSORS_SINCE) / 10));
}

/** By how much a start begins above the last cursor where the clock does not say it: no two starts by as much. */
export function drawLeap(): number {
  return LEAP + (randomBytes(4).readUInt32BE() % LEAP);
}

/**
 * To be called at each start, before anything happens: cursors go on above all that was given, also by a platform
 * whose backup this is. Its clock says how far that one came. A clock that is behind is told, and the numbers leap
 * from the newest that is known; should that be too little, the feed tells cursors of then from its own
 * (`ItemStore.feedFrom`), for which they need only be others.
 *
 * @param now - milliseconds since 1970
 */
export async function beginCursors(
  items: Pick<ItemStore, 'lastCursor' | 'eventAt' | 'beginAfter'>,
  now: number,
  log: Logger,
  leap = drawLeap(),
): Promise<void> {
  const newest = await items.eventAt(await items.lastCursor());
  const known = newest === undefined ? 0 : Date.parse(newest.at);
  if (now >= known) return items.beginAfter(cursorFloor(now), leap);
  log.error(
    { clock: isoTime(now), newest: newest?.at },
    'the clock is before the newest event of a case: set it right',
  );
  return items.beginAfter(cursorFloor(known) + leap, leap);
}
