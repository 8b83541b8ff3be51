import { type SealedStore, holdsWhole } from './storage/files.ts';
import type { SealedItem } from './storage/port.ts';

/** So many items are asked for at a time: each is handed over whole. */
const ASKED_AT_ONCE = 50;

/**
 * Items that were received and lack files now, as a pass of the archive found it. Nobody but their terminals has
 * these, who keep them until the item is archived: the feed names them.
 */
export interface LostFiles {
  /** What a pass found; it takes the place of what the one before found. */
  note(items: readonly SealedItem[]): void;
  /** Ids of items of a place that lack a file still; not all of them at once. */
  ofPlace(place: string): Promise<readonly string[]>;
}

/** Of a platform with these files. */
export function createLostFiles(files: {
  readonly envelopes: SealedStore;
  readonly attachments: SealedStore;
}): LostFiles {
  let byPlace = new Map<string, readonly SealedItem[]>();

  const lacks = async ({ envelopeSha256, attachments }: SealedItem): Promise<boolean> => {
    for (const { sha256, size } of attachments) {
      if ((await files.attachments.size(sha256)) !== size) return true;
    }
    // a damaged one is not set aside, as a paper is: it lies there, and has its size
    return !(await holdsWhole(files.envelopes, envelopeSha256));
  };

  return {
    note(items) {
      // the newest first: those their terminals still have
      byPlace = Map.groupBy(items.toReversed(), ({ place }) => place);
    },
    async ofPlace(place) {
      const found: string[] = [];
      const whole = new Set<SealedItem>();
      const items = byPlace.get(place) ?? [];
      for (const item of items) {
        if (found.length >= ASKED_AT_ONCE) break;
        // the next pass may be long in coming, and what has come meanwhile is not asked for again
        if (await lacks(item)) found.push(item.submissionId);
        else whole.add(item);
      }
      // nor read again at each feed, unless a pass has found other ones
      if (whole.size > 0 && byPlace.get(place) === items) {
        byPlace.set(
          place,
          items.filter((item) => !whole.has(item)),
        );
      }
      return found;
    },
  };
}
