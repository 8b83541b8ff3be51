import { mayDeleteCiphertext } from '../../../domain/outbox/transition.ts';
import { ok, type Result } from '../../../domain/result.ts';
import type { Feed } from '../../../domain/wire/platform.ts';
import type { Audit } from '../audit/contract.ts';
import type { BlobFolder } from '../outbox/blob-folder.ts';
import { moveItem } from '../outbox/move-item.ts';
import { keepSequenceFloor } from '../outbox/receipt-sequence.ts';
import type { IndexDb } from '../storage/index-db.ts';
import { attachmentsOf, itemById, itemsIn } from '../storage/item-rows.ts';
import { readNumber, writeNumber } from '../storage/key-values.ts';
import { feed, readJson } from './answers.ts';
import type { CallFailure, PlatformClient } from './platform-client.ts';

/** What reading the feed needs. */
export interface FeedParts {
  readonly db: IndexDb;
  readonly audit: Audit;
  readonly client: PlatformClient;
  readonly onPlatformTime: (iso: string) => void;
  readonly onChange: (submissionId: string) => void;
  readonly wall: () => number;
}

const PAGE = 200;
const MAX_PAGES = 50;

/** Takes over case states and moves what is archived; one transaction a page. */
function applyPage(parts: FeedParts, page: Feed): readonly string[] {
  const { db, audit } = parts;
  const changed: string[] = [];
  db.transaction(() => {
    for (const event of page.events) {
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
    for (const item of itemsIn(db, 'received')) {
      if (item.platformCursor === null || item.platformCursor > page.archivedThrough) continue;
      moveItem(
        db,
        audit,
        item.submissionId,
        { type: 'archived' },
        { archivedAt: new Date(parts.wall()).toISOString() },
      );
      changed.push(item.submissionId);
    }
    if (page.events.length > 0) writeNumber(db, 'feedCursor', page.cursor);
  });
  return changed;
}

/** Reads the feed to its end. */
export async function readFeed(parts: FeedParts): Promise<Result<true, CallFailure>> {
  for (let page = 0; page < MAX_PAGES; page++) {
    const after = readNumber(parts.db, 'feedCursor') ?? 0;
    const answer = await parts.client.authorised(
      { method: 'GET', path: `/v1/feed?after=${after}&limit=${PAGE}` },
      ({ status, body }) => (status === 200 ? readJson(body, feed) : undefined),
    );
    if (!answer.ok) return answer;
    parts.onPlatformTime(answer.value.serverTime);
    for (const id of applyPage(parts, answer.value)) parts.onChange(id);
    if (!answer.value.more || answer.value.cursor <= after) break;
  }
  return ok(true);
}

/**
 * Deletes the sealed files of archived items whose time has come. The row says so first, so that what a
 * crash leaves is swept; the envelope goes before its attachments, so that a rebuilt index never finds
 * an envelope whose attachments are gone.
 * @returns how many items
 */
export async function deleteArchived(
  db: IndexDb,
  audit: Audit,
  blobs: BlobFolder,
  outboxFolder: string,
  keepDays: number,
  wall: number,
): Promise<number> {
  const due = itemsIn(db, 'archived').filter(
    (item) =>
      mayDeleteCiphertext(item.state) &&
      !item.ciphertextDeleted &&
      item.archivedAt !== null &&
      Date.parse(item.archivedAt) + keepDays * 24 * 60 * 60 * 1000 <= wall,
  );
  if (due.length === 0) return 0;
  await keepSequenceFloor(db, outboxFolder);
  for (const item of due) {
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
  return due.length;
}
