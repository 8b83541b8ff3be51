import { generateKeyPairSync } from 'node:crypto';
import { CompactSign } from 'jose';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { err, ok } from '../../../domain/result.ts';
import { openBundleStore } from '../bundles/bundle-store.ts';
import type { EnrolmentKeeper } from '../enrolment/enrolment.ts';
import { makeDisk, type Disk } from '../outbox/disk.test-helper.ts';
import { AUDIT_START, type AuditPlace } from '../../../domain/wire/audit.ts';
import { HEARTBEAT, quietParts, TIME } from './keeper.test-helper.ts';
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
import type { CallFailure } from './platform-client.ts';

const ROOT = generateKeyPairSync('ed25519');
const bundleRoot = String(ROOT.publicKey.export({ format: 'jwk' }).x);

let disk: Disk;
let line: Line;
let loop: Loop | undefined;
/** What the keeper told, in its order. */
let told: string[];
/** What is answered in the place of what the contract says, by the last word of the path. */
let instead: Record<string, Answer>;
/** Bundles of the platform: text and etag. */
let bundles: Record<string, { readonly jws: string; readonly etag?: string }>;
beforeEach(async () => {
  disk = await makeDisk();
  line = makeLine();
  told = [];
  instead = {};
  bundles = {};
  line.answer = ({ path, headers }) => {
    const name = path.replace(/\?.*/, '').split('/').at(-1)!;
    const other = instead[name];
    if (other) return other;
    if (name === 'feed') {
      const empty = { events: [], cursor: 0, more: false, archivedThrough: 0, serverTime: TIME };
      return json(200, empty);
    }
    if (name === 'heartbeats') return json(202, { result: 'noted', serverTime: TIME });
    const bundle = bundles[name];
    if (!bundle) return problemAnswer(404, 'notFound');
    const body = Buffer.from(bundle.jws);
    if (bundle.etag !== undefined && headers?.['if-none-match'] === bundle.etag) {
      return ok({ status: 304, headers: {}, body: Buffer.alloc(0) });
    }
    return ok({
      status: 200,
      headers: bundle.etag === undefined ? {} : { etag: bundle.etag },
      body,
    });
  };
});
afterEach(async () => {
  await loop?.stop();
  disk.close();
});

const signed = (kind: string, version: number): Promise<string> =>
  new CompactSign(
    Buffer.from(JSON.stringify({ kind, version, issuedAt: TIME, content: disk.keys })),
  )
    .setProtectedHeader({ alg: 'EdDSA', typ: 'bianmin-bundle+jws', kind, version })
    .sign(ROOT.privateKey);

const start = async (change: Partial<KeeperParts> = {}) => {
  const store = await openBundleStore(disk.folder, disk.db, disk.audit, () => 0);
  loop = createKeeper({
    ...quietParts(disk, line, store, () => bundleRoot),
    onPlatformTime: () => void told.push('time'),
    onError: (error) => void told.push(String(error)),
    onAuditHeld: ({ seq }) => void told.push(`audit ${seq}`),
    onEnrolmentRefused: (failure) =>
      void told.push(`refused ${failure === undefined ? 'no more' : failure.kind}`),
    housekeeping: () => {
      told.push('housekeeping');
      return Promise.resolve();
    },
    onBack: () => void told.push('back'),
    onRoundEnd: () => void told.push('end'),
    ...change,
  });
  loop.start();
  await until('round', () => disk.clock.waits.length > 0);
  return store;
};
/** Lets the wait go by until the next round has ended; how long it was. */
const again = async (): Promise<number | undefined> => {
  const [wait] = disk.clock.waits;
  told = [];
  line.asked.length = 0;
  disk.clock.go(wait ?? 0);
  await until('round', () => told.includes('end'));
  await until('rest', () => disk.clock.waits.length > 0);
  return disk.clock.waits[0];
};
const asked = (): string[] =>
  line.asked.map(({ method, path }) => `${method} ${path.replace(/\?.*/, '')}`);
const BUNDLES = ['keys', 'catalogue', 'policy'].map((kind) => `GET /v1/bundles/${kind}`);

