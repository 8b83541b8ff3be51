import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Logger } from 'pino';
import {
  type KnownArchive,
  type StillThere,
  copiesIn,
  copyName,
  knownArchive,
  makeFolderIn,
  requireRoom,
} from './archive-disk.ts';
import { createLostFiles, givenUpFiles, type LostFiles, type Losses } from './archive-lost.ts';
import { createOtherCopies } from './archive-others.ts';
import { createCopyProof } from './archive-proof.ts';
import { type ArchiveState, failsLong, watchArchive } from './archive-state.ts';
import {
  ArchiveRefused,
  type ArchiveTrouble,
  failedReading,
  onArchive,
  troubleOf,
} from './archive-trouble.ts';
import { createUnreadableFiles } from './archive-unreadable.ts';
import { cameBack } from './came-back.ts';
import {
  type HashedFiles,
  type SealedStore,
  fsyncFile,
  fsyncFolder,
  isDamaged,
  sha256OfFile,
  sizeOf,
} from './storage/files.ts';
import type { PlatformStorage, SealedNames } from './storage/port.ts';
import type { Now } from './time.ts';

/** What a pass did. `failed`: the watermark stays where it was, the terminals keep their copies. */
export type ArchivePass =
  | { readonly kind: 'nothingNew' | 'archived'; readonly archivedThrough: number }
  | {
      readonly kind: 'failed';
      readonly archivedThrough: number;
      readonly trouble: ArchiveTrouble;
      /** For the log and the admin token: may name files. */
      readonly reason: string;
    };

/** Makes backups, reads them back, and only then moves the watermark. */
export interface Archive {
  /**
   * One pass; passes never overlap. While one hangs, none is begun: that one hangs is the answer, also for those that
   * waited for it.
   *
   * @param isNew - the folder is meant to be another archive than before: it gets everything once more
   */
  run(isNew?: boolean): Promise<ArchivePass>;
  /** How the last pass went, or that the running one hangs. */
  state(): ArchiveState;
  /** How many copies of the database lie aside that hold what this platform does not know. */
  othersAside(): number;
  /** Ids of items of a place whose files were lost since they were received; not all of them at once. */
  incomplete(place: string): Promise<readonly string[]>;
  /** What was lost and holds the watermark. */
  readonly lost: Pick<
    LostFiles,
    'unsettled' | 'lackingOf' | 'isWhole' | 'isThere' | 'envelopeBytes'
  >;
  /** Ends a pass that runs at its next file; one that hangs is not waited for, and ends should it ever go on. */
  close(): Promise<void>;
}

const KEPT_COPIES = 3;

const placeOf = (folder: string, sha256: string): string =>
  join(folder, sha256.slice(0, 2), sha256);

/** Copies a sealed file from one disk to the other; the error does not say which of them failed. */
async function copyOut(sha256: string, from: SealedStore, file: string): Promise<void> {
  try {
    await onArchive(() => from.copyTo(sha256, file));
  } catch (error) {
    // it was the platform's own where that cannot be read
    await from.read(sha256);
    throw error;
  }
}

/** Copies a sealed file into the archive, or finds it there, and reads it back from there. */
async function copyAndCheck(sha256: string, from: SealedStore, folder: string): Promise<void> {
  const target = placeOf(folder, sha256);
  if ((await onArchive(() => sizeOf(target))) === undefined) {
    await onArchive(() => makeFolderIn(dirname(target)));
    await copyOut(sha256, from, `${target}.part`);
    await onArchive(async () => {
      await fsyncFile(`${target}.part`);
      await rename(`${target}.part`, target);
    });
  }
  await onArchive(async () => {
    // also when it was found there: whoever laid it there may have died before this
    await fsyncFolder(dirname(target));
    await fsyncFolder(folder);
    if ((await sha256OfFile(target)) !== sha256) {
      // set aside, so that the next pass copies anew and a person can look at it
      await rename(target, `${target}.damaged`);
      throw new ArchiveRefused('damaged', 'a file in the archive is damaged');
    }
  });
}

/**
 * Opens the archive: a folder with copies of the database and of every sealed file. In the field it
 * lies on other disks than the data.
 *
 * @param parts.everyMs - a pass each so many milliseconds; 0 makes passes only on demand
 */
