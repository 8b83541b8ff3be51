import { createHash, createHmac, diffieHellman, KeyObject, timingSafeEqual } from 'node:crypto';
import type { Chance } from '../chance.ts';
import { sign, verify } from './signatures.ts';

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
  put(subtle, 'deriveBits', (how: { public: CryptoKey }, key: CryptoKey) => {
    const [privateKey, publicKey] = [keyOf(key), keyOf(how.public)];
    return Promise.resolve(new Uint8Array(diffieHellman({ privateKey, publicKey })).buffer);
  });
  put(globalThis.crypto, 'getRandomValues', (target: Uint8Array) => {
    target.set(drawBytes(target.length));
    return target;
  });
}