describe('the audit', () => {
  const held = (place: AuditPlace) => ({ result: 'held', archivedSeq: 0, ...place });
  test('goes after the heartbeat, from where the platform says that it stands; what breaks there breaks no round', async () => {
    disk.audit.record('cardRead');
    const audit = held({ seq: 0, hash: AUDIT_START });
    instead['heartbeats'] = json(202, { result: 'noted', serverTime: TIME, audit });
    instead['events'] = json(201, held(disk.audit.end()));
    await start();
    expect(asked().slice(-2)).toEqual(['POST /v1/heartbeats', 'POST /v1/audit/events']);
    expect(told).toContain(`audit ${disk.audit.end().seq}`);
    await loop?.stop();
    await start({
      onAuditHeld: () => {
        throw new Error('no room');
      },
    });
    expect(told.slice(-3)).toEqual(['Error: no room', 'housekeeping', 'end']);
  });
});

describe('a round', () => {
  test('asks for bundles and feed and tells how the terminal is', async () => {
    await start();
    expect(asked()).toEqual([...BUNDLES, 'GET /v1/feed', 'POST /v1/heartbeats']);
    expect(told).toEqual(['housekeeping', 'time', 'time', 'housekeeping', 'end']);
    const beat = line.asked.at(-1);
    expect(beat?.headers).toMatchObject({ 'content-type': 'application/json' });
    expect(JSON.parse(Buffer.from(beat?.body ?? []).toString())).toEqual(HEARTBEAT);
    expect(line.asked[0]).toMatchObject({ maxAnswerBytes: 33_554_432 });
    expect(line.asked[0]?.headers).toEqual({ authorization: 'Bearer token' });
    // the next one comes a tenth sooner or later than it is set, so that terminals do not come together
    expect(Math.floor(disk.clock.waits[0] ?? 0)).toBe(109_999);
  });

  test('comes at the soonest a tenth before its time', async () => {
    await start({ randomness: { bytes: (length) => new Uint8Array(length) } });
    expect(disk.clock.waits).toEqual([90_000]);
  });

  test.each([
    ['feed', [...BUNDLES, 'GET /v1/feed']],
    ['heartbeats', [...BUNDLES, 'GET /v1/feed', 'POST /v1/heartbeats']],
  ])('that fails at %s goes no further, and waits longer each time', async (name, steps) => {
    instead[name] = noAnswer('timeout');
    await start();
    expect(asked()).toEqual(steps);
    // what it did not hear leaves nothing to tidy up
    expect(told.filter((each) => each !== 'time')).toEqual(['housekeeping', 'end']);
    expect(disk.clock.waits).toEqual([999]);
    expect(await again()).toBe(1999);
    expect(told).not.toContain('back');
    for (let n = 0; n < 8; n++) await again();
    expect(disk.clock.waits).toEqual([59_999]);
    instead = {};
    await again();
    expect(told).toContain('back');
    await again();
    expect(told).not.toContain('back');
    // and failing begins anew
    instead[name] = noAnswer('timeout');
    expect(await again()).toBe(999);
  });

  test('of a terminal that was revoked is asked again at the usual time', async () => {
    instead['keys'] = problemAnswer(401, 'revoked');
    await start();
    expect(Math.floor(disk.clock.waits[0] ?? 0)).toBe(109_999);
    instead['keys'] = problemAnswer(401, 'unauthorised');
    expect(await again()).toBe(1999);
  });

  test('that the platform has no time for waits as long as it says, at most the ceiling, and what is drawn besides', async () => {
    const busy = (seconds: number): Answer =>
      problemAnswer(429, 'slowDown', { 'retry-after': String(seconds) });
    instead['feed'] = busy(20);
    await start();
    expect(disk.clock.waits).toEqual([20_999]);
    instead['feed'] = busy(90);
    expect(await again()).toBe(61_999);
    // with nothing drawn
    await loop?.stop();
    await start({ randomness: { bytes: (length) => new Uint8Array(length) } });
    expect(disk.clock.waits).toEqual([60_000]);
    instead['feed'] = problemAnswer(403, 'revoked', { 'retry-after': '30' });
    expect(await again()).toBe(120_000);
    // somebody on the way says it
    instead['feed'] = ok({ status: 503, headers: { 'retry-after': '30' }, body: Buffer.alloc(0) });
    expect(await again()).toBe(0);
  });

  test('that fails waits no longer than one that does not', async () => {
    instead['feed'] = noAnswer('timeout');
    await start({ pollEveryMs: 10, backoffCeilingMs: 60_000 });
    expect(disk.clock.waits).toEqual([9]);
  });

  test.each([
    ['another status', json(200, { result: 'noted', serverTime: TIME })],
    ['a page', page(202)],
  ])('whose heartbeat is answered by %s has failed', async (_what, answer) => {
    instead['heartbeats'] = answer;
    await start();
    expect(disk.clock.waits).toEqual([999]);
    expect(told.filter((each) => each === 'time')).toHaveLength(1);
  });

  test('that breaks is told, and the loop goes on', async () => {
    await start({
      heartbeat: () => {
        throw new Error('a bug');
      },
    });
    expect(told).toEqual(['housekeeping', 'time', 'Error: a bug']);
    expect(disk.clock.waits).toEqual([5000]);
  });

  test('whose housekeeping fails is told and goes on: the platform still hears of the terminal', async () => {
    await start({ housekeeping: () => Promise.reject(new Error('full')) });
    expect(asked()).toEqual([...BUNDLES, 'GET /v1/feed', 'POST /v1/heartbeats']);
    expect(told).toEqual(['Error: full', 'time', 'time', 'Error: full', 'end']);
    const undisturbed = disk.clock.waits;
    await loop?.stop();
    await start();
    expect(undisturbed).toEqual(disk.clock.waits);
  });
});

