import { afterEach, beforeEach, expect, test } from 'vitest';
import { openBundleStore } from '../bundles/bundle-store.ts';
import type { DurableStore } from '../durable-store.ts';
import { createClockBelief } from '../outbox/clock-belief.ts';
import { makeDisk, NO_LIMITS, type Disk } from '../outbox/disk.test-helper.ts';
import { moveItem } from '../outbox/move-item.ts';
import { createRoom } from '../outbox/room.ts';
import { durableProblems, type ProblemFacts } from './problems.ts';

const DAY = 86_400_000;

let disk: Disk;
let store: DurableStore;
beforeEach(async () => {
  disk = await makeDisk();
  const { db, audit, blobs, signer, folder, clock } = disk;
  store = {
    db,
    audit,
    blobs,
    signer,
    bundles: await openBundleStore(folder, db, audit, () => 0),
    belief: createClockBelief(clock, db, () => []),
    room: createRoom(db, folder, NO_LIMITS, () => clock.wall()),
    outboxFolder: '/outbox',
    rebuilt: undefined,
    chainBroken: undefined,
    setAside: false,
    stuck: 0,
    uncopied: false,
    sqliteVersion: '3.51.3',
    isOurs: () => true,
    close: () => undefined,
  };
});
afterEach(() => disk.close());

const problems = (change: Partial<ProblemFacts> = {}, ofStore: Partial<DurableStore> = {}) =>
  durableProblems({
    store: { ...store, ...ofStore },
    taking: 'yes',
    revoked: false,
    clockOffMs: 300_000,
    slowFlushMs: undefined,
    filingFailure: undefined,
    enrolmentRefused: undefined,
    bundlesFailing: [],
    untrusted: undefined,
    keyProtection: 'protected',
    ...change,
  });

test('a terminal in good order has none', () => {
  expect(problems()).toEqual([]);
});

const CLOCK = {
  code: 'clockWrong',
  detail: 'the clock is more than a day off, or before what already happened',
};
test.each<[string, Partial<ProblemFacts>, Partial<DurableStore>, object]>([
  [
    'a code that was refused',
    { enrolmentRefused: 'unauthorised' },
    {},
    { code: 'enrolmentRefused', detail: 'unauthorised' },
  ],
  [
    'a certificate that did not pass',
    { untrusted: 'SELF_SIGNED_CERT_IN_CHAIN' },
    {},
    { code: 'platformNotTrusted', detail: 'SELF_SIGNED_CERT_IN_CHAIN' },
  ],
  [
    'a terminal that was revoked',
    { revoked: true },
    {},
    { code: 'terminalRevoked', detail: 'the platform revoked this terminal' },
  ],
  [
    'a slow disk',
    { slowFlushMs: 2000.4 },
    {},
    { code: 'diskSlow', detail: '2000 ms for one small flush' },
  ],
  [
    'an envelope that finds no room',
    { filingFailure: Object.assign(new Error('no space'), { code: 'ENOSPC' }) },
    {},
    { code: 'diskFull', detail: '/outbox' },
  ],
  [
    'an envelope that the disk does not take',
    { filingFailure: Object.assign(new Error('at /outbox'), { code: 'EIO' }) },
    {},
    { code: 'diskFails', detail: 'the disk takes nothing: EIO' },
  ],
  [
    'an envelope that is not filed for a reason without a name',
    { filingFailure: 'words' },
    {},
    { code: 'diskFails', detail: 'the disk takes nothing: unknown' },
  ],
  [
    'a lock that was taken away, and not the disk',
    { filingFailure: Object.assign(new Error('words'), { code: 'lockLost' }) },
    { isOurs: () => false },
    { code: 'lockLost', detail: 'the file lock of the data folder was taken away' },
  ],
  ['a clock that keeps items away', { taking: 'clockWrong' }, {}, CLOCK],
  ['an index made anew', {}, { rebuilt: '3 items' }, { code: 'indexRebuilt', detail: '3 items' }],
  [
    'files aside',
    {},
    { setAside: true },
    { code: 'filesSetAside', detail: 'see /outbox/set-aside' },
  ],
  [
    'files that the disk holds fast',
    {},
    { stuck: 2 },
    { code: 'filesSetAside', detail: '2 cannot be moved in /outbox/blobs' },
  ],
  [
    'both',
    {},
    { setAside: true, stuck: 1 },
    {
      code: 'filesSetAside',
      detail: 'see /outbox/set-aside, 1 cannot be moved in /outbox/blobs',
    },
  ],
  [
    'an index migrated without a copy',
    {},
    { uncopied: true },
    {
      code: 'indexNotCopied',
      detail: 'no room for a copy of the index before it was migrated: /outbox',
    },
  ],
  [
    'a broken chain',
    {},
    { chainBroken: 'event 3: hash' },
    { code: 'auditChainBroken', detail: 'event 3: hash' },
  ],
  [
    'an SQLite with the WAL-reset bug',
    {},
    { sqliteVersion: '3.51.2' },
    { code: 'sqliteOld', detail: 'SQLite 3.51.2, 3.51.3 is wanted' },
  ],
  [
    'a key without a lock',
    { keyProtection: 'rootOnlyFile' },
    {},
    { code: 'keyOnlyRootProtected', detail: 'only file permissions guard the terminal key' },
  ],
])('%s is one', (_what, facts, ofStore, problem) => {
  expect(problems(facts, ofStore)).toEqual([problem]);
});

