import { attachmentsOf, saveProgress, type ItemRow } from '../storage/item-rows.ts';
import { readJson, receiptVerification } from './answers.ts';
import { askOffset, type SendParts } from './send-attachment.ts';

/**
 * Whether the platform has an item with every attachment, asked by its receipt, whose code names the number and the
 * beginning of the envelope's hash: for an item whose envelope cannot be handed over once more. An attachment that
 * is not whole there is noted as one to be sent.
 * @returns `undefined` when the platform said nothing of the contract
 */
export async function hasArrived(
  { db, client }: Pick<SendParts, 'db' | 'client'>,
  { submissionId, qr, receiptNumber }: ItemRow,
): Promise<boolean | undefined> {
  const token = qr.slice(qr.lastIndexOf('/') + 1);
  const answer = await client.open(
    { method: 'GET', path: `/v1/receipts/${token}` },
    ({ status, body }) => (status === 200 ? readJson(body, receiptVerification) : undefined),
  );
  if (!answer.ok) return undefined;
  const { item, receiptNumber: said } = answer.value;
  if (item !== 'arrived' || said !== receiptNumber) return false;
  let whole = true;
  for (const attachment of attachmentsOf(db, submissionId)) {
    const stands = await askOffset(client, attachment);
    if (!stands.ok) return undefined;
    if (stands.value === attachment.size) continue;
    whole = false;
    const { position } = attachment;
    saveProgress(db, submissionId, { position, offset: 0, complete: false });
  }
  return whole;
}
