import { encodeReceiptToken } from '../../../domain/receipt/token.ts';
import type { TerminalSigner } from '../ports.ts';
import type { ItemRow } from '../storage/item-rows.ts';

/** What a receipt's QR code is made from. */
export interface QrFacts {
  readonly receiptNumber: string;
  readonly basicCode: string;
  /** ISO 8601 */
  readonly createdAt: string;
  readonly envelopeSha256: string;
}

/**
 * The text of the QR code: address of the verification page with the token signed by this terminal; without an
 * address the token alone, which is checked all the same.
 */
export function receiptQr(verifyBaseUrl: string, facts: QrFacts, signer: TerminalSigner): string {
  const token = encodeReceiptToken({
    receiptNumber: facts.receiptNumber,
    basicCode: facts.basicCode,
    issuedAt: Math.floor(Date.parse(facts.createdAt) / 1000),
    envelopePrefix: facts.envelopeSha256.slice(0, 16),
    keyId: signer.keyId,
  });
  const signed = token.withSignature(signer.sign(token.signedBytes));
  return verifyBaseUrl === '' ? signed : `${verifyBaseUrl.replace(/\/$/, '')}/r/${signed}`;
}

/** What the index knows of an item that its receipt's code is made from; `qr` is empty until its envelope is filed. */
export type CodedItem = Pick<
  ItemRow,
  'receiptNumber' | 'handleItemCode' | 'createdAt' | 'envelopeSha256' | 'qr'
>;

/** The text of an item's QR code: what was written down of it, else signed now. Always the same for the same key. */
export type ReceiptCodes = (item: CodedItem) => string;

/**
 * Receipt codes of this terminal. Nothing is signed for what is not durable yet: a code is made when it is first
 * asked for, and written down when the envelope is filed.
 * @param verifyBaseUrl where receipts are checked, by the enrolment
 */
export function receiptCodes(verifyBaseUrl: () => string, signer: TerminalSigner): ReceiptCodes {
  return (item) =>
    item.qr === ''
      ? receiptQr(
          verifyBaseUrl(),
          {
            receiptNumber: item.receiptNumber,
            basicCode: basicCodeOf(item.handleItemCode),
            createdAt: item.createdAt,
            envelopeSha256: item.envelopeSha256,
          },
          signer,
        )
      : item.qr;
}

/** The basic code (12) inside a business handling code (33 = 18 + 1 + 12 + 2). */
export function basicCodeOf(handleItemCode: string): string {
  return handleItemCode.slice(19, 31);
}