test('a wrong clock is one, whatever else keeps items away', () => {
  const wrong = createClockBelief({ ...disk.clock, wall: () => -9e12 }, disk.db, () => []);
  expect(problems({ taking: 'notEnrolled' }, { belief: wrong })).toEqual([CLOCK]);
});

test.each([
  [300_000, undefined],
  [300_001, "the clock is 5 min behind the platform's"],
  [-86_400_000, "the clock is 1440 min ahead of the platform's"],
  [-300_000, undefined],
])('a clock that the platform’s word is %d ms off is told, and how far: %s', (skew, detail) => {
  const belief = createClockBelief(disk.clock, disk.db, () => []);
  belief.notePlatformTime(new Date(disk.clock.wall() + skew).toISOString());
  const told = detail === undefined ? [] : [{ code: 'clockOff', detail }];
  expect(problems({}, { belief })).toEqual(told);
  // how far it may be is a setting
  expect(problems({ clockOffMs: 86_400_000 }, { belief })).toEqual([]);
});

test.each([
  ['diskFull', { minFreeBytes: 2 ** 60 }],
  ['backlogFull', { maxWaitingItems: 0 }],
])('%s is one', (code, limits) => {
  const room = createRoom(disk.db, disk.folder, { ...NO_LIMITS, ...limits }, () => 0);
  room.look(0);
  expect(problems({}, { room })).toEqual([{ code, detail: '/outbox' }]);
});

test('words of a policy that this program does not know are named, twenty at most', () => {
  const words = Array.from({ length: 21 }, (_, n) => `word${n}`);
  const { bundles } = store;
  const policyWith = (unknownWords: readonly string[]): DurableStore['bundles'] => ({
    ...bundles,
    current: () =>
      ({ policy: { content: { unknownWords } } }) as ReturnType<typeof bundles.current>,
  });
  expect(problems({}, { bundles: policyWith([]) })).toEqual([]);
  expect(problems({}, { bundles: policyWith(words) })).toEqual([
    { code: 'policyWordsUnknown', detail: words.slice(0, 20).join(', ') },
  ]);
});

test('a disk that is full is told once, though it took no envelope either', () => {
  const filingFailure = Object.assign(new Error('no room'), { code: 'ENOSPC' });
  const full = { code: 'diskFull', detail: '/outbox' };
  const room = createRoom(disk.db, disk.folder, { ...NO_LIMITS, minFreeBytes: 2 ** 60 }, () => 0);
  room.look(0);
  expect(problems({ filingFailure }, { room })).toEqual([full]);
  expect(problems({ filingFailure })).toEqual([full]);
});

test('items that are held are counted, bundles that were refused are named', async () => {
  for (const code of ['conflict', 'malformed'] as const) {
    const { submissionId } = await disk.store([]);
    moveItem(disk.db, disk.audit, submissionId, { type: 'attemptBegun' });
    moveItem(disk.db, disk.audit, submissionId, { type: 'refused', code });
  }
  const root = Buffer.alloc(32).toString('base64url');
  expect((await store.bundles.adopt('keys', 'a.b.c', undefined, root)).ok).toBe(false);
  const [refused, held, ...others] = problems();
  expect(refused?.code).toBe('bundleRefused');
  expect(refused?.detail).toBe(`keys ${store.bundles.refusals().get('keys')}`);
  expect(held).toEqual({ code: 'itemHeld', detail: '2' });
  expect(others).toEqual([]);
});

test('what has waited for a day is told, with what its last try ended with; what is held is not counted with it', async () => {
  const { submissionId } = await disk.store([]);
  const held = await disk.store([]);
  moveItem(disk.db, disk.audit, held.submissionId, { type: 'attemptBegun' });
  moveItem(disk.db, disk.audit, held.submissionId, { type: 'refused', code: 'conflict' });
  disk.clock.go(DAY - 1_000);
  const told = () => problems().filter(({ code }) => code === 'itemWaitsLong');
  expect(told()).toEqual([]);
  disk.clock.go(2_000);
  expect(told()).toEqual([{ code: 'itemWaitsLong', detail: '1 d, not tried' }]);
  moveItem(disk.db, disk.audit, submissionId, { type: 'attemptBegun' });
  const failed = { lastError: 'hashMismatch', notBefore: 0, attempts: 1 };
  moveItem(disk.db, disk.audit, submissionId, { type: 'attemptFailed' }, failed);
  disk.clock.go(2 * DAY);
  expect(told()).toEqual([{ code: 'itemWaitsLong', detail: '3 d, hashMismatch' }]);
  moveItem(disk.db, disk.audit, submissionId, { type: 'attemptBegun' });
  moveItem(disk.db, disk.audit, submissionId, { type: 'received' });
  expect(told()).toEqual([]);
});

test('each kind of bundle that cannot be had is named with its code', () => {
  expect(problems({ bundlesFailing: ['keys internal', 'policy notWritten'] })).toEqual([
    { code: 'bundleNotHad', detail: 'keys internal' },
    { code: 'bundleNotHad', detail: 'policy notWritten' },
  ]);
});
