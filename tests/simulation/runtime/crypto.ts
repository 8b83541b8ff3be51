import { createPrivateKey, createPublicKey } from 'node:crypto';
import { drawBytes } from './randomness.ts';

export * from 'node:crypto';
export { sign, verify } from './signatures.ts';

/** Bytes that follow from the seed. */
export function randomBytes(length: number): Buffer {
  return Buffer.from(drawBytes(length));
}

/** An Ed25519 pair that follows from the seed. */
export function generateKeyPairSync() {
  const prefix = Buffer.from('302e020100300506032b657004220420', 'hex');
  const key = Buffer.concat([prefix, drawBytes(32)]);
  const privateKey = createPrivateKey({ key, format: 'der', type: 'pkcs8' });
  return { privateKey, publicKey: createPublicKey(privateKey) };
}