describe('bundles', () => {
  test('are adopted, and asked for by what is in force', async () => {
    bundles['keys'] = { jws: ` ${await signed('keys', 3)}\n`, etag: '"3"' };
    const store = await start();
    expect(store.current().keys?.version).toBe(3);
    await again();
    expect(line.asked[0]?.headers).toMatchObject({ 'if-none-match': '"3"' });
    expect(line.asked[1]?.headers).not.toHaveProperty('if-none-match');
    expect(disk.clock.waits[0]).toBeGreaterThan(60_000);
    bundles['keys'] = { jws: await signed('keys', 4) };
    await again();
    expect(store.current().keys?.version).toBe(4);
    await again();
    // without an etag it is asked for whole
    expect(line.asked[0]?.headers).not.toHaveProperty('if-none-match');
  });

  describe('that a heartbeat’s answer told of', () => {
    const tell = (etags: Readonly<Record<string, string>>): void => {
      instead['heartbeats'] = json(202, { result: 'noted', serverTime: TIME, bundles: etags });
    };
    const QUIET = ['GET /v1/feed', 'POST /v1/heartbeats'];

    test('are asked for in that round, and not again once they are in force', async () => {
      bundles['keys'] = { jws: await signed('keys', 3), etag: '"3"' };
      tell({ keys: '"3"' });
      const store = await start();
      expect(asked()).toEqual([...BUNDLES, ...QUIET]);
      await again();
      expect(asked()).toEqual(QUIET);
      bundles['keys'] = { jws: await signed('keys', 4), etag: '"4"' };
      tell({ keys: '"4"' });
      await again();
      expect(asked()).toEqual([...QUIET, 'GET /v1/bundles/keys']);
      expect(store.current().keys?.version).toBe(4);
      await again();
      expect(asked()).toEqual(QUIET);
    });

    test('and cannot be had are asked for again and again; what fails then ends the round', async () => {
      tell({ policy: '"1"' });
      await start();
      await again();
      const asks = ['GET /v1/bundles/policy'];
      expect(asked()).toEqual([...asks, ...QUIET, ...asks]);
      instead['policy'] = noAnswer('timeout');
      disk.audit.record('cardRead');
      expect(await again()).toBe(999);
      expect(asked()).toEqual(asks);
    });

    test('count until the platform answers without a word of them', async () => {
      bundles['keys'] = { jws: await signed('keys', 3), etag: '"3"' };
      tell({ keys: '"3"' });
      await start();
      // not reached: it will tell
      instead['heartbeats'] = noAnswer('timeout');
      await again();
      await again();
      expect(asked()).toEqual(QUIET);
      instead['heartbeats'] = problemAnswer(400, 'malformed');
      await again();
      expect(asked()).toEqual(QUIET);
      await again();
      expect(asked()).toEqual([...BUNDLES, ...QUIET]);
      delete instead['heartbeats'];
      await again();
      await again();
      expect(asked()).toEqual([...BUNDLES, ...QUIET]);
    });
  });

  test('that are refused keep nothing else from being asked', async () => {
    bundles['keys'] = { jws: 'a.b.c' };
    const store = await start();
    expect(store.refusals().has('keys')).toBe(true);
    expect(asked()).toHaveLength(5);
    expect(disk.clock.waits[0]).toBeGreaterThan(60_000);
  });

  test.each([
    ['a page', page(200)],
    ['a page with dots', ok({ status: 200, headers: {}, body: Buffer.from('<a.b.c') })],
    ['a page with more behind', ok({ status: 200, headers: {}, body: Buffer.from('a.b.c>') })],
    ['two parts', ok({ status: 200, headers: {}, body: Buffer.from('a.b') })],
    ['an empty part', ok({ status: 200, headers: {}, body: Buffer.from('a..c') })],
    ['another status', ok({ status: 203, headers: {}, body: Buffer.from('a.b.c') })],
    ['not changed, of what we have not', ok({ status: 304, headers: {}, body: Buffer.alloc(0) })],
  ])('%s is not the platform’s word', async (_what, answer) => {
    instead['catalogue'] = answer;
    const store = await start();
    const [keys, catalogue, policy] = BUNDLES;
    expect(asked()).toEqual([keys, catalogue, 'GET /v1/feed', policy, 'POST /v1/heartbeats']);
    expect(store.refusals().size).toBe(0);
    expect(store.current().catalogue).toBeUndefined();
  });

  test.each([problemAnswer(500, 'internal'), page(404)])(
    'a platform that fails at one is asked for no other before it answers something else',
    async (answer) => {
      instead['keys'] = answer;
      instead['feed'] = answer;
      await start();
      expect(asked()).toEqual([BUNDLES[0], 'GET /v1/feed']);
      expect(disk.clock.waits).toEqual([999]);
    },
  );
});

