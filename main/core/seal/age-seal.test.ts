import { Decrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createAgeSeal } from './age-seal.ts';
import { paddedJson } from './padding.ts';

const seal = createAgeSeal();

test('each recipient opens it, the caller keeps its bytes, a wrong recipient is an error', async () => {
  const identities = [await generateX25519Identity(), await generateX25519Identity()];
  const recipients = await Promise.all(identities.map((identity) => identityToRecipient(identity)));
  const clear = new Uint8Array(100_000).fill(9);
  const sealed = await seal.seal(clear, recipients);
  expect(clear.every((byte) => byte === 9)).toBe(true);
  for (const identity of identities) {
    const open = new Decrypter();
    open.addIdentity(identity);
    expect(Buffer.from(await open.decrypt(sealed)).equals(Buffer.from(clear))).toBe(true);
  }
  await expect(seal.seal(clear, ['age1nobody'])).rejects.toThrow();
  await expect(seal.seal(clear, [])).rejects.toThrow();
  // still works after an error
  expect((await seal.seal(new Uint8Array(0), recipients)).length).toBeGreaterThan(100);
  await seal.close();
  await expect(seal.seal(clear, recipients)).rejects.toThrow(/closed/);
});

test('a padded body has a multiple of 4096 bytes and the same content', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const padded = paddedJson(value);
      expect(padded.length % 4096).toBe(0);
      expect(padded.length).toBeGreaterThan(0);
      expect(JSON.parse(Buffer.from(padded).toString())).toEqual(JSON.parse(JSON.stringify(value)));
    }),
    { numRuns: 30 },
  );
});
