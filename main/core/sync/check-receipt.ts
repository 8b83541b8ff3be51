import { parseReceiptToken } from '../../../domain/receipt/token.ts';
import { isWaiting } from '../../../domain/outbox/transition.ts';
import type { KeyBundle, ReceiptVerification } from '../../../domain/wire/platform.ts';
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
}

const DEADLINE_MS = 3000;

/** What this terminal's own index knows of a receipt whose signature holds. */
function withOwnIndex(
  db: IndexDb,
  text: string,
  offline: ReceiptVerification,
): ReceiptVerification {
  const token = parseReceiptToken(text)?.token;
  const row = token && itemByReceipt(db, token.receiptNumber);
  if (!row || offline.receiptNumber === null) return offline;
  if (!row.envelopeSha256.startsWith(token.envelopePrefix)) return { ...offline, item: 'differs' };
  return { ...offline, item: isWaiting(row.state) ? 'notYetArrived' : 'arrived' };
}

/** Checks a receipt offline, and asks the platform when it may be there. */
export async function checkReceipt(
  parts: CheckParts,
  text: string,
): Promise<ReceiptVerification & { readonly checkedOffline: boolean }> {
  const own = withOwnIndex(parts.db, text, verifyReceiptOffline(text, parts.keys));
  const token = /[A-Za-z0-9_-]{100,}$/.exec(text.trim())?.[0];
  if (parts.link.state() === 'offline' || token === undefined || !parseReceiptToken(token)) {
    return { ...own, checkedOffline: true };
  }
  const answer = await parts.client.open(
    { method: 'GET', path: `/v1/receipts/${token}`, deadlineMs: DEADLINE_MS },
    ({ status, body }) => (status === 200 ? readJson(body, receiptVerification) : undefined),
  );
  return answer.ok ? { ...answer.value, checkedOffline: false } : { ...own, checkedOffline: true };
}