describe('before it is enrolled', () => {
  const unenrolled = (answer: () => ReturnType<EnrolmentKeeper['enrol']>) => {
    const codes: string[] = [];
    const enrolment: EnrolmentKeeper = {
      current: () => undefined,
      onChange: () => () => undefined,
      enrol: (code) => {
        codes.push(code);
        return answer();
      },
      keyDiffers: false,
    };
    return { enrolment, codes };
  };
  const failing = (failure: CallFailure) => unenrolled(() => Promise.resolve(err(failure)));

  test('a terminal without a code asks for nothing', async () => {
    const { enrolment, codes } = failing({ kind: 'notEnrolled' });
    await start({ enrolment });
    expect([codes, asked()]).toEqual([[], []]);
    expect(told).toEqual(['housekeeping', 'end']);
    expect(disk.clock.waits).toEqual([999]);
  });

  test('one with a code enrols, and goes on with the root that it was given', async () => {
    bundles['keys'] = { jws: await signed('keys', 3) };
    const given = { ...disk.enrolment, bundleRoot };
    const { enrolment, codes } = unenrolled(() => Promise.resolve(ok(given)));
    const store = await start({ enrolment, enrolmentCode: 'CODE' });
    expect(codes).toEqual(['CODE']);
    expect(told).toContain('refused no more');
    expect(store.current().keys?.version).toBe(3);
  });

  const problem = { kind: 'problem', code: 'unauthorised', retryAfterMs: undefined } as const;
  test.each<[CallFailure, string]>([
    [{ ...problem, status: 401 }, 'refused problem'],
    [{ ...problem, status: 499 }, 'refused problem'],
    [{ ...problem, status: 500 }, 'refused no more'],
    [{ kind: 'nonsense', status: 401 }, 'refused no more'],
    [{ kind: 'network', failure: { kind: 'timeout', detail: '' } }, 'refused no more'],
  ])('after %j it is told %s', async (failure, word) => {
    const { enrolment } = failing(failure);
    await start({ enrolment, enrolmentCode: 'CODE' });
    expect(told).toContain(word);
    expect(asked()).toEqual([]);
    expect(disk.clock.waits).toEqual([999]);
  });
});
