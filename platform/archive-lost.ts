import { type SealedStore, holdsWhole } from './storage/files.ts';
import type { ItemStore, SealedItem, SealedNames } from './storage/port.ts';

/** So many items are asked for at a time: each is handed over whole. */
const ASKED_AT_ONCE = 50;

/** What a pass of the archive finds gone, damaged or unreadable among the platform's own files. */
export interface Losses {
  readonly files: ReadonlySet<string>;
  /** Those of them that nobody has given up: as long as one lacks, nothing is called archived. */
  readonly holding: ReadonlySet<string>;
  add(sha256: string): void;
  /** Notes whose items of a page lack files, for the feed: at once, for the pass may end in another trouble. */
  note(names: SealedNames): void;
}

/** An item, and which of its files were lost. */
export interface LostItem {
  readonly item: SealedItem;
  readonly files: readonly string[];
}

/**
 * Items that were received and lack files now, as a pass of the archive found it. Nobody but their terminals has
 * these, who keep them until the item is archived: the feed names them.
 */
export interface LostFiles {
  /**
   * A pass begins to look; what it finds takes the place of what the one before found.
   *
   * @param givenUp items of which files are given up, as the copy of the database knows it that the pass made
   */
  begin(givenUp: GivenUpFiles): Losses;
  /** Ids of items of a place, or brought by it, that lack a file still, also one that was given up; not all of them at once. */
  ofPlace(place: string): Promise<readonly string[]>;
  /** What the last pass found lost and is neither back nor given up; not all of it at once. */
  unsettled(): Promise<readonly LostItem[]>;
  /** Of an item the same. */
  lackingOf(submissionId: string): Promise<readonly string[]>;
  /** Whether every file of an item is here, each with the bytes of its name. */
  readonly isWhole: (item: SealedItem) => Promise<boolean>;
  /** The same by less reading: its papers have the length that they should have. */
  readonly isThere: (item: SealedItem) => Promise<boolean>;
  /** How long its envelope is here; 0 where it is not. */
  readonly envelopeBytes: (item: SealedItem) => Promise<number>;
}

/** Files that people gave up, by the id of their item: the same file of another item is not given up with it. */
export type GivenUpFiles = ReadonlyMap<string, ReadonlySet<string>>;

/** Which files are given up now. */
export async function givenUpFiles(items: Pick<ItemStore, 'givenUp'>): Promise<GivenUpFiles> {
  const rows = await items.givenUp();
  return new Map(
    rows.map((row) => [row.submissionId, new Set(row.givenUp.map(({ sha256 }) => sha256))]),
  );
}

const filesOf = ({ envelopeSha256, attachments }: SealedItem): readonly string[] => [
  envelopeSha256,
  ...attachments.map(({ sha256 }) => sha256),
];

/** Of a platform with these files. */
export function createLostFiles(parts: {
  readonly envelopes: SealedStore;
  readonly attachments: SealedStore;
  readonly storage: { readonly items: Pick<ItemStore, 'givenUp' | 'broughtBy'> };
}): LostFiles {
  const { envelopes, attachments, storage } = parts;
  /** By id, the newest last. */
  let noted = new Map<string, LostItem>();
  let byPlace = new Map<string, readonly SealedItem[]>();
  /** The same items by id, for what a terminal of another place has. */
  let byId = new Map<string, SealedItem>();

  const lacks = async (item: SealedItem): Promise<boolean> => {
    for (const { sha256, size } of item.attachments) {
      if ((await attachments.size(sha256)) !== size) return true;
    }
    // a damaged one is not set aside, as a paper is: it lies there, and has its size
    return !(await holdsWhole(envelopes, item.envelopeSha256));
  };

  /** Of its files those that lack still. */
  const stillLacking = async ({ item, files }: LostItem): Promise<readonly string[]> => {
    const lacking: string[] = [];
    for (const sha256 of files) {
      const store = sha256 === item.envelopeSha256 ? envelopes : attachments;
      if (!(await holdsWhole(store, sha256))) lacking.push(sha256);
    }
    return lacking;
  };

  /** Without what is given up. */
  const settle = async (found: LostItem, givenUp: GivenUpFiles): Promise<LostItem> => {
    const settled = givenUp.get(found.item.submissionId);
    const files = found.files.filter((sha256) => settled?.has(sha256) !== true);
    return { item: found.item, files: await stillLacking({ item: found.item, files }) };
  };

  return {
    begin(givenUp) {
      const files = new Set<string>();
      const holding = new Set<string>();
      const items = new Map<string, LostItem>();
      const publish = (): void => {
        noted = items;
        // what is given up is asked for behind what holds the watermark
        const asked = [...items.values()].filter(({ item, files: its }) => {
          const settled = givenUp.get(item.submissionId);
          return its.some((sha256) => settled?.has(sha256) !== true);
        });
        // the newest first: those their terminals still have
        const newest = asked.map(({ item }) => item).toReversed();
        byPlace = Map.groupBy(newest, ({ place }) => place);
        byId = new Map(newest.map((item) => [item.submissionId, item]));
      };
      publish();
      return {
        files,
        holding,
        add(sha256) {
          files.add(sha256);
        },
        note(names) {
          const own = new Set<string>();
          for (const item of names.items) {
            const its = filesOf(item);
            const lost = its.filter((sha256) => files.has(sha256));
            if (lost.length > 0) items.set(item.submissionId, { item, files: lost });
            const settled = givenUp.get(item.submissionId);
            for (const sha256 of lost) if (settled?.has(sha256) !== true) holding.add(sha256);
            own.add(item.envelopeSha256);
          }
          // an envelope that was kept beside the first one of its id is no item, and nobody can give it up
          for (const sha256 of names.envelopes) {
            if (files.has(sha256) && !own.has(sha256)) holding.add(sha256);
          }
          publish();
        },
      };
    },
    async ofPlace(place) {
      const found: string[] = [];
      const whole = new Set<SealedItem>();
      const items = byPlace.get(place) ?? [];
      const ids = byId;
      const brought = ids.size > 0 ? await storage.items.broughtBy(place) : [];
      for (const item of [...items, ...brought.flatMap((id) => ids.get(id) ?? [])]) {
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
      for (const { submissionId } of whole) ids.delete(submissionId);
      // last, for they may be there for good; no pass finds them any more once the watermark stands above them
      const asked = new Set(found);
      for (const item of await storage.items.givenUp(place)) {
        if (found.length >= ASKED_AT_ONCE) break;
        if (!asked.has(item.submissionId) && (await lacks(item))) found.push(item.submissionId);
      }
      return found;
    },
    async unsettled() {
      const givenUp = await givenUpFiles(storage.items);
      const found: LostItem[] = [];
      for (const each of noted.values()) {
        if (found.length >= ASKED_AT_ONCE) break;
        const settled = await settle(each, givenUp);
        if (settled.files.length > 0) found.push(settled);
      }
      return found;
    },
    async lackingOf(submissionId) {
      const found = noted.get(submissionId);
      if (!found) return [];
      return (await settle(found, await givenUpFiles(storage.items))).files;
    },
    isWhole: async (item) => {
      if (await lacks(item)) return false;
      const files = item.attachments.map(({ sha256 }) => sha256);
      return (await stillLacking({ item, files })).length === 0;
    },
    isThere: async (item) => !(await lacks(item)),
    envelopeBytes: async ({ envelopeSha256 }) => (await envelopes.size(envelopeSha256)) ?? 0,
  };
}
