import { webcrypto } from 'node:crypto';
import { PHONE_PAGE, PHONE_PAGE_INFO, PHONE_PAGE_VERSION } from '../../../domain/wire/phone.ts';

const CURVE = { name: 'ECDH', namedCurve: 'P-256' } as const;

/** A key for one transfer. The private half never leaves the core's memory and dies with the transfer. */
export interface TransferKey {
  /** Raw P-256 point, base64url: what stands behind the `#`. */
  readonly publicKey: string;
  /** Opens a sealed page; undefined when it was not sealed to this key and transfer, or is damaged. */
  open(transferId: string, sealed: Uint8Array): Promise<Uint8Array | undefined>;
}

/** Makes a fresh key. */
export async function newTransferKey(): Promise<TransferKey> {
  const { subtle } = webcrypto;
  const pair = await subtle.generateKey(CURVE, false, ['deriveBits']);
  const raw = await subtle.exportKey('raw', pair.publicKey);
  return {
    publicKey: Buffer.from(raw).toString('base64url'),
    async open(transferId, sealed) {
      const { publicKeyAt, nonceAt, sealedAt, tagBytes } = PHONE_PAGE;
      if (sealed[0] !== PHONE_PAGE_VERSION || sealed.length <= sealedAt + tagBytes)
        return undefined;
      const bytes = Uint8Array.from(sealed);
      try {
        const theirs = bytes.slice(publicKeyAt, nonceAt);
        const point = await subtle.importKey('raw', theirs, CURVE, false, []);
        const secret = await subtle.deriveBits({ ...CURVE, public: point }, pair.privateKey, 256);
        const base = await subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey']);
        const key = await subtle.deriveKey(
          {
            name: 'HKDF',
            hash: 'SHA-256',
            salt: Buffer.from(transferId),
            info: Buffer.from(PHONE_PAGE_INFO),
          },
          base,
          { name: 'AES-GCM', length: 256 },
          false,
          ['decrypt'],
        );
        const clear = await subtle.decrypt(
          {
            name: 'AES-GCM',
            iv: bytes.slice(nonceAt, sealedAt),
            additionalData: bytes.slice(0, nonceAt),
          },
          key,
          bytes.slice(sealedAt),
        );
        return new Uint8Array(clear);
      } catch {
        // A point that is none, a tag that does not fit: whoever sent it, it is no page of ours.
        return undefined;
      }
    },
  };
}
