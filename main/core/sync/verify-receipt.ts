import { fromBase64Url } from '../../../domain/base64url.ts';
import { parseReceiptToken } from '../../../domain/receipt/token.ts';
import type { KeyBundle, ReceiptVerification } from '../../../domain/wire/platform.ts';
import { verifyEd25519 } from '../keys/ed25519.ts';

const NOTHING = { item: 'unknown', receiptNumber: null, state: null } as const;

/**
 * Checks the text of a receipt's QR code by the key directory alone. Whether the item has arrived cannot
 * be known here.
 */
export function verifyReceiptOffline(
  text: string,
  keys: KeyBundle | undefined,
): ReceiptVerification {
  const parsed = parseReceiptToken(text);
  if (!parsed) return { signature: 'invalid', ...NOTHING };
  const { receiptNumber, keyId } = parsed.token;
  const place = receiptNumber.slice(0, 12);
  // eight digits of a hash can meet by chance: every key that fits is tried
  const candidates = (keys?.terminals ?? []).filter((each) => each.keyId === keyId);
  const signers = candidates.filter((each) => {
    const key = fromBase64Url(each.publicKey);
    return key && verifyEd25519(key, parsed.signedBytes, parsed.signature);
  });
  if (signers.length === 0) {
    return { signature: candidates.length === 0 ? 'unknownKey' : 'invalid', ...NOTHING };
  }
  // a terminal speaks for its own place only
  const own = signers.filter((each) => each.place === place);
  if (own.length === 0) return { signature: 'invalid', ...NOTHING };
  return {
    // one key may have been enrolled twice at a place
    signature: own.some(({ revokedAt }) => revokedAt === undefined) ? 'valid' : 'revokedKey',
    item: 'unknown',
    receiptNumber,
    state: null,
  };
}
