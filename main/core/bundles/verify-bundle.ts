import { compactVerify, importJWK } from 'jose';
import { z } from 'zod';
import { checkCatalogue } from '../../../domain/catalogue/check-catalogue.ts';
import type { Catalogue } from '../../../domain/catalogue/catalogue.ts';
import { err, ok, type Result } from '../../../domain/result.ts';
import type { BundleKind, KeyBundle } from '../../../domain/wire/platform.ts';
import { readPolicy, type ReadPolicy } from '../../../kiosk-config/index.ts';
import { recipientOf } from '../seal/age-recipient.ts';
import type { CurrentBundle } from './contract.ts';

/**
 * Why a bundle was refused. `content`: rightly signed, but not usable; `demo`: made for demonstrations, and this
 * terminal is in production.
 */
export type BundleRefusal =
  'signature' | 'kind' | 'shape' | 'content' | 'demo' | 'olderVersion' | 'sameVersionDiffers';

/** Content of each kind of bundle. */
export interface BundleContents {
  readonly catalogue: Catalogue;
  readonly keys: KeyBundle;
  readonly policy: ReadPolicy;
}

const bundleShape = z.object({
  kind: z.enum(['catalogue', 'keys', 'policy']),
  version: z.int().nonnegative(),
  issuedAt: z.iso.datetime({ offset: true }),
  content: z.unknown(),
});

/** One mistyped character passes any pattern, and then no submission could be sealed any more. */
function canBeSealedTo(recipient: string): boolean {
  try {
    recipientOf(recipient);
    return true;
  } catch {
    return false;
  }
}

const keysShape = z.object({
  recipients: z
    .array(
      z.object({
        id: z.string().regex(/^[0-9a-f]{16}$/),
        // Bech32 of an X25519 public key
        recipient: z
          .string()
          .regex(/^age1[02-9ac-hj-np-z]{58}$/)
          .refine(canBeSealedTo),
        purpose: z.enum(['platform', 'recovery']),
      }),
    )
    .min(1)
    .refine((all) => all.some(({ purpose }) => purpose === 'platform')),
  terminals: z.array(
    z.object({
      terminalId: z.string(),
      keyId: z.string().regex(/^[0-9a-f]{8}$/),
      publicKey: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
      place: z.string().regex(/^\d{12}$/),
      revokedAt: z.string().exactOptional(),
    }),
  ),
});

const CHECKS: {
  readonly [K in BundleKind]: (content: unknown) => BundleContents[K] | undefined;
} = {
  catalogue(content) {
    const checked = checkCatalogue(content);
    return checked.ok ? checked.catalogue : undefined;
  },
  keys: (content) => keysShape.safeParse(content).data,
  policy(content) {
    const read = readPolicy(content);
    return read.ok ? read.value : undefined;
  },
};

function parsePayload(payload: Uint8Array): z.infer<typeof bundleShape> | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(payload);
    return bundleShape.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/**
 * Checks a bundle whole: signature by the pinned root, type, kind and version in the signed header and in
 * the payload, content. Whether the version is new enough is the store's question.
 * @param rootKey Ed25519, raw 32 bytes as base64url
 */
export async function verifyBundle<K extends BundleKind>(
  jws: string,
  kind: K,
  rootKey: string,
): Promise<Result<CurrentBundle<BundleContents[K]>, BundleRefusal>> {
  let verified;
  try {
    const root = await importJWK({ kty: 'OKP', crv: 'Ed25519', x: rootKey }, 'EdDSA');
    verified = await compactVerify(jws, root, { algorithms: ['EdDSA'] });
  } catch {
    return err('signature');
  }
  const header = verified.protectedHeader as unknown as Readonly<Record<string, unknown>>;
  if (header['typ'] !== 'bianmin-bundle+jws' || header['kind'] !== kind) return err('kind');
  const bundle = parsePayload(verified.payload);
  if (!bundle) return err('shape');
  if (bundle.kind !== kind || header['version'] !== bundle.version) return err('kind');
  const content: BundleContents[K] | undefined = CHECKS[kind](bundle.content);
  if (content === undefined) return err('content');
  return ok({ version: bundle.version, issuedAt: bundle.issuedAt, content });
}
