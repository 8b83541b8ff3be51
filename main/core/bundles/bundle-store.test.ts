import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CompactSign } from 'jose';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { err, ok } from '../../../domain/result.ts';
import type { BundleKind } from '../../../domain/wire/platform.ts';
import { makeDisk, type Disk } from '../outbox/disk.test-helper.ts';
import { openIndex, type IndexDb } from '../storage/index-db.ts';
import { openBundleStore, type BundleStore } from './bundle-store.ts';

const ROOT = generateKeyPairSync('ed25519');
const rootKey = String(ROOT.publicKey.export({ format: 'jwk' }).x);
const ADOPTED = Date.parse('2026-11-02T04:00:00.000Z');
const LATER = ADOPTED + 60_000;

let disk: Disk;
let other: IndexDb | undefined;
beforeEach(async () => {
  disk = await makeDisk();
});
afterEach(() => {
  other?.close();
  other = undefined;
  disk.close();
});

const signed = (
  version: number,
  kind: BundleKind = 'keys',
  content: unknown = disk.keys,
): Promise<string> => {
  const payload = { kind, version, issuedAt: '2026-11-02T04:00:00Z', content };
  return new CompactSign(Buffer.from(JSON.stringify(payload)))
    .setProtectedHeader({ alg: 'EdDSA', typ: 'bianmin-bundle+jws', kind, version })
    .sign(ROOT.privateKey);
};
const opened = async (db: IndexDb, at: number): Promise<BundleStore> => {
  const store = await openBundleStore(disk.folder, db, disk.audit, () => at);
  await store.load(rootKey);
  return store;
};
const adoptedAt = (db: IndexDb): unknown =>
  db.get("SELECT adopted_at FROM bundle WHERE kind = 'keys'")?.['adopted_at'];

test('a bundle that is given once more takes its new etag, and stays adopted when it was', async () => {
  const jws = await signed(3);
  const first = await opened(disk.db, ADOPTED);
  expect(await first.adopt('keys', jws, '"a"', rootKey)).toEqual(ok(true));
  expect(first.etag('keys')).toBe('"a"');
  const store = await opened(disk.db, LATER);
  expect([store.etag('keys'), store.versions()]).toEqual(['"a"', { keys: 3 }]);
  expect(await store.adopt('keys', jws, '"b"', rootKey)).toEqual(ok(false));
  expect([store.etag('keys'), adoptedAt(disk.db)]).toEqual(['"b"', '2026-11-02T04:00:00.000Z']);
  expect(await store.adopt('keys', jws, undefined, rootKey)).toEqual(ok(false));
  expect(store.etag('keys')).toBeUndefined();
  expect(await store.adopt('keys', await signed(4), '"c"', rootKey)).toEqual(ok(true));
  expect([store.etag('keys'), adoptedAt(disk.db)]).toEqual(['"c"', '2026-11-02T04:01:00.000Z']);
});

test('after the index was lost a bundle is asked for whole once, and not in every round', async () => {
  const jws = await signed(3);
  const before = await opened(disk.db, ADOPTED);
  expect(await before.adopt('keys', jws, '"a"', rootKey)).toEqual(ok(true));
  other = openIndex(join(disk.folder, 'another.db'), LATER).db;
  const store = await opened(other, LATER);
  expect([store.versions(), store.etag('keys')]).toEqual([{ keys: 3 }, undefined]);
  expect(await store.adopt('keys', jws, '"a"', rootKey)).toEqual(ok(false));
  expect(store.etag('keys')).toBe('"a"');
});

test('versions that were forgotten for a root that was not pinned then are known again by the next start', async () => {
  const before = await opened(disk.db, ADOPTED);
  expect(await before.adopt('keys', await signed(3), undefined, rootKey)).toEqual(ok(true));
  before.forgetVersions();
  expect([before.versions(), adoptedAt(disk.db)]).toEqual([{}, undefined]);
  const store = await opened(disk.db, LATER);
  expect(await store.adopt('keys', await signed(2), undefined, rootKey)).toEqual(
    err('olderVersion'),
  );
  expect(store.versions()).toEqual({ keys: 3 });
});

test.each([
  ['the first one', []],
  ['one in the place of another', [3]],
])(
  'a bundle whose file lies there when the power goes, %s, is written down when it is given once more',
  async (_, earlier) => {
    const first = await opened(disk.db, ADOPTED);
    for (const version of earlier) {
      expect(await first.adopt('keys', await signed(version), '"a"', rootKey)).toEqual(ok(true));
    }
    const jws = await signed(4);
    const record = (): never => {
      throw new Error('the power goes');
    };
    const cutOff = await openBundleStore(
      disk.folder,
      disk.db,
      { ...disk.audit, record },
      () => ADOPTED,
    );
    await cutOff.load(rootKey);
    await expect(cutOff.adopt('keys', jws, '"b"', rootKey)).rejects.toThrow('the power goes');
    const adoptions = earlier.map((version) => `bundleAdopted keys ${version}`);
    expect(disk.events()).toEqual(adoptions);
    const store = await opened(disk.db, LATER);
    expect([store.versions(), store.etag('keys')]).toEqual([{ keys: 4 }, undefined]);
    // once, however often it is given
    for (const etag of ['"b"', '"c"']) {
      expect(await store.adopt('keys', jws, etag, rootKey)).toEqual(ok(false));
      expect(store.etag('keys')).toBe(etag);
      expect(disk.events()).toEqual([...adoptions, 'bundleAdopted keys 4']);
    }
    expect(adoptedAt(disk.db)).toBe('2026-11-02T04:01:00.000Z');
  },
);

test('a policy with a wrong value that an earlier program took makes room for the one before it', async () => {
  const before = await opened(disk.db, ADOPTED);
  const wrong = await signed(2, 'policy', { backlog: { maxItems: 'five' } });
  expect(await before.adopt('policy', wrong, '"b"', rootKey)).toEqual(err('content'));
  const right = await signed(1, 'policy', { backlog: { maxItems: 5 } });
  writeFileSync(join(disk.folder, 'bundles', 'policy.jws'), wrong);
  writeFileSync(join(disk.folder, 'bundles', 'policy.previous.jws'), right);
  const store = await opened(disk.db, LATER);
  expect(store.current().policy).toMatchObject({
    version: 1,
    content: { policy: { backlog: { maxItems: 5 } } },
  });
  expect(store.refusals().get('policy')).toBe('content');
  expect(disk.events().at(-1)).toBe('bundleRefused policy content');
});