export function createArchive(parts: {
  readonly storage: PlatformStorage;
  readonly envelopes: SealedStore;
  readonly attachments: HashedFiles;
  readonly folder: string;
  readonly everyMs: number;
  readonly log: Logger;
  readonly now?: Now;
  /** Throws when the data folder is another platform's now, which has an archive of its own. */
  readonly mustHold?: () => void;
}): Archive {
  const { storage, folder, log, now = Date.now } = parts;
  const rooms = {
    envelopes: {
      from: parts.envelopes,
      folder: join(folder, 'envelopes'),
      // it stays where it is: the right one is written over it
      isDamaged: (sha256: string) => isDamaged(parts.envelopes, sha256),
    },
    attachments: {
      from: parts.attachments,
      folder: join(folder, 'attachments'),
      isDamaged: (sha256: string) => parts.attachments.setAsideDamaged(sha256),
    },
  };
  const proof = createCopyProof(storage, folder, log);
  const others = createOtherCopies(storage, folder, log);
  const lost = createLostFiles(parts);
  const unreadable = createUnreadableFiles({ ...parts, now });
  let closed = false;
  const watch = watchArchive(now);
  /** To be called before each step that may take long, and before each file: there may be years of them. */
  const goOn = (): void => {
    if (closed) throw new Error('the archive was closed in the middle of a pass');
    parts.mustHold?.();
    watch.step();
  };

  /** What was given up and is whole again, be it that a person put it back, is received anew: it is to be copied. */
  const takeBack = async (): Promise<void> => {
    for (const item of await storage.items.givenUp()) {
      goOn();
      if (await lost.isWhole(item)) await cameBack(storage, item, now);
    }
  };

  /** Bytes of the files that are not in the archive yet; notes what of them the platform itself has no more. */
  const missingBytes = async (
    pages: AsyncIterable<SealedNames>,
    losses: Losses,
  ): Promise<number> => {
    let bytes = 0;
    for await (const names of pages) {
      for (const kind of ['envelopes', 'attachments'] as const) {
        for (const sha256 of names[kind]) {
          goOn();
          const copied = await onArchive(() => sizeOf(placeOf(rooms[kind].folder, sha256)));
          if (copied !== undefined) continue;
          const size = await rooms[kind].from.size(sha256);
          if (size === undefined) losses.add(sha256);
          bytes += size ?? 0;
        }
      }
      if (losses.files.size > 0) losses.note(names);
    }
    return bytes;
  };

  /** Whether what ended the copying of a file says that it is lost here like one that is gone. */
  const isLost = async (
    error: unknown,
    kind: keyof typeof rooms,
    sha256: string,
  ): Promise<boolean> => {
    try {
      // a copy that is damaged may be a right one of what is damaged here
      if (troubleOf(error) === 'damaged') return await rooms[kind].isDamaged(sha256);
    } catch (own) {
      if (await unreadable.isOne(own, kind, sha256)) return true;
      throw own;
    }
    return unreadable.isOne(error, kind, sha256);
  };

  /** Copies a file of a page, unless it is lost: what one terminal does not bring again keeps no other from a copy. */
  const copyOne = async (
    kind: keyof typeof rooms,
    sha256: string,
    names: SealedNames,
    losses: Losses,
  ): Promise<void> => {
    const room = rooms[kind];
    if (losses.files.has(sha256)) return;
    if (losses.holding.size > 0) {
      // that pass calls nothing archived: what is there is read back by the one that does
      const copied = await onArchive(() => sizeOf(placeOf(room.folder, sha256)));
      if (copied !== undefined) return;
    }
    try {
      await copyAndCheck(sha256, room.from, room.folder);
      unreadable.readable(sha256);
    } catch (error) {
      if (!(await isLost(error, kind, sha256))) throw error;
      losses.add(sha256);
      losses.note(names);
    }
  };

  const pass = async (isNew: boolean): Promise<ArchivePass> => {
    goOn();
    const archive = await knownArchive(storage, folder, isNew, proof, others);
    const { from, isProved } = archive;
    await takeBack();
    const wanted = await storage.items.lastCursor();
    const registry = await storage.terminals.registry();
    // a revocation that no copy has would be undone by a restore, and a code good again
    if (isProved && wanted <= from && registry === (await storage.archivedRegistry())) {
      return { kind: 'nothingNew', archivedThrough: await storage.archivedThrough() };
    }
    await onArchive(() => mkdir(folder, { recursive: true, mode: 0o700 }));
    await fsyncFolder(dirname(folder));
    const stillThere = await archive.mark();
    try {
      return await copyAll(archive, stillThere, wanted, registry);
    } catch (error) {
      // a step on a disk that is away fails as it happens: as what is not there, or as damaged
      if (error instanceof ArchiveRefused) await stillThere();
      throw error;
    }
  };

  const copyAll = async (
    { from }: KnownArchive,
    stillThere: StillThere,
    wanted: number,
    registry: string,
  ): Promise<ArchivePass> => {
    const work = join(folder, 'platform.sqlite.part');
    await onArchive(() => rm(work, { force: true }));
    await requireRoom(folder, await storage.size());
    const arrival = await storage.audit.lastArrival();
    // of before the copy, which must say itself what it lacks: what is given up from now on it does not know
    const givenUp = await givenUpFiles(storage.items);
    goOn();
    await onArchive(() => storage.backupTo(work), failedReading);
    goOn();
    await onArchive(() => fsyncFile(work));
    goOn();
    const held = await onArchive(() => storage.checkBackup(work));
    const { through } = held;
    if (through < wanted || held.items < (await storage.items.count(through))) {
      throw new Error('the backup lacks items');
    }
    // of what the copy names, also of what came while it was made: else a platform that comes back from it
    // would say that it has what it has not
    const pages = (): AsyncIterable<SealedNames> => storage.items.filesBetween(from, through);
    const losses = lost.begin(givenUp);
    unreadable.begin();
    const bytes = await missingBytes(pages(), losses);
    await requireRoom(folder, bytes);
    await stillThere();
    for (const room of Object.values(rooms)) await onArchive(() => makeFolderIn(room.folder));
    for await (const files of pages()) {
      // what was found damaged before may be a file of these, too
      if (losses.files.size > 0) losses.note(files);
      for (const sha256 of files.envelopes) {
        goOn();
        await stillThere();
        await copyOne('envelopes', sha256, files, losses);
      }
      for (const sha256 of files.attachments) {
        goOn();
        await stillThere();
        await copyOne('attachments', sha256, files, losses);
      }
    }
    if (losses.holding.size > 0) {
      throw new ArchiveRefused(
        'filesLost',
        `${losses.holding.size} files that were received are gone, damaged or cannot be read, the others are copied`,
      );
    }
    goOn();
    await stillThere();
    await onArchive(async () => {
      await rename(work, join(folder, copyName(through)));
      await fsyncFolder(folder);
    });
    await proof.verified(through, held);
    await stillThere();
    await storage.setArchivedThrough(through);
    await storage.audit.setArchivedThrough(arrival);
    await storage.setArchivedRegistry(registry);
    await onArchive(() => dropOldCopies(folder, copyName(through)));
    return { kind: 'archived', archivedThrough: through };
  };

  const guarded = async (isNew: boolean): Promise<ArchivePass> => {
    try {
      watch.step();
      const passed = await pass(isNew);
      watch.well();
      return passed;
    } catch (error) {
      const trouble = troubleOf(error);
      const reason = error instanceof Error ? error.message : String(error);
      // a copy of the database that was not finished is as large as the database
      await rm(join(folder, 'platform.sqlite.part'), { force: true }).catch(() => undefined);
      watch.failed(trouble);
      return notDone(trouble, reason);
    }
  };
  const notDone = async (trouble: ArchiveTrouble, reason: string): Promise<ArchivePass> => {
    log.error({ reason }, 'archiving failed, nothing is called archived');
    const since = failsLong(watch.state(), now());
    if (since !== undefined) {
      // for whoever watches the log: nobody need look at the console for it
      const code = 'archiveFailsLong';
      log.fatal(
        { code, trouble, since, reason },
        'archiving has failed for a day: see the console',
      );
    }
    const archivedThrough = await storage.archivedThrough().catch(() => 0);
    return { kind: 'failed', archivedThrough, trouble, reason };
  };

  const hanging = (since: string): Promise<ArchivePass> =>
    notDone('hangs', `a pass has begun no step since ${since}: does its disk answer?`);

  /** Is over when no pass runs and none waits; never rejects. */
  let running: Promise<unknown> = Promise.resolve();
  const run = (isNew = false): Promise<ArchivePass> => {
    const since = watch.hangsSince();
    if (since !== undefined) return hanging(since);
    const before = running;
    const next = watch
      .overOrHangs(before)
      .then((hangs) => (hangs === undefined ? guarded(isNew) : hanging(hangs)));
    // also with the one before: it may go on after all when nobody waits for it any more
    running = Promise.allSettled([before, next]);
    return next;
  };
  let timer: NodeJS.Timeout | undefined;
  const later = (): void => {
    if (closed || parts.everyMs <= 0) return;
    timer = setTimeout(() => void run().then(later, later), parts.everyMs);
  };
  later();
  return {
    run,
    state: () => watch.state(),
    othersAside: () => others.count(),
    incomplete: (place) => lost.ofPlace(place),
    lost,
    async close() {
      closed = true;
      clearTimeout(timer);
      if ((await watch.overOrHangs(running)) !== undefined) {
        log.error('a pass of the archive hangs: it is not waited for');
      }
    },
  };
}

/**
 * Leaves the newest ones, and that of the watermark, whatever lies beside it.
 */
async function dropOldCopies(folder: string, ofWatermark: string): Promise<void> {
  for (const name of (await copiesIn(folder)).slice(0, -KEPT_COPIES)) {
    if (name !== ofWatermark) await rm(join(folder, name), { force: true });
  }
}
