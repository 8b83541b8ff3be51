import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { envelopeFraming, parseEnvelope } from '../../../domain/envelope/header.ts';
import { createAuditChain, verifyChain } from '../audit/chain.ts';
import { keyIdOf, signerFromSeed } from '../keys/ed25519.ts';
import { sha256Hex } from './blob-folder.ts';
import { makeDisk, type Disk } from './disk.test-helper.ts';
import { readHeader } from './rebuild.ts';

let disk: Disk;
beforeEach(async () => {
  disk = await makeDisk();
});
afterEach(() => disk.close());

/** Their ids, eight digits of a hash, are the same. */
const [own, other] = ['104765', '130260'].map((text) =>
  signerFromSeed(createHash('sha256').update(text).digest()),
) as [ReturnType<typeof signerFromSeed>, ReturnType<typeof signerFromSeed>];
const orders = [
  ['before', [other.publicKey, own.publicKey]],
  ['behind', [own.publicKey, other.publicKey]],
] as const;

test.each(orders)(
  'another terminal’s key with the same id, %s its own: an envelope is known all the same',
  async (_where, knownKeys) => {
    expect(keyIdOf(own.publicKey)).toBe(keyIdOf(other.publicKey));
    const { envelopeSha256 } = await disk.store();
    const stored = parseEnvelope(await disk.blobs.read(envelopeSha256), (bytes) =>
      Buffer.from(bytes).toString(),
    );
    if (!stored) throw new Error('no envelope');
    const header = { ...stored.header, terminalKeyId: own.keyId };
    const framing = envelopeFraming(Buffer.from(JSON.stringify(header)), (bytes) =>
      Buffer.from(bytes).toString('base64url'),
    );
    const bytes = Buffer.concat([framing.line(own.sign(framing.signedBytes)), stored.body]);
    const name = await sha256Hex(bytes);
    await disk.blobs.write(name, bytes);
    expect(await readHeader(disk.blobs, name, knownKeys)).toMatchObject({ header, whole: true });
    expect(await readHeader(disk.blobs, name, [other.publicKey])).toBeUndefined();
  },
);

test.each(orders)('%s its own: its chain is not told as broken', (_where, knownKeys) => {
  const audit = createAuditChain(disk.db, disk.clock);
  audit.record('coreStarted');
  audit.checkpoint(own);
  expect(verifyChain(audit.rows(), Map.groupBy(knownKeys, keyIdOf))).toMatchObject({ ok: true });
  expect(verifyChain(audit.rows(), new Map([[own.keyId, other.publicKey]]))).toMatchObject({
    error: { what: 'checkpoint' },
  });
});
