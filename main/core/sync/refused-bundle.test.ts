import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { CompactSign } from 'jose';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ok } from '../../../domain/result.ts';
import { openBundleStore, type BundleStore } from '../bundles/bundle-store.ts';
import { makeDisk, type Disk } from '../outbox/disk.test-helper.ts';
import { quietParts, TIME } from './keeper.test-helper.ts';
import { createKeeper } from './keeper.ts';
import { json, makeLine, problemAnswer, until, type Line } from './line.test-helper.ts';
import type { Loop } from './loop.ts';

const OURS = generateKeyPairSync('ed25519');
const STRANGER = generateKeyPairSync('ed25519');
const rootOf = (key: KeyObject): string => String(key.export({ format: 'jwk' }).x);

let disk: Disk;
let line: Line;
let loop: Loop | undefined;
let store: BundleStore;
let root: string;
let ends: number;
/** Which kinds were told to fail, at the end of each round. */
let failing: string[];
/** What the platform has of keys; it has no other kind. */
let published: { readonly jws: string; readonly etag: string };
/** Whether its heartbeats tell of it. */
let tells: boolean;
/** Something on the way takes the ETag off. */
let strips: boolean;
/** What was sent whole, by its ETag. */
let fetched: string[];

beforeEach(async () => {
  disk = await makeDisk();
  line = makeLine();
  root = rootOf(OURS.publicKey);
  tells = true;
  strips = false;
  fetched = [];
  failing = [];
  await publish(3, STRANGER.privateKey);
  line.answer = ({ path, headers }) => {
    if (path.startsWith('/v1/feed')) {
      const empty = { events: [], cursor: 0, more: false, archivedThrough: 0, serverTime: TIME };
      return json(200, empty);
    }
    const { jws, etag } = published;
    if (path === '/v1/heartbeats') {
      const bundles = tells ? { bundles: { keys: etag } } : {};
      return json(202, { result: 'noted', serverTime: TIME, ...bundles });
    }
    if (path !== '/v1/bundles/keys') return problemAnswer(404, 'notFound');
    if (headers?.['if-none-match'] === etag) {
      return ok({ status: 304, headers: {}, body: Buffer.alloc(0) });
    }
    fetched.push(etag);
    return ok({ status: 200, headers: strips ? {} : { etag }, body: Buffer.from(jws) });
  };
});
afterEach(async () => {
  await loop?.stop();
  disk.close();
});

const publish = async (version: number, key: KeyObject): Promise<void> => {
  const kind = 'keys';
  const content = JSON.stringify({ kind, version, issuedAt: TIME, content: disk.keys });
  const jws = await new CompactSign(Buffer.from(content))
    .setProtectedHeader({ alg: 'EdDSA', typ: 'bianmin-bundle+jws', kind, version })
    .sign(key);
  published = { jws, etag: `"${version}"` };
};

/** Starts the core's part anew: what it had in memory is gone. */
const start = async (): Promise<void> => {
  await loop?.stop();
  ends = 0;
  store = await openBundleStore(disk.folder, disk.db, disk.audit, () => 0);
  loop = createKeeper({
    ...quietParts(disk, line, store, () => root),
    onError: (error) => expect.unreachable(String(error)),
    onBundlesFailing: (kinds) => void failing.push(...kinds),
    onRoundEnd: () => void (ends += 1),
  });
  loop.start();
  await until('round', () => ends === 1 && disk.clock.waits.length > 0);
};
const rounds = async (count: number): Promise<void> => {
  for (let n = 0; n < count; n += 1) {
    const before = ends;
    disk.clock.go(disk.clock.waits[0] ?? 0);
    await until('round', () => ends === before + 1 && disk.clock.waits.length > 0);
  }
};

test.each([true, false])(
  'a bundle that was wrongly signed twice comes over the line no more while the platform has no other, and stays told (heartbeats tell of it: %s)',
  async (told) => {
    tells = told;
    await start();
    await rounds(3);
    const three = ['"3"', '"3"'];
    expect(fetched).toEqual(three);
    expect(store.refusals().get('keys')).toBe('signature');
    await publish(4, STRANGER.privateKey);
    await rounds(3);
    const four = [...three, '"4"', '"4"'];
    expect(fetched).toEqual(four);
    await publish(5, OURS.privateKey);
    await rounds(2);
    expect(fetched).toEqual([...four, '"5"']);
    expect(store.current().keys?.version).toBe(5);
    expect(store.refusals().size).toBe(0);
    // and beside one that is in force
    await publish(6, STRANGER.privateKey);
    await rounds(3);
    expect(fetched).toEqual([...four, '"5"', '"6"', '"6"']);
    expect(store.refusals().get('keys')).toBe('signature');
    expect(store.current().keys?.version).toBe(5);
  },
);

test('it is asked for anew under another root, after versions were forgotten, and when the core starts', async () => {
  await start();
  await rounds(2);
  expect(fetched).toHaveLength(2);
  await start();
  expect(fetched).toHaveLength(3);
  await rounds(2);
  expect(fetched).toHaveLength(4);
  store.forgetVersions();
  await rounds(2);
  expect(fetched).toHaveLength(5);
  root = rootOf(STRANGER.publicKey);
  await rounds(1);
  expect(fetched).toHaveLength(6);
  expect(store.current().keys?.version).toBe(3);
});

test('one that something on the way cut short once is had all the same', async () => {
  await publish(3, OURS.privateKey);
  const whole = published;
  const { answer } = line;
  const cut = Buffer.from(whole.jws.slice(0, -10));
  line.answer = (request) =>
    request.path === '/v1/bundles/keys' && fetched.length === 0
      ? (fetched.push('cut'), ok({ status: 200, headers: { etag: whole.etag }, body: cut }))
      : answer(request);
  await start();
  expect(store.refusals().get('keys')).toBe('signature');
  await rounds(2);
  expect(fetched).toEqual(['cut', '"3"']);
  expect(store.current().keys?.version).toBe(3);
  expect(store.refusals().size).toBe(0);
});

test('one that is rightly signed and refused comes over the line once', async () => {
  await publish(3, OURS.privateKey);
  await start();
  await publish(2, OURS.privateKey);
  await rounds(4);
  expect(fetched).toEqual(['"3"', '"2"']);
  expect(store.refusals().get('keys')).toBe('olderVersion');
});

test.each([true, false])(
  'one whose ETag something on the way takes off is fetched ever more seldom while it is the same, and another at once (rightly signed: %s)',
  async (right) => {
    const signing = (right ? OURS : STRANGER).privateKey;
    strips = true;
    await publish(3, signing);
    await start();
    const day = disk.clock.now() + 24 * 60 * 60_000;
    while (disk.clock.now() < day) await rounds(1);
    expect(fetched.length).toBeGreaterThan(20);
    expect(fetched.length).toBeLessThan(40);
    expect(store.current().keys?.version).toBe(right ? 3 : undefined);
    // what is wrongly signed is told as that, what is in force is no trouble
    expect(failing).toEqual([]);
    await publish(4, OURS.privateKey);
    await rounds(2);
    expect(store.current().keys?.version).toBe(4);
  },
);
