import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  KeyObject,
  timingSafeEqual,
} from 'node:crypto';
import type { Chance } from '../chance.ts';
import { sign, verify } from './signatures.ts';

// RFC 8410: a public key of X25519 is this prefix and its 32 bytes
const X25519_SPKI_PREFIX = Buffer.from('302a300506032b656e032100', 'hex');

let chance: Chance | undefined;

/** From now on the runtime's randomness follows from a seed. */
export function setRandomness(next: Chance): void {
  chance = next;
}

/** Bytes in the place of the runtime's random ones. */
export function drawBytes(length: number): Uint8Array {
  if (!chance) throw new Error('no seed yet');
  return chance.bytes(length);
}

const keys = new WeakMap<CryptoKey, KeyObject>();
function keyOf(key: CryptoKey): KeyObject {
  let known = keys.get(key);
  if (!known) {
    known = KeyObject.from(key);
    keys.set(key, known);
  }
  return known;
}

const nodeHashes = new Map<string, string>();
function nodeHash(name: unknown): string {
  const text = String((name as { name?: string } | null)?.name ?? name);
  let known = nodeHashes.get(text);
  if (known === undefined) nodeHashes.set(text, (known = text.replace('-', '').toLowerCase()));
  return known;
}

/** So many keys, and so many secrets of each, are remembered; then it begins anew. */
const MOST = 2_000;
const x25519Keys = new Map<string, CryptoKey>();
const secrets = new WeakMap<CryptoKey, Map<CryptoKey, Buffer>>();

/** A key of X25519 as the runtime reads it; the same bytes are the same key, at once and once only. */
function x25519Key(format: string, bytes: Uint8Array, uses: readonly KeyUsage[]): CryptoKey {
  const name = `${format} ${uses.join(' ')} ${Buffer.from(bytes).toString('base64')}`;
  let key = x25519Keys.get(name);
  if (key === undefined) {
    const read =
      format === 'raw'
        ? createPublicKey({
            key: Buffer.concat([X25519_SPKI_PREFIX, bytes]),
            format: 'der',
            type: 'spki',
          })
        : createPrivateKey({ key: Buffer.from(bytes), format: 'der', type: 'pkcs8' });
    key = read.toCryptoKey({ name: 'X25519' }, false, uses) as CryptoKey;
    if (x25519Keys.size >= MOST) x25519Keys.clear();
    x25519Keys.set(name, key);
  }
  return key;
}

/** What two keys of X25519 make together, worked out once for each pair. */
function sharedSecret(privateHalf: CryptoKey, publicHalf: CryptoKey): Buffer {
  let known = secrets.get(privateHalf);
  if (known === undefined || known.size >= MOST) {
    secrets.set(privateHalf, (known = new Map<CryptoKey, Buffer>()));
  }
  let secret = known.get(publicHalf);
  if (secret === undefined) {
    secret = diffieHellman({ privateKey: keyOf(privateHalf), publicKey: keyOf(publicHalf) });
    known.set(publicHalf, secret);
  }
  return secret;
}

/**
 * Web Crypto without threads: what is hashed, signed and checked there is done at once, so that the order
 * of things is the simulation's. Only what the core, the platform and their libraries use.
 */
export function takeOverWebCrypto(): void {
  const put = (target: object, name: string, value: unknown): void => {
    Object.defineProperty(target, name, { value, configurable: true, writable: true });
  };
  const { subtle } = globalThis.crypto;
  put(subtle, 'digest', (hash: unknown, bytes: Uint8Array) =>
    Promise.resolve(new Uint8Array(createHash(nodeHash(hash)).update(bytes).digest()).buffer),
  );
  const tag = (key: CryptoKey, bytes: Uint8Array): Buffer => {
    const { hash } = key.algorithm as unknown as { hash: unknown };
    return createHmac(nodeHash(hash), keyOf(key)).update(bytes).digest();
  };
  put(subtle, 'sign', (_how: unknown, key: CryptoKey, bytes: Uint8Array) =>
    Promise.resolve(
      key.algorithm.name === 'HMAC' ? tag(key, bytes) : sign(null, bytes, keyOf(key)),
    ),
  );
  put(
    subtle,
    'verify',
    (_how: unknown, key: CryptoKey, signature: Uint8Array, bytes: Uint8Array) => {
      if (key.algorithm.name !== 'HMAC') {
        return Promise.resolve(verify(null, bytes, keyOf(key), signature));
      }
      const right = tag(key, bytes);
      const given = Buffer.from(signature);
      return Promise.resolve(right.length === given.length && timingSafeEqual(right, given));
    },
  );
  const readKey = subtle.importKey.bind(subtle);
  put(subtle, 'importKey', (...asked: Parameters<typeof readKey>) => {
    const [format, bytes, how, , uses] = asked;
    if ((how as { name?: string }).name !== 'X25519') return readKey(...asked);
    return Promise.resolve(x25519Key(format, bytes as Uint8Array, [...uses]));
  });
  put(subtle, 'deriveBits', (how: { public: CryptoKey }, key: CryptoKey) =>
    Promise.resolve(new Uint8Array(sharedSecret(key, how.public)).buffer),
  );
  put(globalThis.crypto, 'getRandomValues', (target: Uint8Array) => {
    target.set(drawBytes(target.length));
    return target;
  });
}
