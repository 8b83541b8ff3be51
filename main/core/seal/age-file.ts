import { createCipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { ageHeader } from './age-header.ts';
import { recipientOf } from './age-recipient.ts';
import { giveBack } from './give-back.ts';

/** https://age-encryption.org/v1: the payload is sealed in chunks of so many bytes, each with its own tag. */
export const CHUNK = 64 * 1024;
const TAG = 16;
const NONCE = 16;
const FILE_KEY = 16;

/**
 * Seals one file in the age format (https://age-encryption.org/v1), by Node's own ciphers: those of the
 * `age-encryption` library take more than four times as long (docs/performance.md), and the compiler and
 * collector that help them take both cores of a small machine away from the main thread.
 * @param clear stays as it is
 * @param recipients `age1…`, at least one
 * @throws Error when a recipient is none
 */
export function ageFile(clear: Uint8Array, recipients: readonly string[]): Uint8Array<ArrayBuffer> {
  if (recipients.length === 0) throw new Error('no recipients');
  const fileKey = randomBytes(FILE_KEY);
  const header = ageHeader(fileKey, recipients.map(recipientOf));
  const nonce = randomBytes(NONCE);
  const key = new Uint8Array(hkdfSync('sha256', fileKey, nonce, 'payload', 32));
  fileKey.fill(0);
  const chunks = Math.max(1, Math.ceil(clear.length / CHUNK));
  const sealed = new Uint8Array(header.length + NONCE + clear.length + chunks * TAG);
  sealed.set(header);
  sealed.set(nonce, header.length);
  let at = header.length + NONCE;
  // 11 bytes that count, and one that says which chunk is the last
  const chunkNonce = Buffer.alloc(12);
  for (let chunk = 0; chunk < chunks; chunk++) {
    chunkNonce.writeUInt32BE(chunk, 7);
    chunkNonce[11] = chunk === chunks - 1 ? 1 : 0;
    const cipher = createCipheriv('chacha20-poly1305', key, chunkNonce, { authTagLength: TAG });
    const part = cipher.update(clear.subarray(chunk * CHUNK, (chunk + 1) * CHUNK));
    cipher.final();
    sealed.set(part, at);
    sealed.set(cipher.getAuthTag(), at + part.length);
    at += part.length + TAG;
    giveBack(part);
  }
  key.fill(0);
  return sealed;
}
