import { isOfDisk } from '../../../domain/disk-errors.ts';
import { err, ok, type Result } from '../../../domain/result.ts';
import type { ItemReceived } from '../../../domain/wire/platform.ts';
import type { Audit } from '../audit/contract.ts';
import { sha256Hex } from '../outbox/blob-folder.ts';
import { moveItem } from '../outbox/move-item.ts';
import type { CrashPoint, Randomness } from '../ports.ts';
import { attachmentsOf, itemById, saveProgress, type ItemRow } from '../storage/item-rows.ts';
import { readNumber, writeNumber } from '../storage/key-values.ts';
import { unfiledBytes } from '../storage/unfiled-envelopes.ts';
import { itemReceived, readJson } from './answers.ts';
import { fullJitter } from './backoff.ts';
import { isOnTheWay } from './link-failures.ts';
import {
  asSendFailure,
  sendAttachment,
  type SendFailure,
  type SendParts,
} from './send-attachment.ts';
import { noteRest } from './steady-rest.ts';
import { afterMalformed, leastWaitMs, READ_FAILED, UNREADABLE } from './try-again.ts';

/** What sending an item needs. */
export interface SendItemParts extends SendParts {
  readonly audit: Audit;
  readonly randomness: Randomness;
  readonly crashPoint: CrashPoint;
  readonly backoffBaseMs: number;
  readonly backoffCeilingMs: number;
  readonly onChange: (submissionId: string) => void;
}

const PARALLEL_UPLOADS = 3;

async function sendAttachments(
  parts: SendItemParts,
  item: ItemRow,
): Promise<Result<true, SendFailure>> {
  const missing = attachmentsOf(parts.db, item.submissionId).filter((each) => !each.complete);
  const failures: SendFailure[] = [];
  let broken = false;
  const next = missing.values();
  const upload = async (): Promise<void> => {
    for (const attachment of next) {
      if (failures.length > 0 || broken) return;
      const untried = item.attempts === 1 && attachment.offset === 0;
      const sent = await sendAttachment(parts, item.submissionId, attachment, untried).catch(
        (error: unknown) => {
          broken = true;
          throw error;
        },
      );
      if (sent.ok) parts.crashPoint('attachment-sent');
      else failures.push(sent.error);
    }
  };
  const uploads = Array.from({ length: PARALLEL_UPLOADS }, upload);
  // one that breaks waits for the others: none may run on when the item is tried again or the index closed
  await Promise.allSettled(uploads);
  await Promise.all(uploads);
  // one that must be held says more than one that may be tried again
  const failure = failures.find(({ kind }) => kind === 'held') ?? failures[0];
  return failure ? err(failure) : ok(true);
}

/** A SHA-256 in hex as the header of RFC 9530 has it. */
function contentDigest(sha256: string): string {
  return `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`;
}

/** Hands the envelope over; doing it again is answered as before. */
export async function sendEnvelope(
  parts: SendParts & Pick<SendItemParts, 'crashPoint'>,
  item: ItemRow,
): Promise<Result<ItemReceived, SendFailure>> {
  let envelope: Uint8Array;
  try {
    envelope =
      unfiledBytes(parts.db, item.submissionId) ?? (await parts.blobs.read(item.envelopeSha256));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return err({ kind: 'held', code: 'filesMissing' });
  }
  if ((await sha256Hex(envelope)) !== item.envelopeSha256) {
    return err({ kind: 'held', code: 'fileDamaged' });
  }
  const answer = await parts.client.authorised(
    {
      method: 'PUT',
      path: `/v1/items/${item.submissionId}`,
      headers: {
        'content-type': 'application/vnd.bianmin.envelope',
        // by which the platform tells what was cut short on the way from what is wrong
        'content-digest': contentDigest(item.envelopeSha256),
      },
      body: envelope,
    },
    ({ status, body }) => {
      parts.crashPoint('item-sent');
      const received = status === 201 ? readJson(body, itemReceived) : undefined;
      return received?.submissionId === item.submissionId &&
        received.envelopeSha256 === item.envelopeSha256
        ? received
        : undefined;
    },
  );
  parts.crashPoint('answer-read');
  if (answer.ok) return answer;
  const { error } = answer;
  if (error.kind === 'problem' && error.code === 'conflict') {
    return err({ kind: 'held', code: 'conflict' });
  }
  if (error.kind === 'problem' && error.code === 'attachmentsMissing') {
    for (const { position } of attachmentsOf(parts.db, item.submissionId)) {
      saveProgress(parts.db, item.submissionId, { position, offset: 0, complete: false });
    }
  }
  return err(asSendFailure(error));
}

/**
 * @param further it went further than ever before: its failures begin to count anew
 * @returns whether it waits again; else it is held
 */
