import { err, ok, type Result } from '../../../domain/result.ts';
import type { KeyBundle } from '../../../domain/wire/platform.ts';
import type { Audit } from '../audit/contract.ts';
import type { EnrolmentRecord } from '../enrolment/contract.ts';
import type { Ports } from '../ports.ts';
import type { IndexDb } from '../storage/index-db.ts';
import { insertItem, itemById, type NewItem } from '../storage/item-rows.ts';
import { mayLieInLog } from '../storage/storage-error.ts';
import { keepEnvelope } from '../storage/unfiled-envelopes.ts';
import type { BlobFolder } from './blob-folder.ts';
import type { Draft, StoredItem, Submission, SubmitRefusal, Taking } from './contract.ts';
import { tryCommit } from './filing.ts';
import type { ReceiptCodes } from './receipt-qr.ts';
import { nextNumber, markNumberUsed } from './receipt-sequence.ts';
import type { Room } from './room.ts';
import {
  letGo,
  sealSubmission,
  type SealedFile,
  type SealedFiles,
  type SealedSubmission,
} from './seal-submission.ts';

/** What submitting needs of the rest. */
export interface SubmitContext {
  readonly ports: Ports;
  readonly db: IndexDb;
  readonly audit: Audit;
  readonly blobs: BlobFolder;
  readonly room: Room;
  readonly taking: () => Taking;
  readonly enrolment: () => EnrolmentRecord | undefined;
  readonly keys: () => KeyBundle | undefined;
  /** Signs receipts. */
  readonly codeOf: ReceiptCodes;
  /** Files what was stored before and is not filed yet. @throws errors of the file system and of SQLite */
  readonly file: () => Promise<void>;
  /** What was sealed ahead of a submission, for these recipients; given once. Never rejects. */
  readonly ahead?: (submissionId: string, recipients: readonly string[]) => Promise<SealedFiles>;
  /** Told of each stored item how long the slower of its small flushes took (folder of attachments, index), milliseconds. */
  readonly onStored?: (flushMs: number) => void;
}

/** A row as the receipt needs it, which is durable. */
export function storedItemOf(row: NewItem, codeOf: ReceiptCodes): StoredItem {
  let qr: string | undefined;
  return {
    submissionId: row.submissionId,
    receiptNumber: row.receiptNumber,
    submittedAt: row.createdAt,
    envelopeSha256: row.envelopeSha256,
    // whoever waits for it to be durable does not wait for a signature
    get qr() {
      return (qr ??= codeOf(row));
    },
  };
}

/** @returns how long the folder took to be durable, milliseconds; how much was scanned does not count */
async function writeAttachments(
  { ports, blobs }: SubmitContext,
  files: readonly SealedFile[],
): Promise<number> {
  if (files.length === 0) return 0;
  const writes = files.map(async (file) => {
    await blobs.write(file.sha256, file.bytes);
    ports.crashPoint('attachment-written');
  });
  // one that fails waits for the others: none may run on when their files are removed
  await Promise.allSettled(writes);
  await Promise.all(writes);
  const begun = ports.clock.now();
  await blobs.sync();
  const flushMs = ports.clock.now() - begun;
  ports.crashPoint('folder-synced');
  return flushMs;
}

function commit({ db, audit }: SubmitContext, item: NewItem, sealed: SealedSubmission): void {
  const { submissionId, receiptNumber } = item;
  db.transaction(() => {
    insertItem(
      db,
      item,
      sealed.attachments.map(({ sha256, bytes }) => ({ sha256, size: bytes.length })),
    );
    keepEnvelope(db, submissionId, sealed.envelope.bytes);
    markNumberUsed(db, receiptNumber);
    audit.record('itemStored', { submissionId, receiptNumber });
  });
}

/** Whether a commit goes through, which is written over what the one before may have left in the log. */
function takesCommit(db: IndexDb): boolean {
  try {
    tryCommit(db);
    return true;
  } catch {
    return false;
  }
}

/**
 * Attachments first, then the one transaction, in which the envelope is, too; when it cannot be, nothing is left
 * of it, unless the disk takes nothing any more and nobody knows what a restart finds in the log of the index.
 * @throws errors of the file system and of SQLite
 */
async function store(
  context: SubmitContext,
  submission: Submission,
  draft: Draft,
  sealed: SealedSubmission,
): Promise<StoredItem> {
  const { ports, db, blobs } = context;
  try {
    const item: NewItem = {
      submissionId: submission.submissionId,
      receiptNumber: draft.receiptNumber,
      kind: submission.kind,
      serviceId: submission.service.id,
      handleItemCode: submission.service.handleItemCode,
      createdAt: draft.submittedAt,
      envelopeSha256: sealed.envelope.sha256,
      envelopeSize: sealed.envelope.bytes.length,
      qr: '',
    };
    const folderMs = await writeAttachments(context, sealed.attachments);
    ports.crashPoint('before-commit');
    const begun = ports.clock.now();
    commit(context, item, sealed);
    context.onStored?.(Math.max(folderMs, ports.clock.now() - begun));
    ports.crashPoint('after-commit');
    // not read again: the receipt waits for it
    return storedItemOf(item, context.codeOf);
  } catch (error) {
    const row = itemById(db, submission.submissionId);
    if (row) return storedItemOf(row, context.codeOf);
    // only when the index surely does not name them, nor will, may the files go; else the next start sweeps
    if (mayLieInLog(error) && !takesCommit(db)) throw error;
    await blobs.remove(sealed.attachments.map(({ sha256 }) => sha256));
    throw error;
  }
}

/** Takes one submission; called for one at a time. Throws when compose, the sealing worker or the disk fails. */
export async function submitOne(
  context: SubmitContext,
  submission: Submission,
): Promise<Result<StoredItem, SubmitRefusal>> {
  const { ports, db, room } = context;
  ports.crashPoint('submit-start');
  const before = itemById(db, submission.submissionId);
  if (before) return ok(storedItemOf(before, context.codeOf));
  // what cannot be filed would pile up in the index
  await context.file();
  let taking = context.taking();
  if (taking === 'diskFull') {
    // by the last look, which may be minutes ago; one that has no room any more shows below
    room.look(0);
    taking = context.taking();
  }
  if (taking !== 'yes') return err(taking);
  const enrolment = context.enrolment();
  const keys = context.keys();
  if (!enrolment) return err('notEnrolled');
  if (!keys) return err('noKeys');
  const wall = ports.clock.wall();
  const receiptNumber = nextNumber(db, enrolment, wall);
  if (receiptNumber === undefined) return err('backlogFull');
  const draft: Draft = {
    submissionId: submission.submissionId,
    receiptNumber,
    submittedAt: new Date(wall).toISOString(),
  };
  const recipients = keys.recipients.map(({ recipient }) => recipient);
  // first: what is being sealed ahead is being composed, too
  const ahead = (await context.ahead?.(submission.submissionId, recipients)) ?? new Map();
  const parts = await submission.compose(draft);
  const signer = await ports.keyStore.signer();
  const sealed = await sealSubmission(
    { ports, signer, terminalId: enrolment.terminalId, recipients: keys.recipients },
    submission,
    draft,
    parts,
    ahead,
  );
  try {
    const needed = sealed.attachments.reduce((sum, file) => sum + file.bytes.length, 0);
    const space = room.look(needed + sealed.envelope.bytes.length);
    if (space !== 'free') return err(space);
    return ok(await store(context, submission, draft, sealed));
  } finally {
    letGo(sealed);
  }
}
