import { mayDeleteCiphertext } from '../../../domain/outbox/transition.ts';
import { parseReceiptNumber } from '../../../domain/receipt/number.ts';
import { ok, type Result } from '../../../domain/result.ts';
import type { Audit } from '../audit/contract.ts';
import type { BlobFolder } from '../outbox/blob-folder.ts';
import { moveItem } from '../outbox/move-item.ts';
import { keepSequenceFloor, receiptDate } from '../outbox/receipt-sequence.ts';
import type { CrashPoint } from '../ports.ts';
import type { IndexDb } from '../storage/index-db.ts';
import {
  archivedWithFiles,
  attachmentsOf,
  itemById,
  itemsIn,
  type ItemRow,
} from '../storage/item-rows.ts';
import { readNumber, writeNumber } from '../storage/key-values.ts';
import { isDiskFull } from '../storage/storage-error.ts';
import { feed, readJson, type FeedPage } from './answers.ts';
import type { CallFailure } from './platform-client.ts';
import { handOver, NOT_SAID, NOT_THERE } from './hand-over.ts';
import { hasArrived } from './has-arrived.ts';
import { heldThatArrived, receiveHeld } from './held-arrived.ts';
import { isOfTheLink } from './link-failures.ts';
import type { SendParts } from './send-attachment.ts';
import { readAgain } from './send-item.ts';

