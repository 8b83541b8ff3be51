import { webcrypto } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PHONE_PAGE_INFO } from '../../../domain/wire/phone.ts';
import { newTransferKey } from './open-phone-page.ts';

const CURVE = { name: 'ECDH', namedCurve: 'P-256' } as const;
const ID = 'AAAAAAAAAAAAAAAAAAAAAA';

/** Seals as the phone's page does, by the words of the format alone. */
async function seal(publicKey: string, transferId: string, clear: Uint8Array): Promise<Uint8Array> {
  const { subtle } = webcrypto;
  const theirs = Buffer.from(publicKey, 'base64url');
  const point = await subtle.importKey('raw', theirs, CURVE, false, []);
  const mine = await subtle.generateKey(CURVE, true, ['deriveBits']);
  const secret = await subtle.deriveBits({ ...CURVE, public: point }, mine.privateKey, 256);
  const base = await subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey']);
  const salt = Buffer.from(transferId);
  const key = await subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt, info: Buffer.from(PHONE_PAGE_INFO) },
    base,
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt'],
  );
  const own = new Uint8Array(await subtle.exportKey('raw', mine.publicKey));
  const head = Uint8Array.from([1, ...own]);
  const iv = webcrypto.getRandomValues(new Uint8Array(12));
  const bytes = Uint8Array.from(clear);
  const sealed = await subtle.encrypt({ name: 'AES-GCM', iv, additionalData: head }, key, bytes);
  return Uint8Array.from([...head, ...iv, ...new Uint8Array(sealed)]);
}

describe('a page that a phone sealed', () => {
  const page = Uint8Array.from([0xff, 0xd8, 1, 2, 3]);

  it('is opened by the key of its own transfer only', async () => {
    const key = await newTransferKey();
    const sealed = await seal(key.publicKey, ID, page);
    expect(await key.open(ID, sealed)).toEqual(page);
    expect(await key.open('BBBBBBBBBBBBBBBBBBBBBB', sealed)).toBeUndefined();
    expect(await (await newTransferKey()).open(ID, sealed)).toBeUndefined();
  });

  it('is not opened when a single bit of it is another one', async () => {
    const key = await newTransferKey();
    const sealed = await seal(key.publicKey, ID, page);
    for (const at of [0, 1, 30, 66, 77, 78, sealed.length - 1]) {
      const other = Uint8Array.from(sealed);
      other[at] = (other[at] ?? 0) ^ 1;
      expect(await key.open(ID, other), `byte ${String(at)}`).toBeUndefined();
    }
  });

  it('never breaks the terminal, whatever bytes come', async () => {
    const key = await newTransferKey();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        bytes[0] = 1;
        expect(await key.open(ID, bytes)).toBeUndefined();
      }),
      { numRuns: 100 },
    );
  });
});
