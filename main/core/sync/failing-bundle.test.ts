import { generateKeyPairSync } from 'node:crypto';
import { CompactSign } from 'jose';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ok } from '../../../domain/result.ts';
import { AUDIT_START } from '../../../domain/wire/audit.ts';
import type { BundleKind } from '../../../domain/wire/platform.ts';
import { openBundleStore, type BundleStore } from '../bundles/bundle-store.ts';
import { makeDisk, type Disk } from '../outbox/disk.test-helper.ts';
import { quietParts, TIME } from './keeper.test-helper.ts';
import { createKeeper, type KeeperParts } from './keeper.ts';
import {
  json,
  makeLine,
  noAnswer,
  page,
  problemAnswer,
  until,
  type Answer,
  type Line,
} from './line.test-helper.ts';
import type { Loop } from './loop.ts';

const OURS = generateKeyPairSync('ed25519');
const bundleRoot = String(OURS.publicKey.export({ format: 'jwk' }).x);

let disk: Disk;
let line: Line;
let loop: Loop | undefined;
let store: BundleStore;
/** What the keeper told, in its order. */
let told: string[];
/** What is answered in the place of what the contract says, by the last word of the path. */
let instead: Record<string, Answer>;
/** What the platform has of keys; it has no other kind. */
let published: { readonly jws: string; readonly etag: string };
/** What its heartbeats tell of bundles. */
let tells: Partial<Record<BundleKind, string>> | undefined;
/** How often the disk has no room for a bundle. */
let full: number;
/** Which kinds were said to fail at the end of the last round. */
let failing: readonly string[];

beforeEach(async () => {
  disk = await makeDisk();
  line = makeLine();
  told = [];
  instead = {};
  tells = undefined;
  full = 0;
  await publish(3);
  line.answer = ({ path, headers }) => {
    const name = path.replace(/\?.*/, '').split('/').at(-1)!;
    const other = instead[name];
    if (other) return other;
    if (name === 'feed') {
      const empty = { events: [], cursor: 0, more: false, archivedThrough: 0, serverTime: TIME };
      return json(200, empty);
    }
    const audit = { result: 'held', archivedSeq: 0, seq: 0, hash: AUDIT_START };
    if (name === 'heartbeats') {
      const bundles = tells ? { bundles: tells } : {};
      return json(202, { result: 'noted', serverTime: TIME, audit, ...bundles });
    }
    if (name === 'events') return json(201, { ...audit, ...disk.audit.end() });
    if (name !== 'keys') return problemAnswer(404, 'notFound');
    const { jws, etag } = published;
    if (headers?.['if-none-match'] === etag) {
      return ok({ status: 304, headers: {}, body: Buffer.alloc(0) });
    }
    return ok({ status: 200, headers: { etag }, body: Buffer.from(jws) });
  };
});
afterEach(async () => {
  await loop?.stop();
  disk.close();
});

const publish = async (version: number): Promise<void> => {
  const kind = 'keys';
  const content = JSON.stringify({ kind, version, issuedAt: TIME, content: disk.keys });
  const jws = await new CompactSign(Buffer.from(content))
    .setProtectedHeader({ alg: 'EdDSA', typ: 'bianmin-bundle+jws', kind, version })
    .sign(OURS.privateKey);
  published = { jws, etag: `"${version}"` };
};

const start = async (change: Partial<KeeperParts> = {}): Promise<void> => {
  const real = await openBundleStore(disk.folder, disk.db, disk.audit, () => 0);
  store = {
    ...real,
    adopt: (...what) => (full-- > 0 ? Promise.reject(new Error('no room')) : real.adopt(...what)),
  };
  loop = createKeeper({
    ...quietParts(disk, line, store, () => bundleRoot),
    onError: (error) => void told.push(String(error)),
    housekeeping: () => {
      told.push('housekeeping');
      return Promise.resolve();
    },
    onAuditHeld: () => void told.push('audit'),
    onBack: () => void told.push('back'),
    onBundlesFailing: (kinds) => void (failing = kinds),
    onRoundEnd: () => void told.push('end'),
    ...change,
  });
  loop.start();
  await ended();
};
const ended = async (): Promise<void> => {
  await until('round', () => told.includes('end') && disk.clock.waits.length > 0);
};
/** Lets the wait go by until the next round has ended; how long the wait after it is. */
const again = async (): Promise<number> => {
  told = [];
  line.asked.length = 0;
  line.link.length = 0;
  disk.clock.go(disk.clock.waits[0] ?? 0);
  await ended();
  return disk.clock.waits[0] ?? 0;
};
/** When keys were asked for in rounds until a time, milliseconds from now. */
const times = async (forMs: number): Promise<readonly number[]> => {
  const from = disk.clock.now();
  const at: number[] = [];
  while (disk.clock.now() < from + forMs) {
    await again();
    for (const name of asked()) if (name === 'keys') at.push(disk.clock.now() - from);
    expect(told).not.toContain('back');
  }
  return at;
};
const asked = (): readonly string[] =>
  line.asked.map(({ path }) => path.replace(/\?.*/, '').split('/').at(-1)!);
