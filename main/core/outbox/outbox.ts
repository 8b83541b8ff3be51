import { toHex } from '../../../domain/base64url.ts';
import { isWaiting } from '../../../domain/outbox/transition.ts';
import { err, type Result } from '../../../domain/result.ts';
import {
  itemById,
  allItems,
  backlogOf,
  itemByReceipt,
  type ItemRow,
} from '../storage/item-rows.ts';
import { isDiskFull } from '../storage/storage-error.ts';
import type { ClockBelief } from './clock-belief.ts';
import type { ItemSummary, Outbox, StoredItem, SubmitRefusal, Taking } from './contract.ts';
import type { Listeners } from './listeners.ts';
import { moveItem } from './move-item.ts';
import { createPrepared } from './prepared.ts';
import type { Room } from './room.ts';
import { storedItemOf, submitOne, type SubmitContext } from './submit.ts';

/** What the outbox is made from. */
export interface OutboxParts extends Omit<SubmitContext, 'taking' | 'ahead'> {
  readonly belief: ClockBelief;
  /** Told the submission id after every change of a state. */
  readonly changes: Listeners<string>;
  /** The platform revoked this terminal: it takes nothing of it, neither what is handed in nor what waits. */
  readonly revoked?: () => boolean;
  /** Why an envelope that was stored could not be filed; undefined when it could. */
  readonly filingFailure?: () => unknown;
  /** Whether the data folder is still this core's. */
  readonly isOurs?: () => boolean;
  /** Told of what broke a submit: `file()` then tries whether the disk still takes anything. */
  readonly doubtDisk?: (error: unknown) => void;
  /** Told when submitting failed for a reason that is no refusal; the words hold nothing personal. */
  readonly onFailure?: (what: string) => void;
}

function summaryOf(row: ItemRow): ItemSummary {
  return {
    submissionId: row.submissionId,
    receiptNumber: row.receiptNumber,
    kind: row.kind,
    serviceId: row.serviceId,
    state: row.state,
    createdAt: row.createdAt,
    caseState: row.caseState,
    caseNumber: row.caseNumber,
    envelopeSha256: row.envelopeSha256,
    ...(row.state === 'held' && row.lastError !== null ? { heldFor: row.lastError } : {}),
  };
}

/** The outbox on an open index. */
export function createOutbox(parts: OutboxParts): Outbox & {
  /** Lets a held item try again; a person decided so. False when it is not held. */
  release(submissionId: string): boolean;
  /** Resolves when everybody was told of what is stored. */
  told(): Promise<void>;
} {
  const { db, audit, changes, belief, room, ports } = parts;
  const prepared = createPrepared(parts);
  let tail: Promise<unknown> = Promise.resolve();

  // of nothing: a list of who was told would grow as long as the terminal runs
  let told: Promise<void> = Promise.resolve();
  /** Whoever hears of it writes an attempt down and asks for this and that: the receipt does not wait for that. */
  const tellAfterReceipt = (submissionId: string): void => {
    const mine = new Promise<void>((resolve) => {
      ports.clock.after(0, () => {
        resolve();
        changes.emit(submissionId);
      });
    });
    told = Promise.all([told, mine]).then(() => undefined);
  };
  const takingNow = (space: ReturnType<Room['state']>): Taking => {
    if (!parts.enrolment() || parts.revoked?.() === true) return 'notEnrolled';
    if (!parts.keys()) return 'noKeys';
    if (belief.wrong()) return 'clockWrong';
    if (space !== 'free') return space;
    const unfiled = parts.filingFailure?.();
    if (parts.isOurs?.() === false) return 'diskFails';
    if (unfiled === undefined) return 'yes';
    return isDiskFull(unfiled) ? 'diskFull' : 'diskFails';
  };
  const takingBy = (space: () => ReturnType<Room['state']>): Taking => {
    try {
      return takingNow(space());
    } catch {
      // the index cannot be read
      return 'diskFails';
    }
  };
  /** For who filled in a form already. */
  const takingInside = (): Taking => takingBy(() => room.stateInside());
  const context: SubmitContext = {
    ...parts,
    taking: takingInside,
    ahead: (submissionId, recipients) => prepared.take(submissionId, recipients),
  };
  /** Trying again helps nobody while the disk takes nothing. */
  const refusalFor = async (error: unknown): Promise<SubmitRefusal> => {
    parts.doubtDisk?.(error);
    await parts.file().catch(() => undefined);
    const now = takingInside();
    if (now !== 'yes') return now;
    return isDiskFull(error) ? 'diskFull' : 'storeFailed';
  };
  const submitSafely: Outbox['submit'] = async (submission) => {
    let result: Result<StoredItem, SubmitRefusal>;
    let known = false;
    try {
      known = itemById(db, submission.submissionId) !== undefined;
      result = await submitOne(context, submission);
    } catch (error) {
      parts.onFailure?.(error instanceof Error ? error.name : 'unknown');
      result = err(await refusalFor(error));
    }
    if (result.ok && !known) tellAfterReceipt(submission.submissionId);
    return result;
  };

  return {
    told: () => told,
    newSubmissionId: () => toHex(ports.randomness.bytes(16)),
    submit(submission) {
      // one at a time: two at once would get the same number
      const mine = tail.then(() => submitSafely(submission));
      tail = mine.catch(() => undefined);
      return mine;
    },
    prepare: (submission) => prepared.begin(submission),
    forgetPrepared: () => prepared.forget(),
    taking: () => takingBy(() => room.state()),
    waiting: () => backlogOf(db).waiting,
    find(receiptNumber) {
      const row = itemByReceipt(db, receiptNumber);
      return row && summaryOf(row);
    },
    delivery(receiptNumber) {
      const state = itemByReceipt(db, receiptNumber)?.state ?? 'held';
      if (!isWaiting(state)) return 'received';
      const sendsNothing = parts.revoked?.() === true || parts.enrolment() === undefined;
      return state === 'held' || sendsNothing ? 'held' : 'waiting';
    },
    stored(submissionId) {
      const row = itemById(db, submissionId);
      return row && { item: storedItemOf(row, parts.codeOf), serviceId: row.serviceId };
    },
    list: () => allItems(db).map(summaryOf),
    onChange: (listener) => changes.add(listener),
    release(submissionId) {
      if (itemById(db, submissionId)?.state !== 'held') return false;
      moveItem(db, audit, submissionId, { type: 'released' }, { notBefore: 0, lastError: null });
      changes.emit(submissionId);
      return true;
    },
  };
}
