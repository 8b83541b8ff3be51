import {
  createCipheriv,
  createHmac,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
} from 'node:crypto';
import type { AgeRecipient } from './age-recipient.ts';

const VERSION = 'age-encryption.org/v1';
const INFO = 'age-encryption.org/v1/X25519';
const NO_SALT = new Uint8Array(0);
/** The key is used once, so it needs no other. */
const ZERO_NONCE = new Uint8Array(12);
const TAG = 16;
const SHARE = 32;

/** Base64 without padding; what stands here fits into one line of 64. */
const base64 = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');

const derive = (secret: Uint8Array, salt: Uint8Array, info: string): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', secret, salt, info, 32));

/** The file key for one recipient: https://age-encryption.org/v1#the-x25519-recipient-type */
function stanza(fileKey: Uint8Array, { raw, key }: AgeRecipient): string {
  const ephemeral = generateKeyPairSync('x25519');
  const share = ephemeral.publicKey.export({ format: 'der', type: 'spki' }).subarray(-SHARE);
  const secret = diffieHellman({ privateKey: ephemeral.privateKey, publicKey: key });
  const wrapKey = derive(secret, Buffer.concat([share, raw]), INFO);
  const cipher = createCipheriv('chacha20-poly1305', wrapKey, ZERO_NONCE, { authTagLength: TAG });
  const wrapped = Buffer.concat([cipher.update(fileKey), cipher.final(), cipher.getAuthTag()]);
  secret.fill(0);
  wrapKey.fill(0);
  return `-> X25519 ${base64(share)}\n${base64(wrapped)}\n`;
}

/**
 * What stands before the payload of a file in the age format: the file key, wrapped for each recipient, and a
 * code over all of it (https://age-encryption.org/v1#the-header). All by Node's own ciphers, at once: the
 * `age-encryption` library asks threads for each step, and the receipt waits for them (docs/performance.md).
 * @param fileKey 16 random bytes, of this file only
 */
export function ageHeader(fileKey: Uint8Array, recipients: readonly AgeRecipient[]): Buffer {
  const stanzas = recipients.map((recipient) => stanza(fileKey, recipient)).join('');
  const head = `${VERSION}\n${stanzas}---`;
  const macKey = derive(fileKey, NO_SALT, 'header');
  const mac = createHmac('sha256', macKey).update(head).digest();
  macKey.fill(0);
  return Buffer.from(`${head} ${base64(mac)}\n`);
}
