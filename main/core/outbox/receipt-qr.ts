import { encodeReceiptToken } from '../../../domain/receipt/token.ts';
import type { TerminalSigner } from '../ports.ts';

/** What a receipt's QR code is made from. */
export interface QrFacts {
  readonly receiptNumber: string;
  readonly basicCode: string;
  /** ISO 8601 */
  readonly createdAt: string;
  readonly envelopeSha256: string;
}

/** The text of the QR code: address of the verification page with the token signed by this terminal. */
export function receiptQr(verifyBaseUrl: string, facts: QrFacts, signer: TerminalSigner): string {
  const token = encodeReceiptToken({
    receiptNumber: facts.receiptNumber,
    basicCode: facts.basicCode,
    issuedAt: Math.floor(Date.parse(facts.createdAt) / 1000),
    envelopePrefix: facts.envelopeSha256.slice(0, 16),
    keyId: signer.keyId,
  });
  return `${verifyBaseUrl.replace(/\/$/, '')}/r/${token.withSignature(signer.sign(token.signedBytes))}`;
}

/** The basic code (12) inside a business handling code (33 = 18 + 1 + 12 + 2). */
export function basicCodeOf(handleItemCode: string): string {
  return handleItemCode.slice(19, 31);
}
