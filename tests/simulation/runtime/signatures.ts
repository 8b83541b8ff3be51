import {
  createPublicKey,
  hash,
  type KeyObject,
  sign as reallySign,
  verify as reallyVerify,
} from 'node:crypto';

/** So many are remembered; the oldest go first. */
const MOST = 50_000;
const right = new Set<string>();
const publicHalves = new WeakMap<KeyObject, string>();

/** A public key, or that of a private one, as text. */
function nameOf(key: KeyObject): string {
  let name = publicHalves.get(key);
  if (name === undefined) {
    const half = key.type === 'private' ? createPublicKey(key) : key;
    name = half.export({ format: 'jwk' }).x ?? '';
    publicHalves.set(key, name);
  }
  return name;
}

function entry(bytes: Uint8Array, key: KeyObject, signature: Uint8Array): string {
  return `${nameOf(key)} ${Buffer.from(signature).toString('base64')} ${hash('sha256', bytes, 'base64')}`;
}

function remember(which: string): void {
  right.add(which);
  if (right.size <= MOST) return;
  const [oldest] = right;
  if (oldest !== undefined) right.delete(oldest);
}

/** Ed25519; the runtime's own. What was signed here is known to be right: see `verify`. */
export function sign(algorithm: null, bytes: Uint8Array, key: KeyObject): Buffer {
  const signature = reallySign(algorithm, bytes, key);
  remember(entry(bytes, key, signature));
  return signature;
}

/**
 * Ed25519. The same bytes with the same key and the same signature are right once and for all: what this
 * process signed itself, or found right before, is not worked out again. Anything else is.
 */
export function verify(
  algorithm: null,
  bytes: Uint8Array,
  key: KeyObject,
  signature: Uint8Array,
): boolean {
  if (key.asymmetricKeyType !== 'ed25519') {
    return reallyVerify(algorithm, bytes, key, signature);
  }
  const which = entry(bytes, key, signature);
  if (right.has(which)) return true;
  const is = reallyVerify(algorithm, bytes, key, signature);
  if (is) remember(which);
  return is;
}
