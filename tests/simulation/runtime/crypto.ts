import {
  createPrivateKey as readPrivate,
  createPublicKey as readPublic,
  type KeyObject,
} from 'node:crypto';
import { drawBytes } from './randomness.ts';

export * from 'node:crypto';
export { sign, verify } from './signatures.ts';

/** So many keys are remembered; the oldest go first. */
const MOST = 2_000;
const remembered = new Map<string, KeyObject>();

/** Keys are read again and again, by terminals and platforms that start: the same bytes are the same key. */
function readOnce(name: string, read: () => KeyObject): KeyObject {
  let key = remembered.get(name);
  if (key === undefined) {
    key = read();
    remembered.set(name, key);
    const [oldest] = remembered.keys();
    if (remembered.size > MOST && oldest !== undefined) remembered.delete(oldest);
  }
  return key;
}

/** The runtime's own, for PKCS #8 as text or bytes. */
export function createPrivateKey(
  from: string | { readonly key: Buffer; readonly format: 'der'; readonly type: 'pkcs8' },
): KeyObject {
  const name = typeof from === 'string' ? from : from.key.toString('base64');
  return readOnce(name, () => readPrivate(from));
}

interface PublicJwk {
  readonly key: { readonly kty: 'OKP'; readonly crv: 'Ed25519'; readonly x: string };
  readonly format: 'jwk';
}
interface PublicDer {
  readonly key: Buffer;
  readonly format: 'der';
  readonly type: 'spki';
}

/** The runtime's own, of a private key, from the 32 bytes of one as base64url, or SPKI. */
export function createPublicKey(from: KeyObject | PublicJwk | PublicDer): KeyObject {
  if (!('key' in from)) return readPublic(from);
  const name = from.format === 'jwk' ? from.key.x : from.key.toString('base64');
  return readOnce(`public ${name}`, () => readPublic(from));
}

/** Bytes that follow from the seed. */
export function randomBytes(length: number): Buffer {
  return Buffer.from(drawBytes(length));
}

/** RFC 8410: what stands before the 32 bytes of a private key in PKCS #8. */
const PKCS8_PREFIX = {
  ed25519: Buffer.from('302e020100300506032b657004220420', 'hex'),
  x25519: Buffer.from('302e020100300506032b656e04220420', 'hex'),
} as const;

/** A pair that follows from the seed. */
export function generateKeyPairSync(type: keyof typeof PKCS8_PREFIX) {
  const key = Buffer.concat([PKCS8_PREFIX[type], drawBytes(32)]);
  const privateKey = readPrivate({ key, format: 'der', type: 'pkcs8' });
  return { privateKey, publicKey: readPublic(privateKey) };
}
