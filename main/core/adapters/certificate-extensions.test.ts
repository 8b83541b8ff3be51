import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limitsOf } from './certificate-extensions.ts';

describe('what a certificate says of its own use', () => {
  const roots = rootCertificates.map((pem) => new X509Certificate(pem));

  it('is read of every root that Node comes with: all may sign certificates, and none has what is not known', () => {
    for (const { raw, subject, ca } of roots) {
      const limits = limitsOf(raw);
      expect(limits, subject).toMatchObject({ constrainsNames: false, hasUnknownCritical: false });
      expect(ca && ((limits?.keyUsage ?? 0xff) & 0x04) !== 0, subject).toBe(true);
    }
  });

  it('is nothing where bytes are missing or too many, and nothing makes the reader throw', () => {
    const raw = new Uint8Array(roots[0]?.raw ?? []);
    for (let length = 0; length < raw.length; length += 1) {
      expect(limitsOf(raw.subarray(0, length))).toBeUndefined();
    }
    expect(limitsOf(Uint8Array.of(...raw, 0))).toBeUndefined();
    const place = fc.nat(raw.length - 1);
    fc.assert(
      fc.property(place, fc.nat(255), (at, byte) => {
        limitsOf(raw.with(at, byte));
      }),
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void limitsOf(bytes)));
  });
});
