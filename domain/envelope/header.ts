import { fromBase64Url, toBase64Url } from '../base64url.ts';

/** What an outbox item is. Only some kinds print a receipt. */
export type ItemKind = 'application' | 'supplement' | 'withdrawal' | 'rating' | 'question';

/** How the body is sealed and the header signed; named in the header so that a national suite fits later. */
export type EnvelopeSuite = 'age-x25519+ed25519';

/** One sealed attachment, named by the SHA-256 of its ciphertext. */
export interface AttachmentRef {
  readonly sha256: string;
  /** Bytes of ciphertext. */
  readonly size: number;
}

/**
 * The clear part of an envelope: what a platform must know to store it, and a terminal to rebuild its
 * index. Nothing of a person, nothing derived from one.
 */
export interface EnvelopeHeader {
  readonly v: 1;
  /** Submission id: 128 random bits as 32 hex digits; the idempotency key. */
  readonly id: string;
  readonly kind: ItemKind;
  readonly suite: EnvelopeSuite;
  /** Ids of the recipients' keys that can open it. */
  readonly recipients: readonly string[];
  readonly attachments: readonly AttachmentRef[];
  readonly receiptNumber: string;
  /** Service id and its 33-character code. */
  readonly service: { readonly id: string; readonly handleItemCode: string };
  readonly terminalId: string;
  /** SHA-256 prefix (8 hex digits) of the signing key. */
  readonly terminalKeyId: string;
  /** ISO 8601, by the terminal's clock. */
  readonly createdAt: string;
  /** SHA-256 and size of the sealed body behind the header line. */
  readonly body: { readonly sha256: string; readonly size: number };
}

/** An envelope file taken apart. The signature is not checked here. */
export interface ParsedEnvelope {
  readonly header: EnvelopeHeader;
  readonly signedBytes: Uint8Array;
  readonly signature: Uint8Array;
  /** The sealed body: an age file. */
  readonly body: Uint8Array;
}

const MAGIC = 'bianmin-envelope/1';
const MAX_HEADER_LINE = 64 * 1024;

function ascii(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}

/**
 * Begins an envelope file. Its first line is `bianmin-envelope/1 <header> <signature>` in base64url,
 * the sealed body follows at once, so that `tail -n +2 FILE | age -d -i KEY` opens it.
 * @param headerJsonUtf8 the header as UTF-8 JSON
 * @param encode base64url of the host, where it has a quicker one
 */
export function envelopeFraming(
  headerJsonUtf8: Uint8Array,
  encode: (bytes: Uint8Array) => string = toBase64Url,
): {
  readonly signedBytes: Uint8Array;
  readonly line: (signature: Uint8Array) => Uint8Array;
} {
  const start = `${MAGIC} ${encode(headerJsonUtf8)}`;
  return {
    signedBytes: ascii(start),
    line: (signature) => ascii(`${start} ${encode(signature)}\n`),
  };
}

function isHeader(value: unknown): value is EnvelopeHeader {
  if (typeof value !== 'object' || value === null) return false;
  const header = value as Record<string, unknown>;
  const body = header['body'] as Record<string, unknown> | null | undefined;
  const service = header['service'] as Record<string, unknown> | null | undefined;
  const hash = /^[0-9a-f]{64}$/;
  return (
    header['v'] === 1 &&
    typeof header['id'] === 'string' &&
    /^[0-9a-f]{32}$/.test(header['id']) &&
    typeof header['kind'] === 'string' &&
    ['application', 'supplement', 'withdrawal', 'rating', 'question'].includes(header['kind']) &&
    header['suite'] === 'age-x25519+ed25519' &&
    Array.isArray(header['recipients']) &&
    header['recipients'].every((key) => typeof key === 'string') &&
    Array.isArray(header['attachments']) &&
    header['attachments'].every((entry: unknown) => {
      const ref = entry as Record<string, unknown> | null;
      return (
        typeof ref?.['sha256'] === 'string' &&
        hash.test(ref['sha256']) &&
        Number.isSafeInteger(ref['size'])
      );
    }) &&
    typeof header['receiptNumber'] === 'string' &&
    typeof service?.['id'] === 'string' &&
    typeof service['handleItemCode'] === 'string' &&
    typeof header['terminalId'] === 'string' &&
    typeof header['terminalKeyId'] === 'string' &&
    typeof header['createdAt'] === 'string' &&
    typeof body?.['sha256'] === 'string' &&
    hash.test(body['sha256']) &&
    Number.isSafeInteger(body['size'])
  );
}

/**
 * Takes an envelope file apart; `undefined` when it is not one.
 * @param decodeUtf8 strict UTF-8 decoder of the host; may throw
 */
export function parseEnvelope(
  file: Uint8Array,
  decodeUtf8: (bytes: Uint8Array) => string,
): ParsedEnvelope | undefined {
  const end = file.subarray(0, MAX_HEADER_LINE).indexOf(0x0a);
  if (end < 0) return undefined;
  let line: string;
  try {
    line = decodeUtf8(file.subarray(0, end));
  } catch {
    return undefined;
  }
  const parts = line.split(' ');
  const [magic, headerText, signatureText] = parts;
  if (
    magic !== MAGIC ||
    headerText === undefined ||
    signatureText === undefined ||
    parts.length !== 3
  ) {
    return undefined;
  }
  const headerBytes = fromBase64Url(headerText);
  const signature = fromBase64Url(signatureText);
  if (!headerBytes || signature?.length !== 64) return undefined;
  try {
    const header: unknown = JSON.parse(decodeUtf8(headerBytes));
    if (!isHeader(header)) return undefined;
    return {
      header,
      signedBytes: file.subarray(0, MAGIC.length + 1 + headerText.length),
      signature,
      body: file.subarray(end + 1),
    };
  } catch {
    return undefined;
  }
}
