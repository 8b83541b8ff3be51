import { Decrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createAgeSeal } from './age-seal.ts';
import { paddedJson } from './padding.ts';

const seal = createAgeSeal();

test('each recipient opens it, a wrong recipient is an error', async () => {
  const identities = [await generateX25519Identity(), await generateX25519Identity()];
  const recipients = await Promise.all(identities.map((identity) => identityToRecipient(identity)));
  const clear = new Uint8Array(100_000).fill(9);
  const copy = (): Uint8Array => new Uint8Array(clear);
  const sealed = await seal.seal(copy(), recipients);
  for (const identity of identities) {
    const open = new Decrypter();
    open.addIdentity(identity);
    expect(Buffer.from(await open.decrypt(sealed)).equals(Buffer.from(clear))).toBe(true);
  }
  await expect(seal.seal(copy(), ['age1nobody'])).rejects.toThrow();
  await expect(seal.seal(copy(), [])).rejects.toThrow();
  // still works after an error
  expect((await seal.seal(new Uint8Array(0), recipients)).length).toBeGreaterThan(100);
  await seal.close();
  await expect(seal.seal(copy(), recipients)).rejects.toThrow(/closed/);
});

test('bytes of their own move to the worker, a part of others is copied and stays', async () => {
  const own = createAgeSeal();
  const recipients = [await identityToRecipient(await generateX25519Identity())];
  const whole = new Uint8Array(5000).fill(9);
  await own.seal(whole.subarray(0, 4096), recipients);
  expect(whole.every((byte) => byte === 9)).toBe(true);
  await own.seal(whole, recipients);
  expect(whole.length).toBe(0);
  await own.close();
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
