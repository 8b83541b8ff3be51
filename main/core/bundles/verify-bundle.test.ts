import { generateKeyPairSync } from 'node:crypto';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { bech32 } from '@scure/base';
import { CompactSign } from 'jose';
import { expect, test } from 'vitest';
import type { BundleKind } from '../../../domain/wire/platform.ts';
import { verifyBundle } from './verify-bundle.ts';

const root = generateKeyPairSync('ed25519');
const rootPublic = String(root.publicKey.export({ format: 'jwk' }).x);

function signed(
  payload: string,
  header: Readonly<Record<string, unknown>> = {},
  key = root.privateKey,
): Promise<string> {
  return new CompactSign(Buffer.from(payload))
    .setProtectedHeader({
      alg: 'EdDSA',
      typ: 'bianmin-bundle+jws',
      kind: 'keys',
      version: 1,
      ...header,
    })
    .sign(key);
}
const bundle = (content: unknown, change: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({
    kind: 'keys',
    version: 1,
    issuedAt: '2026-01-01T00:00:00Z',
    content,
    ...change,
  });
const refusal = async (jws: string, kind: BundleKind = 'keys'): Promise<string> => {
  const read = await verifyBundle(jws, kind, rootPublic);
  return read.ok ? 'taken' : read.error;
};
const recipient = await identityToRecipient(await generateX25519Identity());
const keys = (text: string = recipient) => ({
  recipients: [{ id: '0'.repeat(16), recipient: text, purpose: 'platform' }],
  terminals: [],
});

test('a sound bundle is taken; by another key, as another kind or version it is not', async () => {
  expect(await refusal(await signed(bundle(keys())))).toBe('taken');
  const stranger = generateKeyPairSync('ed25519').privateKey;
  expect(await refusal(await signed(bundle(keys()), {}, stranger))).toBe('signature');
  expect(await refusal('a.b.c')).toBe('signature');
  const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`;
  expect(await refusal(none)).toBe('signature');
  expect(await refusal(await signed(bundle(keys())), 'policy')).toBe('kind');
  expect(await refusal(await signed(bundle(keys()), { kind: 'policy' }), 'policy')).toBe('kind');
  expect(await refusal(await signed(bundle(keys()), { version: 2 }))).toBe('kind');
  expect(await refusal(await signed(bundle(keys()), { typ: 'JWT' }))).toBe('kind');
});

test('keys nobody could be sealed to are refused whole: none, one that was mistyped, one that hides nothing', async () => {
  expect(await refusal(await signed(bundle({ ...keys(), recipients: [] })))).toBe('content');
  const last = recipient.at(-1) === 'q' ? 'p' : 'q';
  const mistyped = recipient.slice(0, -1) + last;
  expect(await refusal(await signed(bundle(keys(mistyped))))).toBe('content');
  // of 32 zero bytes: the same secret with everybody
  const everybodys = bech32.encodeFromBytes('age', new Uint8Array(32));
  expect(await refusal(await signed(bundle(keys(everybodys))))).toBe('content');
});

test('a policy is taken with words that are not known, and refused whole with a wrong value', async () => {
  const policy = async (content: unknown): Promise<string> =>
    refusal(await signed(bundle(content, { kind: 'policy' }), { kind: 'policy' }), 'policy');
  expect(await policy({ environment: 'demo', newerWord: 1 })).toBe('taken');
  expect(await policy({ backlog: { maxItems: '5' } })).toBe('content');
  expect(await policy('none')).toBe('content');
});

test.each(['keys', 'catalogue', 'policy'] as const)(
  '%s nested without end are refused, and stop nothing',
  async (kind) => {
    const deep = `${'{"a":'.repeat(200_000)}1${'}'.repeat(200_000)}`;
    const payload = bundle(0, { kind }).replace('"content":0', `"content":${deep}`);
    expect(['taken', 'content', 'shape']).toContain(
      await refusal(await signed(payload, { kind }), kind),
    );
    const inside = `{"catalogueVersion":"1","services":[{"id":"a","form":${deep}}]}`;
    const services = bundle(0, { kind }).replace('"content":0', `"content":${inside}`);
    expect(['taken', 'content', 'shape']).toContain(
      await refusal(await signed(services, { kind }), kind),
    );
  },
);
