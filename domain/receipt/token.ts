import { fromBase64Url, toBase64Url } from '../base64url.ts';
import { mod11_10 } from './number.ts';

/** What the QR code on a receipt says, signed by the terminal that printed it. */
export interface ReceiptToken {
  readonly receiptNumber: string;
  /** 12 digits, the service's basic code. */
  readonly basicCode: string;
  /** Seconds since 1970 by the terminal's clock. */
  readonly issuedAt: number;
  /** First 8 bytes of the SHA-256 of the envelope file, as 16 hex digits. */
  readonly envelopePrefix: string;
  /** First 4 bytes of the SHA-256 of the terminal's public key (raw 32 bytes), as 8 hex digits. */
  readonly keyId: string;
}

/** A token taken apart, with the bytes that the signature covers. */
export interface ParsedReceiptToken {
  readonly token: ReceiptToken;
  readonly signedBytes: Uint8Array;
  readonly signature: Uint8Array;
}

const VERSION = 1;
const PAYLOAD_LENGTH = 1 + 10 + 5 + 4 + 8 + 4;
const SIGNATURE_LENGTH = 64;
const CONTEXT = 'bianmin-receipt/1\n';

function putBigInt(out: Uint8Array, at: number, length: number, value: bigint): void {
  for (let i = length - 1; i >= 0; i--) {
    out[at + i] = Number(value & 255n);
    value >>= 8n;
  }
}

function getBigInt(bytes: Uint8Array, at: number, length: number): bigint {
  let value = 0n;
  for (let i = 0; i < length; i++) value = (value << 8n) | BigInt(bytes[at + i] ?? 0);
  return value;
}

function signedBytesOf(payload: Uint8Array): Uint8Array {
  const context = Uint8Array.from(CONTEXT, (char) => char.charCodeAt(0));
  const bytes = new Uint8Array(context.length + payload.length);
  bytes.set(context);
  bytes.set(payload, context.length);
  return bytes;
}

/**
 * Bytes to sign and how to join them with the Ed25519 signature into the text of the QR code.
 * The text is 128 characters of base64url.
 */
export function encodeReceiptToken(token: ReceiptToken): {
  readonly signedBytes: Uint8Array;
  readonly withSignature: (signature: Uint8Array) => string;
} {
  const payload = new Uint8Array(PAYLOAD_LENGTH);
  payload[0] = VERSION;
  putBigInt(payload, 1, 10, BigInt(token.receiptNumber));
  putBigInt(payload, 11, 5, BigInt(token.basicCode));
  putBigInt(payload, 16, 4, BigInt(token.issuedAt));
  putBigInt(payload, 20, 8, BigInt(`0x${token.envelopePrefix}`));
  putBigInt(payload, 28, 4, BigInt(`0x${token.keyId}`));
  return {
    signedBytes: signedBytesOf(payload),
    withSignature(signature) {
      if (signature.length !== SIGNATURE_LENGTH) throw new RangeError('signature is not 64 bytes');
      const whole = new Uint8Array(PAYLOAD_LENGTH + SIGNATURE_LENGTH);
      whole.set(payload);
      whole.set(signature, PAYLOAD_LENGTH);
      return toBase64Url(whole);
    },
  };
}

/** Takes the text of a QR code apart: the bare token, or an address that ends in it. The signature is not checked here. */
export function parseReceiptToken(text: string): ParsedReceiptToken | undefined {
  const bytes = fromBase64Url(text.trim().replace(/^https?:\/\/[^?#]*\/r\//, ''));
  if (bytes?.length !== PAYLOAD_LENGTH + SIGNATURE_LENGTH || bytes[0] !== VERSION) return undefined;
  const payload = bytes.slice(0, PAYLOAD_LENGTH);
  const receiptNumber = getBigInt(payload, 1, 10).toString().padStart(23, '0');
  if (receiptNumber.length !== 23 || mod11_10(receiptNumber.slice(0, 22)) !== receiptNumber[22]) {
    return undefined;
  }
  return {
    token: {
      receiptNumber,
      basicCode: getBigInt(payload, 11, 5).toString().padStart(12, '0'),
      issuedAt: Number(getBigInt(payload, 16, 4)),
      envelopePrefix: getBigInt(payload, 20, 8).toString(16).padStart(16, '0'),
      keyId: getBigInt(payload, 28, 4).toString(16).padStart(8, '0'),
    },
    signedBytes: signedBytesOf(payload),
    signature: bytes.slice(PAYLOAD_LENGTH),
  };
}
