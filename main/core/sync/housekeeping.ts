import type { AuditChain } from '../audit/chain.ts';
import type { BlobFolder } from '../outbox/blob-folder.ts';
import type { ClockBelief } from '../outbox/clock-belief.ts';
import type { Room } from '../outbox/room.ts';
import type { Clock, TerminalSigner } from '../ports.ts';
import type { IndexDb } from '../storage/index-db.ts';
import { deleteArchived } from './feed.ts';

/** What keeping house works on. */
export interface HouseParts {
  readonly db: IndexDb;
  readonly audit: AuditChain;
  readonly blobs: BlobFolder;
  readonly belief: Pick<ClockBelief, 'wrong'>;
  readonly room: Pick<Room, 'look'>;
  readonly signer: TerminalSigner;
  readonly clock: Pick<Clock, 'wall'>;
  readonly outboxFolder: string;
  /** Ciphertext is kept so long after it was archived. */
  readonly keepArchivedDays: () => number;
}

/**
 * Looks at the disk, deletes what is archived, writes down what is thought of the clock, signs the audit. What fails
 * keeps none of the others from being done.
 * @returns does it once; it throws what failed last: errors of the file system and of SQLite
 */
export function createHousekeeping(parts: HouseParts): () => Promise<void> {
  const { db, audit, blobs, belief, room, signer, clock, outboxFolder } = parts;
  let clockDoubted = false;
  return async () => {
    try {
      room.look(0);
    } finally {
      try {
        // before anything that a full disk refuses: it makes room
        await deleteArchived(
          db,
          audit,
          blobs,
          outboxFolder,
          parts.keepArchivedDays(),
          clock.wall(),
        );
      } finally {
        const wrong = belief.wrong();
        if (wrong !== clockDoubted) audit.record(wrong ? 'clockDoubted' : 'clockTrusted');
        clockDoubted = wrong;
        audit.checkpointWhenDue(signer);
      }
    }
  };
}
