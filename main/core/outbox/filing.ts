import type { Clock, CrashPoint } from '../ports.ts';
import type { IndexDb } from '../storage/index-db.ts';
import { itemById, saveCode } from '../storage/item-rows.ts';
import { readNumber, writeNumber } from '../storage/key-values.ts';
import { dropEnvelope, unfiledBytes, unfiledEnvelopes } from '../storage/unfiled-envelopes.ts';
import type { BlobFolder } from './blob-folder.ts';
import type { ReceiptCodes } from './receipt-qr.ts';

/** What filing needs. */
export interface FilingParts {
  readonly db: IndexDb;
  readonly blobs: BlobFolder;
  readonly clock: Pick<Clock, 'now'>;
  readonly crashPoint: CrashPoint;
  /** Signs receipts: a code is written down with the file. */
  readonly codeOf: ReceiptCodes;
  /** Told how long the folder took to be durable, milliseconds. */
  readonly onFlush?: (flushMs: number) => void;
}

/** Brings envelopes that were committed with their rows into files of their own, and knows whether the disk takes that. */
export interface Filing {
  /**
   * Resolves when every envelope has its file, durable. Nothing is lost when it fails: the index keeps the bytes.
   * @throws errors of the file system and of SQLite
   */
  file(): Promise<void>;
  /** Something else could not be written: the next `file()` tries whether the index takes a commit. */
  doubt(error: unknown): void;
  /** Why the last try failed, or what the disk is doubted for. */
  failure(): unknown;
}

/** Its code stays as it was signed first, whatever becomes of key and place. */
function writeCode({ db, codeOf }: FilingParts, submissionId: string): void {
  const item = itemById(db, submissionId);
  if (item?.qr === '') saveCode(db, submissionId, codeOf(item));
}

async function fileAll(parts: FilingParts): Promise<void> {
  const { db, blobs, clock, crashPoint, onFlush } = parts;
  for (let due = unfiledEnvelopes(db); due.length > 0; due = unfiledEnvelopes(db)) {
    for (const { submissionId, sha256 } of due) {
      const bytes = unfiledBytes(db, submissionId);
      if (bytes) await blobs.write(sha256, bytes);
      crashPoint('envelope-written');
    }
    const begun = clock.now();
    await blobs.sync();
    onFlush?.(clock.now() - begun);
    crashPoint('envelope-filed');
    db.transaction(() => {
      for (const { submissionId } of due) {
        writeCode(parts, submissionId);
        dropEnvelope(db, submissionId);
      }
    });
  }
}

/** One small commit. @throws errors of SQLite */
export function tryCommit(db: IndexDb): void {
  writeNumber(db, 'diskTried', (readNumber(db, 'diskTried') ?? 0) + 1);
}

/**
 * A receipt waits for one flush: the bytes of the envelope are committed in the index, together with the row. A
 * lost index is made anew from files, so they follow at once.
 */
export function createFiling(parts: FilingParts): Filing {
  let running: Promise<void> | undefined;
  let failure: unknown;
  const run = async (): Promise<void> => {
    try {
      await fileAll(parts);
      // where nothing waits for its file nothing was written
      if (failure !== undefined) tryCommit(parts.db);
      failure = undefined;
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      running = undefined;
    }
  };
  return {
    file: () => (running ??= run()),
    doubt: (error) => (failure = error),
    failure: () => failure,
  };
}
