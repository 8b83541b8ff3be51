import { createPublicKey, type KeyObject } from 'node:crypto';
import { bech32 } from '@scure/base';

/** Whom a file is sealed to: an X25519 key, its 32 bytes and as Node takes it. */
export interface AgeRecipient {
  readonly raw: Uint8Array;
  readonly key: KeyObject;
}

const LENGTH = 32;
// RFC 8410: a public key of X25519 is this prefix and its 32 bytes
const SPKI_PREFIX = Buffer.from('302a300506032b656e032100', 'hex');

/**
 * Reads `age1…`, the Bech32 of an X25519 key (https://age-encryption.org/v1#the-x25519-recipient-type).
 * @throws Error when it is none, or mistyped
 */
export function parseRecipient(text: string): AgeRecipient {
  const { prefix, bytes: raw } = bech32.decodeToBytes(text);
  if (prefix !== 'age' || raw.length !== LENGTH) throw new Error('no X25519 recipient of age');
  const der = Buffer.concat([SPKI_PREFIX, raw]);
  return { raw, key: createPublicKey({ key: der, format: 'der', type: 'spki' }) };
}
