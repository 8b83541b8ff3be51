import type { Logger } from 'pino';
import { ArchiveRefused } from './archive-trouble.ts';
import { type HashedFiles, isUnreadable } from './storage/files.ts';
import type { Now } from './time.ts';

/** A reset of the bus, or what a drive does by itself, is over then, milliseconds. */
const MAY_PASS_MS = 5 * 60_000;
/** Where a pass finds as many, it is not files that are broken, but their disk. */
const MOST = 100;

/** Sealed files of the platform that its disk does not give back, as passes of the archive find them. */
export interface UnreadableFiles {
  /** A pass begins. */
  begin(): void;
  /** It could be read. */
  readable(sha256: string): void;
  /**
   * Whether an error says that it is one, and nothing of the disk of the archive; that is told, once. A paper that was
   * one minutes ago, too, is set aside, so that it lacks: its terminal is asked for it, and may bring it again. An
   * envelope that comes again is written over it.
   */
  isOne(error: unknown, room: 'envelopes' | 'attachments', sha256: string): Promise<boolean>;
}

/** Of a platform with these files. */
export function createUnreadableFiles(parts: {
  readonly attachments: Pick<HashedFiles, 'setAsideDamaged'>;
  readonly log: Logger;
  readonly now: Now;
}): UnreadableFiles {
  const { attachments, log, now } = parts;
  /** When each was found first, milliseconds since 1970. */
  const since = new Map<string, number>();
  let found = 0;
  return {
    begin() {
      found = 0;
    },
    readable(sha256) {
      since.delete(sha256);
    },
    async isOne(error, room, sha256) {
      if (error instanceof ArchiveRefused || !isUnreadable(error)) return false;
      found += 1;
      if (found > MOST) return false;
      const first = since.get(sha256);
      if (first === undefined) {
        since.set(sha256, now());
        log.error({ room, sha256, err: error }, 'the disk does not give back a sealed file');
      } else if (room === 'attachments' && Math.abs(now() - first) >= MAY_PASS_MS) {
        // one that cannot even be renamed stays, and holds the archive as one that is lost
        await attachments.setAsideDamaged(sha256, true).catch((thrown: unknown) => {
          log.error({ room, sha256, err: thrown }, 'it cannot be set aside');
        });
      }
      return true;
    },
  };
}
