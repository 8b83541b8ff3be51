import { parseReceiptToken } from '../../../domain/receipt/token.ts';
import { isWaiting } from '../../../domain/outbox/transition.ts';
import type { KeyBundle, ReceiptVerification } from '../../../domain/wire/platform.ts';
import type { CheckedReceipt } from '../../contract/code-view.ts';
import type { IndexDb } from '../storage/index-db.ts';
import { itemByReceipt } from '../storage/item-rows.ts';
import { readJson, receiptVerification } from './answers.ts';
import type { Link } from './contract.ts';
import type { PlatformClient } from './platform-client.ts';
import { verifyReceiptOffline } from './verify-receipt.ts';

/** What checking a receipt needs. */
export interface CheckParts {
  readonly db: IndexDb;
  readonly client: PlatformClient;
  readonly link: Link;
  readonly keys: KeyBundle | undefined;
  /** The platform's last word was that this terminal is revoked, or it is not enrolled any more. */
  readonly sendsNothing: boolean;
}

const DEADLINE_MS = 3000;

interface Own {
  readonly verification: ReceiptVerification;
  /** The item lies here and does not come by itself: it is held for a person, or the terminal sends nothing. */
  readonly held: boolean;
}

/** What this terminal's own index knows of a receipt; nothing of it is told where the signature does not hold. */
function withOwnIndex(
  { db, sendsNothing }: CheckParts,
  text: string,
  offline: ReceiptVerification,
): Own {
  const token = parseReceiptToken(text)?.token;
  const row = token && itemByReceipt(db, token.receiptNumber);
  if (!row) return { verification: offline, held: false };
  const isIt = row.envelopeSha256.startsWith(token.envelopePrefix);
  const held = isIt && (row.state === 'held' || sendsNothing);
  // the keys here may not know this very terminal yet: the platform's word may
  if (offline.receiptNumber === null) return { verification: offline, held };
  if (!isIt) return { verification: { ...offline, item: 'differs' }, held };
  const item = isWaiting(row.state) ? 'notYetArrived' : 'arrived';
  return { verification: { ...offline, item }, held };
}

/**
 * `notYetArrived` is read as "it comes by itself, no need to apply again". That is promised of nothing that is held,
 * nor of a terminal that is no longer in use: nothing of it is taken any more. Such a person is sent to the desk.
 */
function promisedOnly(
  verification: ReceiptVerification,
  held: boolean,
): Omit<CheckedReceipt, 'checkedOffline'> {
  if (verification.item !== 'notYetArrived') return verification;
  if (held) return { ...verification, item: 'held' };
  return verification.signature === 'valid' ? verification : { ...verification, item: 'unknown' };
}

/** Checks a receipt offline, and asks the platform when it may be there. */
export async function checkReceipt(parts: CheckParts, text: string): Promise<CheckedReceipt> {
  const { held, verification } = withOwnIndex(parts, text, verifyReceiptOffline(text, parts.keys));
  const own = { ...promisedOnly(verification, held), checkedOffline: true };
  const token = /[A-Za-z0-9_-]{100,}$/.exec(text.trim())?.[0];
  if (parts.link.state() === 'offline' || token === undefined || !parseReceiptToken(token)) {
    return own;
  }
  const answer = await parts.client.open(
    { method: 'GET', path: `/v1/receipts/${token}`, deadlineMs: DEADLINE_MS },
    ({ status, body }) => (status === 200 ? readJson(body, receiptVerification) : undefined),
  );
  if (!answer.ok) return own;
  // the platform cannot know that what has not come is held here
  return { ...promisedOnly(answer.value, held), checkedOffline: false };
}
