import { verify } from 'node:crypto';
import { parseReceiptToken, type ParsedReceiptToken } from '../domain/receipt/token.ts';
import type { ReceiptVerification } from '../domain/wire/platform.ts';
import { publicKeyOf } from './keys.ts';
import type { ItemStore, TerminalRow, TerminalStore } from './storage/port.ts';

function signatureOf(
  parsed: ParsedReceiptToken,
  candidates: readonly TerminalRow[],
): ReceiptVerification['signature'] {
  if (candidates.length === 0) return 'unknownKey';
  const signers = candidates.filter((row) => {
    const key = publicKeyOf(row.publicKey);
    const ownNumber = parsed.token.receiptNumber.startsWith(row.region + row.terminal);
    return ownNumber && key && verify(null, parsed.signedBytes, key, parsed.signature);
  });
  if (signers.length === 0) return 'invalid';
  // one key may have been enrolled twice at a place
  return signers.some(({ revokedAt }) => revokedAt === null) ? 'valid' : 'revokedKey';
}

/**
 * Checks the text of a receipt's QR code. Says states only, and of a bad signature nothing else.
 * `undefined` when the text is no receipt token.
 * @param lackingOf files of an item that were lost here and that nobody has given up
 */
export async function verifyReceipt(
  text: string,
  terminals: TerminalStore,
  items: ItemStore,
  lackingOf: (submissionId: string) => Promise<readonly string[]>,
): Promise<ReceiptVerification | undefined> {
  const parsed = parseReceiptToken(text);
  if (!parsed) return undefined;
  const { receiptNumber, keyId, envelopePrefix } = parsed.token;
  const signature = signatureOf(parsed, await terminals.findByKey(keyId));
  if (signature === 'invalid' || signature === 'unknownKey') {
    return { signature, item: 'unknown', receiptNumber: null, state: null };
  }
  // what another place calls by this number says nothing about this receipt
  const found = (await items.findByReceipt(receiptNumber)).filter((item) =>
    receiptNumber.startsWith(item.place),
  );
  const same = found.find((item) => item.envelopeSha256.startsWith(envelopePrefix));
  // whoever asks for what parts of are given up must not be told that it is here: its terminal may have the last copy
  if (same && same.givenUp.length > 0) {
    return { signature, item: 'differs', receiptNumber, state: same.state };
  }
  // without its envelope nobody can read it, and its terminal is asked for it again; without a paper it is a case still
  const isAway =
    same !== undefined && (await lackingOf(same.submissionId)).includes(same.envelopeSha256);
  if (same && !isAway) return { signature, item: 'arrived', receiptNumber, state: same.state };
  if (!same && found.length > 0) return { signature, item: 'differs', receiptNumber, state: null };
  const item = signature === 'valid' ? 'notYetArrived' : 'unknown';
  return { signature, item, receiptNumber, state: null };
}