/** What reading the feed needs. */
export interface FeedParts extends SendParts {
  readonly audit: Audit;
  readonly crashPoint: CrashPoint;
  readonly onPlatformTime: (iso: string) => void;
  readonly onChange: (submissionId: string) => void;
  readonly wall: () => number;
  readonly onError: (error: unknown) => void;
  /** By the last exchange, of whomever. */
  readonly linkIsAway: () => boolean;
  /**
   * Items whose envelopes did not get through when they were asked about last, and whether they have a cursor since
   * that all that the platform had then lies below; kept from one reading to the next.
   */
  readonly cutOff: Map<string, 'once' | 'moved'>;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const PAGE = 200;
const MAX_PAGES = 50;
/**
 * Takes over case states; one transaction a page.
 * @param after the cursor that was asked with: one that was set back meanwhile (`readAgain`) stays so
 */
function applyPage(parts: FeedParts, page: FeedPage, after: number): readonly string[] {
  const { db, audit } = parts;
  const changed: string[] = [];
  db.transaction(() => {
    for (const event of page.events) {
      // what was learnt last was so once; of a word of a later version nothing can be told
      if (event.state === undefined) continue;
      const item = itemById(db, event.submissionId);
      // the place may have had another terminal before
      if (!item || item.receiptNumber !== event.receiptNumber) continue;
      if (item.caseState === event.state && item.caseNumber === event.caseNumber) continue;
      db.run(
        'UPDATE item SET case_state = ?, case_number = ? WHERE submission_id = ?',
        event.state,
        event.caseNumber,
        event.submissionId,
      );
      audit.record('caseStateLearnt', {
        submissionId: item.submissionId,
        receiptNumber: item.receiptNumber,
        detail: event.state,
      });
      changed.push(item.submissionId);
    }
    const isAfter = (readNumber(db, 'feedCursor') ?? 0) === after;
    if (page.events.length > 0 && isAfter) writeNumber(db, 'feedCursor', page.cursor);
  });
  return changed;
}

/** What a page of the feed says of an item. */
interface Word {
  readonly archivedThrough: number;
  /** The platform lost files of it: its receipt would say that it came in, once. */
  readonly lost: boolean;
  /** The newest cursor of all, where the item may be there under another than it was received under. */
  readonly newest: number | undefined;
  /** The newest cursor of all. */
  readonly lastCursor: number | undefined;
}

/**
 * Settles an item whose envelope cannot be handed over once more: it was read to ask, and the receipt asks the
 * same. What the platform has is archived as any other and is nobody's loss; what it has no longer goes the way
 * of the sender, which reads the file again and holds it for a person.
 */
async function settleByReceipt(
  parts: FeedParts,
  item: ItemRow,
  { archivedThrough, lost, newest }: Word,
): Promise<boolean> {
  const { db, audit } = parts;
  const arrived = await hasArrived(parts, item);
  // a receipt tells no cursor
  const cursor = newest ?? item.platformCursor ?? 0;
  if (arrived === undefined) return false;
  if (!arrived || lost) {
    moveItem(db, audit, item.submissionId, { type: 'forgotten' }, { notBefore: 0 });
  } else if (cursor <= archivedThrough) {
    const archivedAt = new Date(parts.wall()).toISOString();
    moveItem(db, audit, item.submissionId, { type: 'archived' }, { archivedAt });
  } else if (newest !== undefined) {
    const { submissionId } = item;
    db.run('UPDATE item SET platform_cursor = ? WHERE submission_id = ?', newest, submissionId);
  }
  return true;
}

/**
 * Settles an item whose envelope did not get through. The line may have gone just then, so it is asked about once more.
 * Should it fail again it may be the envelope alone, which something on the way takes no more: then by its receipt, as
 * under the newest cursor, for where it is under another one the envelope alone would have been told.
 */
async function settleCutOff(parts: FeedParts, item: ItemRow, word: Word): Promise<boolean> {
  const { cutOff } = parts;
  const { submissionId } = item;
  const before = cutOff.get(submissionId);
  if (before === undefined) {
    cutOff.set(submissionId, 'once');
    return false;
  }
  const newest = word.newest ?? (before === 'moved' ? undefined : word.lastCursor);
  const settled = await settleByReceipt(parts, item, { ...word, newest });
  if (settled) cutOff.set(submissionId, 'moved');
  return settled;
}

/**
 * Asks anew for an item that the watermark says is archived. A platform that came back from a backup may
 * have lost it and given its number to another; only the one answer that counts says that it is there.
 */
async function settle(parts: FeedParts, item: ItemRow, word: Word): Promise<boolean> {
  const { db, audit } = parts;
  const answer = await handOver(parts, item);
  if (!answer.ok) {
    if (isOfTheLink(answer.error.code)) return settleCutOff(parts, item, word);
    parts.cutOff.delete(item.submissionId);
    if (NOT_SAID.has(answer.error.code)) return settleByReceipt(parts, item, word);
    if (!NOT_THERE.has(answer.error.code)) return false;
    moveItem(db, audit, item.submissionId, { type: 'forgotten' }, { notBefore: 0 });
    return true;
  }
  parts.cutOff.delete(item.submissionId);
  const { cursor, caseNumber } = answer.value;
  db.transaction(() => {
    db.run(
      'UPDATE item SET platform_cursor = ?, case_number = ? WHERE submission_id = ?',
      cursor,
      caseNumber,
      item.submissionId,
    );
    // known by its receipt alone until now: at another place the feed told nothing of it
    if (cursor !== item.platformCursor) readAgain(db, cursor);
    if (cursor > word.archivedThrough) return;
    const archivedAt = new Date(parts.wall()).toISOString();
    moveItem(db, audit, item.submissionId, { type: 'archived' }, { archivedAt });
  });
  return true;
}

/** The highest cursor that the platform gave to what it is still to archive, or by its feed. */
function newestKnown(db: IndexDb): number {
  const row = db.get(
    "SELECT max(platform_cursor) AS newest FROM item WHERE state = 'received' AND ciphertext_deleted = 0",
  );
  return Math.max(Number(row?.['newest'] ?? 0), readNumber(db, 'feedCursor') ?? 0);
}

/**
 * Settles what the watermark has reached, what the platform says that it has lost files of, and everything when it
 * went back: its watermark is lower than before, or it knows no cursor as high as one that it gave out. Everything also
 * once after an enrolment: at another place the platform does not know yet which items of before lie here, and would
 * not say of which of them it has lost files.
 * @param known `newestKnown` from before the platform was asked
 */
async function settleReceived(parts: FeedParts, page: FeedPage, known: number): Promise<void> {
  const { db } = parts;
  const { archivedThrough, lastCursor } = page;
  const incomplete = new Set(page.incomplete);
  const before = readNumber(db, 'archivedThrough') ?? 0;
  const anew = readNumber(db, 'enrolledAnew') === 1;
  const wentBack = archivedThrough < before || (lastCursor ?? Infinity) < known || anew;
  let all = true;
  // what does not get through keeps nothing else from being settled: it may end this look
  const isCutOff = ({ submissionId }: ItemRow): number => Number(parts.cutOff.has(submissionId));
  const items = itemsIn(db, 'received').toSorted((a, b) => isCutOff(a) - isCutOff(b));
  for (const item of items) {
    const isReached = (item.platformCursor ?? 0) <= archivedThrough;
    const lost = incomplete.has(item.submissionId);
    if (!wentBack && !isReached && !lost) continue;
    try {
      // what stood in the backup has its cursor still, unless it is another platform's
      const moved = wentBack && (anew || !isReached);
      const newest = moved ? lastCursor : undefined;
      const settled = await settle(parts, item, { archivedThrough, lost, newest, lastCursor });
      if (settled) parts.onChange(item.submissionId);
      all &&= settled;
    } catch (error) {
      // a file that cannot be read keeps nothing else from being settled
      parts.onError(error);
      all = false;
    }
    if (parts.linkIsAway()) return;
  }
  if (wentBack && !all) return;
  if (wentBack) {
    // what came after the backup gets its numbers anew
    const cursor = Math.min(readNumber(db, 'feedCursor') ?? 0, archivedThrough);
    // another place's feed may have been read past them before it told of them
    writeNumber(db, 'feedCursor', anew ? 0 : cursor);
    if (anew) writeNumber(db, 'enrolledAnew', 0);
  }
  if (archivedThrough !== before) writeNumber(db, 'archivedThrough', archivedThrough);
}

/** Reads the feed to its end, and asks for what is held: it may have come there otherwise. */
export async function readFeed(parts: FeedParts): Promise<Result<true, CallFailure>> {
  let held = await heldThatArrived(parts);
  for (let page = 0; page < MAX_PAGES; page++) {
    const after = readNumber(parts.db, 'feedCursor') ?? 0;
    const known = newestKnown(parts.db);
    const answer = await parts.client.authorised(
      { method: 'GET', path: `/v1/feed?after=${after}&limit=${PAGE}` },
      ({ status, body }) => (status === 200 ? readJson(body, feed) : undefined),
    );
    if (!answer.ok) return answer;
    parts.onPlatformTime(answer.value.serverTime);
    for (const id of applyPage(parts, answer.value, after)) parts.onChange(id);
    await receiveHeld(parts, held, answer.value);
    held = [];
    await settleReceived(parts, answer.value, known);
    if (!answer.value.more || answer.value.cursor <= after) break;
  }
  return ok(true);
}

/** Numbers of its day are given no more, also when the clock is set back by what a believed one may be off. */
function dayIsOver({ receiptNumber }: ItemRow, wall: number): boolean {
  const date = parseReceiptNumber(receiptNumber)?.date;
  return date !== undefined && date < receiptDate(wall - DAY_MS);
}

/** Which of them may go: all once their numbers are kept beside the index, for which a full disk has no room. */
async function withNumbersKept(
  db: IndexDb,
  outboxFolder: string,
  due: readonly ItemRow[],
  wall: number,
): Promise<readonly ItemRow[]> {
  try {
    await keepSequenceFloor(db, outboxFolder, wall);
    return due;
  } catch (error) {
    const over = isDiskFull(error) ? due.filter((item) => dayIsOver(item, wall)) : [];
    if (over.length === 0) throw error;
    // they make the room for the others' numbers, next time
    return over;
  }
}

/**
 * Deletes the sealed files of archived items whose time has come. The row says so first, so that what a
 * crash leaves is swept; the envelope goes before its attachments, so that a rebuilt index never finds
 * an envelope whose attachments are gone. On a full disk those go whose numbers need not be kept.
 * @returns how many items
 * @throws errors of the file system and of SQLite
 */
export async function deleteArchived(
  db: IndexDb,
  audit: Audit,
  blobs: BlobFolder,
  outboxFolder: string,
  keepDays: number,
  wall: number,
): Promise<number> {
  const due = archivedWithFiles(db).filter(
    (item) =>
      mayDeleteCiphertext(item.state) &&
      item.archivedAt !== null &&
      Date.parse(item.archivedAt) + keepDays * DAY_MS <= wall,
  );
  if (due.length === 0) return 0;
  const going = await withNumbersKept(db, outboxFolder, due, wall);
  for (const item of going) {
    db.transaction(() => {
      db.run('UPDATE item SET ciphertext_deleted = 1 WHERE submission_id = ?', item.submissionId);
      audit.record('ciphertextDeleted', {
        submissionId: item.submissionId,
        receiptNumber: item.receiptNumber,
      });
    });
    await blobs.remove([
      item.envelopeSha256,
      ...attachmentsOf(db, item.submissionId).map((each) => each.sha256),
    ]);
  }
  await blobs.sync();
  return going.length;
}
