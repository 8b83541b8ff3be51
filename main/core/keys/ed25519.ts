import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { toBase64Url } from '../../../domain/base64url.ts';
import type { TerminalSigner } from '../ports.ts';

// RFC 8410: a PKCS#8 private key of Ed25519 is this prefix and the 32 bytes of the seed
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/** First 8 hex digits of the SHA-256 of a raw public key. */
export function keyIdOf(rawPublicKey: Uint8Array): string {
  return createHash('sha256').update(rawPublicKey).digest('hex').slice(0, 8);
}

/**
 * A signer from an Ed25519 seed.
 * @param seed 32 bytes
 */
export function signerFromSeed(seed: Uint8Array): TerminalSigner {
  if (seed.length !== 32) throw new RangeError('an Ed25519 seed has 32 bytes');
  const der = Buffer.concat([PKCS8_PREFIX, seed]);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  der.fill(0);
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  const publicKey = new Uint8Array(spki.subarray(-32));
  return {
    publicKey,
    keyId: keyIdOf(publicKey),
    sign: (bytes) => new Uint8Array(sign(null, bytes, privateKey)),
  };
}

/**
 * Checks an Ed25519 signature.
 * @param rawPublicKey 32 bytes
 */
export function verifyEd25519(
  rawPublicKey: Uint8Array,
  bytes: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (rawPublicKey.length !== 32 || signature.length !== 64) return false;
  const key = createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: toBase64Url(rawPublicKey) },
    format: 'jwk',
  });
  return verify(null, bytes, key, signature);
}
