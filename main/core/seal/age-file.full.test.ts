import { Decrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { expect, test } from 'vitest';
import { ageFile } from './age-file.ts';
import { giveBack } from './give-back.ts';

const CHUNK = 65_536;

async function opened(sealed: Uint8Array, identity: string): Promise<Buffer> {
  const open = new Decrypter();
  open.addIdentity(identity);
  return Buffer.from(await open.decrypt(sealed));
}

test('the library opens what is sealed, at every edge of a chunk, with the key of each recipient', async () => {
  const identities = [await generateX25519Identity(), await generateX25519Identity()];
  const recipients = await Promise.all(identities.map((identity) => identityToRecipient(identity)));
  for (const size of [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 7, 300 * CHUNK]) {
    const clear = Buffer.from(Uint8Array.from({ length: size }, (_, at) => (at * 31) % 251));
    const sealed = ageFile(clear, recipients);
    expect(clear.every((byte, at) => byte === (at * 31) % 251)).toBe(true);
    for (const identity of size > 10 * CHUNK ? identities.slice(1) : identities) {
      expect((await opened(sealed, identity)).equals(clear), String(size)).toBe(true);
    }
  }
}, 60_000);

test('nobody else opens it, and no part of it can be changed, left out or put elsewhere', async () => {
  const identity = await generateX25519Identity();
  const recipients = [await identityToRecipient(identity)];
  const clear = new Uint8Array(3 * CHUNK).fill(9);
  const sealed = ageFile(clear, recipients);
  await expect(opened(sealed, await generateX25519Identity())).rejects.toThrow();
  const payload = sealed.length - 3 * (CHUNK + 16);
  for (const at of [10, payload - 1, payload, payload + CHUNK + 20, sealed.length - 1]) {
    const changed = Uint8Array.from(sealed);
    changed[at] = (changed[at] ?? 0) ^ 1;
    await expect(opened(changed, identity), String(at)).rejects.toThrow();
  }
  await expect(opened(sealed.slice(0, sealed.length - CHUNK - 16), identity)).rejects.toThrow();
  const swapped = Uint8Array.from(sealed);
  swapped.copyWithin(payload, payload + CHUNK + 16, payload + 2 * (CHUNK + 16));
  await expect(opened(swapped, identity)).rejects.toThrow();
});

test('the same bytes sealed twice have nothing in common: no key, share, code or nonce', async () => {
  const identities = [await generateX25519Identity(), await generateX25519Identity()];
  const recipients = await Promise.all(identities.map((identity) => identityToRecipient(identity)));
  const clear = new Uint8Array(1000).fill(7);
  const seen = new Set<string>();
  const count = (bytes: Uint8Array | string): void =>
    void seen.add(Buffer.from(bytes).toString('hex'));
  for (const sealed of [ageFile(clear, recipients), ageFile(clear, recipients)]) {
    // nonce, then the only chunk
    const header = sealed.subarray(0, -1032);
    count(sealed.subarray(-1032, -1016));
    count(sealed.subarray(-1016, -1000));
    const opener = new Decrypter();
    for (const identity of identities) opener.addIdentity(identity);
    const fileKey = await opener.decryptHeader(header);
    expect(fileKey).toHaveLength(16);
    count(fileKey);
    // of each recipient a share and the wrapped key, then the code
    const parts = Buffer.from(header)
      .toString()
      .matchAll(/[\w+/]{43}/g);
    for (const [part] of parts) count(part);
  }
  expect(seen.size).toBe(2 * (2 + 1 + 4 + 1));
});

test('memory that is given back is empty, and of a part nothing is taken', () => {
  const whole = new Uint8Array(5000).fill(9);
  giveBack(whole.subarray(0, 4096));
  expect(whole.every((byte) => byte === 9)).toBe(true);
  giveBack(whole);
  expect(whole.length).toBe(0);
});
