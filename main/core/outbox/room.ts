import { statfsSync } from 'node:fs';
import type { IndexDb } from '../storage/index-db.ts';
import { backlogOf } from '../storage/item-rows.ts';

/** Limits of what the terminal keeps. */
export interface RoomLimits {
  readonly minFreeBytes: number;
  readonly maxWaitingItems: number;
  readonly maxStoredBytes: number;
  readonly maxWaitingDays: number;
  /** Most that one session stores: left free of the other limits when a citizen begins. */
  readonly sessionBytes: number;
}

/** Whether there is room for another item, before the disk itself says no. */
export interface Room {
  /** For who begins, by the last look at the disk: whether a whole session more may be stored. */
  state(): 'free' | 'diskFull' | 'backlogFull';
  /** The same for who is inside already: the room of a session was left for them. */
  stateInside(): 'free' | 'diskFull' | 'backlogFull';
  /**
   * Looks at the disk.
   * @param needed bytes that are about to be written
   */
  look(needed: number): 'free' | 'diskFull' | 'backlogFull';
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** Watches free bytes of the file system, and count, age and bytes of the backlog. */
export function createRoom(
  db: IndexDb,
  folder: string,
  limits: RoomLimits,
  wall: () => number,
): Room {
  let free = Number.POSITIVE_INFINITY;
  const judge = (needed: number): 'free' | 'diskFull' | 'backlogFull' => {
    if (free - needed < limits.minFreeBytes) return 'diskFull';
    const backlog = backlogOf(db);
    const age =
      backlog.oldestWaiting === undefined ? 0 : wall() - Date.parse(backlog.oldestWaiting);
    return backlog.waiting >= limits.maxWaitingItems ||
      backlog.storedBytes + needed > limits.maxStoredBytes ||
      age > limits.maxWaitingDays * DAY_MS
      ? 'backlogFull'
      : 'free';
  };
  return {
    state: () => judge(limits.sessionBytes),
    stateInside: () => judge(0),
    look(needed) {
      // a counter in memory: asking another thread for it takes longer
      const stat = statfsSync(folder);
      free = stat.bavail * stat.bsize;
      return judge(needed);
    },
  };
}