const USUAL = ['keys', 'catalogue', 'policy', 'feed', 'heartbeats', 'events'];
const WHOLE = ['housekeeping', 'audit', 'housekeeping', 'end'];
const HOUR = 3_600_000;

const ONE_KIND: readonly (readonly [string, Answer])[] = [
  ['500', problemAnswer(500, 'internal')],
  ['a page', page(200)],
  ['a page with 401', page(401)],
  ['a page with 429', page(429)],
  ['a page with 503', page(503)],
  ['an answer too long', noAnswer('answerTooLong', 'status 200')],
];

describe.each(ONE_KIND)('one kind of bundle that is answered by %s', (_what, answer) => {
  test('ends no round: the feed comes next, then the other kinds, heartbeat and audit', async () => {
    disk.audit.record('cardRead');
    instead['keys'] = answer;
    await start();
    expect(new Set(asked())).toEqual(new Set(USUAL));
    expect(asked().filter((name) => name !== 'keys')).toEqual([
      'feed',
      'catalogue',
      'policy',
      'heartbeats',
      'events',
    ]);
    expect(told).toEqual(WHOLE);
    expect(Math.floor(disk.clock.waits[0] ?? 0)).toBe(109_999);
    expect(store.refusals().size).toBe(0);
  });

  test('says nothing of the link, before the feed or after the heartbeat', async () => {
    await start();
    instead['keys'] = answer;
    for (let n = 0; n < 20; n++) {
      tells = n % 2 === 0 ? { keys: `"${n}"` } : undefined;
      await again();
      expect(told).toEqual(WHOLE);
      expect(new Set(line.link)).toEqual(new Set(['online']));
    }
  });

  test('is asked for again ever more seldom while one is in force, up to an hour', async () => {
    await start();
    instead['keys'] = answer;
    const once = asked().filter((name) => name === 'keys').length;
    expect(once).toBe(1);
    const at = await times(24 * HOUR);
    // a 401 has its token renewed, and is asked for once more
    const tries = at.filter((time, n) => time !== at[n - 1]);
    const gaps = tries.slice(1).map((time, n) => time - tries[n]!);
    for (const [n, gap] of gaps.entries()) {
      const least = Math.min(30_000 * 2 ** n, HOUR);
      expect(gap).toBeGreaterThanOrEqual(least);
      // the next round after that
      expect(gap).toBeLessThan(least + 110_001);
    }
    expect(tries).toHaveLength(30);
  });
});

test('a kind of which there is none is asked for in each round, and taken as soon as it is there', async () => {
  instead['keys'] = page(200);
  await start();
  for (let n = 0; n < 20; n++) {
    await again();
    expect(asked().filter((name) => name === 'keys')).toEqual(['keys']);
    expect(told).toEqual(WHOLE);
  }
  delete instead['keys'];
  await again();
  expect(store.current().keys?.version).toBe(3);
});

describe('a bundle for which the disk has no room', () => {
  test('ends no round, is told once each time it is tried, and taken when there is room', async () => {
    disk.audit.record('cardRead');
    full = 2;
    await start();
    expect(asked()).toEqual(USUAL);
    expect(told).toEqual(['housekeeping', 'Error: no room', ...WHOLE.slice(1)]);
    expect(Math.floor(disk.clock.waits[0] ?? 0)).toBe(109_999);
    expect(failing).toEqual([]);
    await again();
    expect(told).toEqual(['housekeeping', 'Error: no room', ...WHOLE.slice(1)]);
    expect(failing).toEqual(['keys notWritten']);
    await again();
    expect(told).toEqual(['housekeeping', 'audit', 'housekeeping', 'end']);
    expect(failing).toEqual([]);
    expect(store.current().keys?.version).toBe(3);
    // and asked for as ever
    await again();
    expect(asked().filter((name) => name === 'keys')).toHaveLength(1);
  });

  test.each([
    ['where none is in force', 0],
    ['beside one in force', 1],
  ])('comes over the line ever more seldom, up to an hour, %s', async (_what, before) => {
    if (before > 0) {
      tells = { keys: '"3"' };
      await start();
      await publish(4);
      tells = { keys: '"4"' };
      full = Infinity;
      await again();
    } else {
      full = Infinity;
      await start();
      tells = { keys: '"3"' };
    }
    expect(asked().filter((name) => name === 'keys')).toHaveLength(1);
    expect(await times(24 * HOUR)).toHaveLength(29);
    // another one may be smaller
    await publish(5);
    tells = { keys: '"5"' };
    full = 1;
    await again();
    expect(asked().filter((name) => name === 'keys')).toEqual(['keys']);
    await again();
    expect(asked()).toContain('keys');
    expect(store.current().keys?.version).toBe(5);
  });
});

