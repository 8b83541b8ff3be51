import type { Worker } from 'node:worker_threads';
import { Decrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { bech32 } from '@scure/base';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createAgeSeal } from './age-seal.ts';
import { paddedJson } from './padding.ts';

/** One character of a recipient is another one. */
function mistyped(recipient = ''): string {
  const last = recipient.endsWith('q') ? 'p' : 'q';
  return recipient.slice(0, -1) + last;
}
/** A key of 32 zero bytes makes the same secret with everybody's. */
const everybodys = bech32.encodeFromBytes('age', new Uint8Array(32));

test.each([1000, 100_000])(
  'each recipient opens %i bytes, a wrong recipient is an error',
  async (size) => {
    const seal = createAgeSeal();
    const identities = [await generateX25519Identity(), await generateX25519Identity()];
    const recipients = await Promise.all(
      identities.map((identity) => identityToRecipient(identity)),
    );
    const clear = new Uint8Array(size).fill(9);
    const copy = (): Uint8Array => new Uint8Array(clear);
    const sealed = await seal.seal(copy(), recipients);
    for (const identity of identities) {
      const open = new Decrypter();
      open.addIdentity(identity);
      expect(Buffer.from(await open.decrypt(sealed)).equals(Buffer.from(clear))).toBe(true);
    }
    await expect(seal.seal(copy(), ['age1nobody'])).rejects.toThrow();
    await expect(seal.seal(copy(), [mistyped(recipients[0])])).rejects.toThrow();
    await expect(seal.seal(copy(), [everybodys])).rejects.toThrow();
    await expect(seal.seal(copy(), [])).rejects.toThrow();
    // still works after an error
    expect((await seal.seal(new Uint8Array(0), recipients)).length).toBeGreaterThan(100);
    await seal.close();
    await expect(seal.seal(copy(), recipients)).rejects.toThrow(/closed/);
  },
);

test.each([
  ['at once', 65_536, 0],
  ['by a thread of its own', 65_537, 1],
])(
  'bytes are taken and wiped, a part of others is copied and stays: %s',
  async (_how, size, threads) => {
    const started: Worker[] = [];
    const count = (worker: Worker): void => void started.push(worker);
    process.on('worker', count);
    const own = createAgeSeal();
    const recipients = [await identityToRecipient(await generateX25519Identity())];
    const more = new Uint8Array(size + 1000).fill(9);
    await own.seal(more.subarray(0, size), recipients);
    expect(more.every((byte) => byte === 9)).toBe(true);
    const whole = new Uint8Array(size).fill(9);
    await own.seal(whole, recipients);
    expect(whole.length).toBe(0);
    await own.close();
    process.off('worker', count);
    expect(started.length).toBe(threads);
  },
);

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
