import type { SealedStore } from './storage/files.ts';
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
    if ((await files.envelopes.size(envelopeSha256)) === undefined) return true;
    for (const { sha256, size } of attachments) {
      if ((await files.attachments.size(sha256)) !== size) return true;
    }
    return false;
  };

  return {
    note(items) {
      // the newest first: those their terminals still have
      byPlace = Map.groupBy(items.toReversed(), ({ place }) => place);
    },
    async ofPlace(place) {
      const found: string[] = [];
      for (const item of byPlace.get(place) ?? []) {
        if (found.length >= ASKED_AT_ONCE) break;
        // the next pass may be long in coming, and what has come meanwhile is not asked for again
        if (await lacks(item)) found.push(item.submissionId);
      }
      return found;
    },
  };
}