test('one that fails is not asked for twice in a round, however long the round takes', async () => {
  tells = { keys: '"3"' };
  full = Infinity;
  const { answer } = line;
  line.answer = (request) => {
    if (request.path.endsWith('policy')) disk.clock.go(HOUR);
    return answer(request);
  };
  await start();
  expect(asked().filter((name) => name === 'keys')).toEqual(['keys']);
});

test('one that failed before the platform told of it is asked for at once when it is another', async () => {
  full = Infinity;
  tells = { keys: '"3"' };
  await start({ pollEveryMs: 10_000 });
  await again();
  expect(asked()).not.toContain('keys');
  await publish(4);
  tells = { keys: '"4"' };
  await again();
  expect(asked()).toContain('keys');
});

describe('what says nothing of one kind alone', () => {
  test.each([
    ['a page', page(200)],
    ['500', problemAnswer(500, 'internal')],
  ])('%s in the place of every answer is no platform: the round fails', async (_what, answer) => {
    await start();
    for (const name of ['keys', 'feed', 'heartbeats', 'catalogue', 'policy'])
      instead[name] = answer;
    for (const wait of [999, 1999, 3999]) {
      expect(await again()).toBe(wait);
      expect(asked()).toEqual(['keys', 'feed']);
      expect(line.link).toEqual(['offline']);
      expect(told).toEqual(['housekeeping', 'end']);
    }
    instead = {};
    await again();
    // and nothing is held against the bundles
    expect(asked()).toEqual(USUAL);
    expect(told).toContain('back');
  });

  test('once the platform has told of bundles, the feed alone asks whether it is there', async () => {
    tells = { keys: '"3"' };
    await start();
    for (const name of ['keys', 'feed', 'heartbeats']) instead[name] = page(200);
    await again();
    expect(asked()).toEqual(['feed']);
  });

  test.each<[string, Answer, string]>([
    ['unknown', problemAnswer(401, 'unauthorised'), 'online'],
    ['revoked', problemAnswer(403, 'revoked'), 'online'],
    ['too many requests', problemAnswer(429, 'slowDown'), 'online'],
    ['out of order for a while', problemAnswer(503, 'internal', { 'retry-after': '9' }), 'offline'],
    ['no line', noAnswer('unreachable'), 'offline'],
    ['silence', noAnswer('timeout'), 'offline'],
  ])('%s ends the round at once', async (_what, answer, link) => {
    instead['keys'] = answer;
    await start();
    expect(new Set(asked())).toEqual(new Set(['keys']));
    expect(line.link.at(-1)).toBe(link);
    expect(told).toEqual(['housekeeping', 'end']);
  });
});

test.each<[string, Answer]>([
  ['breaks the line', noAnswer('timeout')],
  ['is to be waited for', problemAnswer(503, 'internal', { 'retry-after': '9' })],
])(
  'a bundle that %s each time is asked for last, and keeps few rounds from their end',
  async (_what, answer) => {
    await start();
    instead['keys'] = answer;
    // it may be the line
    await again();
    expect(asked()).toEqual(['keys']);
    // it was not
    await again();
    expect(asked()).toEqual(['catalogue', 'policy', 'feed', 'keys']);
    let whole = 0;
    let broken = 0;
    const until = disk.clock.now() + 24 * HOUR;
    while (disk.clock.now() < until) {
      await again();
      if (told.includes('audit')) whole++;
      else broken++;
    }
    expect(broken).toBe(29);
    expect(whole).toBeGreaterThan(700);
    delete instead['keys'];
    await publish(4);
    for (let n = 0; n < 40; n++) await again();
    expect(store.current().keys?.version).toBe(4);
  },
);

test('a bundle that was not had for want of a line is asked for first again where the feed fails, too', async () => {
  instead['keys'] = noAnswer('timeout');
  instead['feed'] = problemAnswer(500, 'internal');
  await start();
  await again();
  expect(asked()).toEqual(['catalogue', 'policy', 'feed']);
  delete instead['keys'];
  await again();
  expect(asked()).toEqual(['keys', 'catalogue', 'policy', 'feed']);
  expect(store.current().keys?.version).toBe(3);
});

test.each<[string, Answer]>([
  ['internal', problemAnswer(500, 'internal')],
  ['notThePlatform200', page(200)],
  ['timeout', noAnswer('timeout')],
])(
  'who fails again is told, with %s, until it is had or the platform has taken it back',
  async (code, answer) => {
    await start();
    instead['keys'] = answer;
    tells = { keys: '"4"' };
    await again();
    // once may be a blip
    expect(failing).toEqual([]);
    for (let n = 0; n < 4; n++) await again();
    expect(failing).toEqual([`keys ${code}`]);
    tells = { keys: '"3"' };
    // the line may break before the platform can say so
    await again();
    await again();
    expect(failing).toEqual([]);
    tells = { keys: '"5"' };
    for (let n = 0; n < 5; n++) await again();
    expect(failing).toEqual([`keys ${code}`]);
    delete instead['keys'];
    await publish(5);
    for (let n = 0; n < 9; n++) await again();
    expect([failing, store.current().keys?.version]).toEqual([[], 5]);
  },
);
