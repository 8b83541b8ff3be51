import { afterEach, beforeEach, expect, test } from 'vitest';
import { openBundleStore } from '../bundles/bundle-store.ts';
import { makeDisk, type Disk } from '../outbox/disk.test-helper.ts';
import { quietParts, TIME } from './keeper.test-helper.ts';
import { createKeeper } from './keeper.ts';
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

const HOUR = 3_600_000;

let disk: Disk;
let line: Line;
let loop: Loop;
let root: string;
let ends: number;
/** What a question for the policy is answered; there is no other kind. */
let policy: Answer;
/** What the next heartbeat tells of it. */
let tells: () => string | undefined;

beforeEach(async () => {
  disk = await makeDisk();
  line = makeLine();
  root = 'one';
  ends = 0;
  tells = () => undefined;
  line.answer = ({ path }) => {
    if (path === '/v1/bundles/policy') return policy;
    if (path.startsWith('/v1/bundles/')) return problemAnswer(404, 'notFound');
    const empty = { events: [], cursor: 0, more: false, archivedThrough: 0, serverTime: TIME };
    if (path.startsWith('/v1/feed')) return json(200, empty);
    const etag = tells();
    const bundles = etag === undefined ? {} : { bundles: { policy: etag } };
    return json(202, { result: 'noted', serverTime: TIME, ...bundles });
  };
});
afterEach(async () => {
  await loop.stop();
  disk.close();
});

const start = async (): Promise<void> => {
  const store = await openBundleStore(disk.folder, disk.db, disk.audit, () => 0);
  loop = createKeeper({
    ...quietParts(disk, line, store, () => root),
    onRoundEnd: () => void (ends += 1),
  });
  loop.start();
  await ended(1);
};
const ended = (count: number): Promise<void> =>
  until('round', () => ends >= count && disk.clock.waits.length > 0);
/** The next round; whether the policy was asked for, and the link told as away. */
const again = async (): Promise<{ readonly asked: boolean; readonly away: boolean }> => {
  line.asked.length = 0;
  line.link.length = 0;
  disk.clock.go(disk.clock.waits[0] ?? 0);
  await ended(ends + 1);
  const asked = line.asked.some(({ path }) => path === '/v1/bundles/policy');
  return { asked, away: line.link.includes('offline') };
};
/** In how many rounds of a day. */
const day = async (): Promise<{ asked: number; away: number }> => {
  const of = { asked: 0, away: 0 };
  const end = disk.clock.now() + 24 * HOUR;
  while (disk.clock.now() < end) {
    const { asked, away } = await again();
    if (asked) of.asked++;
    if (away) of.away++;
  }
  return of;
};

test('a policy that breaks the line each time, where none is in force, tells the link as away ever more seldom: the defaults are gone by', async () => {
  policy = noAnswer('timeout');
  await start();
  expect(await day()).toEqual({ asked: 30, away: 30 });
});

test.each([
  ['a page', page(200)],
  ['500', problemAnswer(500, 'internal')],
])('one that is answered by %s is asked for ever more seldom, too', async (_what, answer) => {
  policy = answer;
  await start();
  expect(await day()).toEqual({ asked: 29, away: 0 });
});

test('nor more often where each heartbeat tells of another one of two that both fail', async () => {
  policy = problemAnswer(500, 'internal');
  let beats = 0;
  tells = () => `"${beats++ % 2}"`;
  await start();
  const { asked } = await day();
  expect(asked).toBeLessThan(40);
  // one that never failed is asked for at once
  await again();
  tells = () => '"2"';
  expect((await again()).asked).toBe(true);
});

test('what the platform said of the terminal when it was asked, after a heartbeat, is not held against the policy', async () => {
  policy = problemAnswer(404, 'notFound');
  await start();
  tells = () => {
    policy = problemAnswer(403, 'revoked');
    return '"1"';
  };
  expect(await again()).toMatchObject({ asked: true });
  expect(line.asked.at(-1)?.path).toBe('/v1/bundles/policy');
  policy = problemAnswer(404, 'notFound');
  await again();
  const paths = line.asked.map(({ path }) => path.replace(/\?.*/, ''));
  expect(paths.indexOf('/v1/bundles/policy')).toBeLessThan(paths.indexOf('/v1/feed'));
});

test('what failed at a platform with another root says nothing of this one', async () => {
  policy = problemAnswer(500, 'internal');
  await start();
  await day();
  await again();
  root = 'other';
  expect((await again()).asked).toBe(true);
});
