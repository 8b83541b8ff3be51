import { createCipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { Encrypter } from 'age-encryption';
import { giveBack } from './give-back.ts';

// https://age-encryption.org/v1: the payload is sealed in chunks of 64 KiB, each with its own tag
const CHUNK = 64 * 1024;
const TAG = 16;
const NONCE = 16;

/** What stands before the payload, and the key that the recipients find in it. */
async function headerFor(
  recipients: readonly string[],
): Promise<{ readonly header: Uint8Array; readonly fileKey: Uint8Array }> {
  let fileKey: Uint8Array | undefined;
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  encrypter.addRecipient({
    wrapFileKey(key) {
      fileKey = key.slice();
      return [];
    },
  });
  const file = await encrypter.encrypt(new Uint8Array(0));
  if (!fileKey) throw new Error('the library handed no file key to a recipient');
  // behind it stand the nonce of a payload and the tag of its one empty chunk, which nobody ever sees
  return { header: file.subarray(0, file.length - NONCE - TAG), fileKey };
}

/**
 * Seals one file in the age format (https://age-encryption.org/v1). The header is made by `age-encryption`, the
 * payload by the cipher of Node: that of the library takes more than four times as long (docs/performance.md), and the
 * compiler and collector that help it take both cores of a small machine away from the main thread.
 * @param clear stays as it is
 * @param recipients `age1…`, at least one
 * @throws Error when a recipient is none
 */
export async function ageFile(
  clear: Uint8Array,
  recipients: readonly string[],
): Promise<Uint8Array<ArrayBuffer>> {
  const { header, fileKey } = await headerFor(recipients);
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