function noteFailure(
  parts: SendItemParts,
  item: ItemRow,
  said: SendFailure,
  further = false,
): boolean {
  const { db, audit, clock, randomness, backoffBaseMs, backoffCeilingMs } = parts;
  const again = said.code === 'malformed' ? afterMalformed(item) : undefined;
  const failure: SendFailure = again === undefined ? said : { kind: 'retry', code: again };
  if (failure.kind === 'held') {
    moveItem(
      db,
      audit,
      item.submissionId,
      { type: 'refused', code: failure.code },
      { lastError: failure.code },
    );
    return false;
  }
  const attempts = further ? 1 : item.attempts;
  const asked = Math.min(failure.retryAfterMs ?? 0, backoffCeilingMs);
  const least = Math.max(asked, leastWaitMs(failure.code));
  const wait =
    failure.code === 'cancelled'
      ? 0
      : Math.max(least, fullJitter(attempts, backoffCeilingMs, randomness, backoffBaseMs));
  const waits = moveItem(
    db,
    audit,
    item.submissionId,
    { type: 'attemptFailed' },
    { lastError: failure.code, notBefore: clock.wall() + wait, attempts },
  );
  const restMs = leastWaitMs(failure.code);
  if (restMs > 0) noteRest(db, clock, waits, restMs);
  return true;
}

/**
 * An attempt that an unforeseen error ended (a file that cannot be read): the item goes behind the others.
 * What the disk cannot read (`EIO`) twice in a row, some minutes apart, it will not read by itself: the item
 * is held like one whose file is damaged, for what waits too long closes the terminal to everybody.
 * @param error what ended it
 */
export function noteBrokenAttempt(
  parts: SendItemParts,
  submissionId: string,
  error: unknown,
): boolean {
  const item = itemById(parts.db, submissionId);
  if (item?.state !== 'sending') return false;
  const unreadable = isOfDisk(error);
  const code = unreadable ? UNREADABLE : READ_FAILED;
  const again = unreadable && item.lastError === UNREADABLE;
  noteFailure(parts, item, again ? { kind: 'held', code: 'fileDamaged' } : { kind: 'retry', code });
  parts.onChange(submissionId);
  return true;
}

/**
 * What the platform had already, the feed may have been read past: one of the place where the terminal stands now
 * tells of what was sealed at another only once it was brought, and then under the cursors of before.
 */
export function readAgain(db: SendItemParts['db'], cursor: number): void {
  const before = readNumber(db, 'feedCursor') ?? 0;
  if (cursor <= before) writeNumber(db, 'feedCursor', Math.max(0, cursor - 1));
}

/** How far an item came that waits again. */
export interface Reached {
  /** The most that the platform ever had of it, as far as is known. */
  readonly bytes: number;
  /** It was cut off on the way, and the platform has more of it than ever before. */
  readonly further: boolean;
}

function bytesAtPlatform(db: SendItemParts['db'], submissionId: string): number {
  return attachmentsOf(db, submissionId).reduce((sum, { offset }) => sum + offset, 0);
}

/**
 * One attempt to bring an item to the platform. Before the first byte the attempt is on the disk; after
 * the one answer that counts so is that. Everything in between may be done again.
 * @param mostBefore bytes of it that the platform once had, when that may be more than the index says
 * @returns undefined when it does not wait again
 */
export async function sendItem(
  parts: SendItemParts,
  waiting: ItemRow,
  mostBefore = 0,
): Promise<Reached | undefined> {
  const { db, audit, crashPoint } = parts;
  const before = Math.max(mostBefore, bytesAtPlatform(db, waiting.submissionId));
  const item = moveItem(
    db,
    audit,
    waiting.submissionId,
    { type: 'attemptBegun' },
    { attempts: waiting.attempts + 1 },
  );
  crashPoint('attempt-recorded');
  parts.onChange(item.submissionId);
  const attachments = await sendAttachments(parts, item);
  const answer = attachments.ok ? await sendEnvelope(parts, item) : attachments;
  if (answer.ok) {
    crashPoint('before-received-commit');
    const { receivedAt, cursor, caseNumber } = answer.value;
    db.transaction(() => {
      const along = { lastError: null, receivedAt, platformCursor: cursor, caseNumber };
      moveItem(db, audit, item.submissionId, { type: 'received' }, along);
      readAgain(db, cursor);
    });
    crashPoint('after-received-commit');
    parts.onChange(item.submissionId);
    return undefined;
  }
  const { error } = answer;
  const now = bytesAtPlatform(db, item.submissionId);
  const further = error.kind === 'retry' && isOnTheWay(error.code) && now > before;
  const waits = noteFailure(parts, item, error, further);
  parts.onChange(item.submissionId);
  return waits ? { bytes: Math.max(now, before), further } : undefined;
}
