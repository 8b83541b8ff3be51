import { createPrivateKey, createPublicKey, diffieHellman, type KeyObject } from 'node:crypto';
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
 * Nobody's secret: with a point of low order any key of X25519 makes the secret of all zeros, which Node refuses
 * (RFC 7748, 6.1), and what it makes here is thrown away. PKCS #8 by RFC 8410.
 */
const PROBE = createPrivateKey({
  key: Buffer.concat([Buffer.from('302e020100300506032b656e04220420', 'hex'), Buffer.alloc(32, 1)]),
  format: 'der',
  type: 'pkcs8',
});

function read(text: string): AgeRecipient {
  const { prefix, bytes: raw } = bech32.decodeToBytes(text);
  if (prefix !== 'age' || raw.length !== LENGTH) throw new Error('no X25519 recipient of age');
  const der = Buffer.concat([SPKI_PREFIX, raw]);
  const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
  diffieHellman({ privateKey: PROBE, publicKey: key }).fill(0);
  return { raw, key };
}

/** Terminals seal to the same few keys for years: each is read once. */
const known = new Map<string, AgeRecipient>();
const MOST_KNOWN = 16;

/**
 * Reads `age1…`, the Bech32 of an X25519 key (https://age-encryption.org/v1#the-x25519-recipient-type).
 * @throws Error when it is none, mistyped, or a key that makes the same secret with everybody's
 */
export function recipientOf(text: string): AgeRecipient {
  let recipient = known.get(text);
  if (recipient === undefined) {
    recipient = read(text);
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(text, recipient);
  }
  return recipient;
}
