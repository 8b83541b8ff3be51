import { describe, expect, test } from 'vitest';
import { NOON } from '../outbox/disk.test-helper.ts';
import type { StoredItem } from '../outbox/contract.ts';
import { until } from './line.test-helper.ts';
import type { Behaviour } from './platform-double.test-helper.ts';
import {
  asked,
  beats,
  core,
  disk,
  events,
  passing,
  platform,
  problemOf,
  started,
  stateOf,
  submit,
  useCore,
} from './platform-side.test-helper.ts';

const HOUR = 3_600_000;
const CEILING = 5 * 60_000;
const WAITING = 40;

useCore();

/** Something between terminal and platform, or of the platform, that fails what is sent and lets the rest by. */
const onlyItemsFail = (how: Behaviour): void => {
  platform.behave = ({ method }) => (method === 'PUT' || method === 'PATCH' ? how : undefined);
};
/** Whether a file is being read or written: other threads do that, in their own time. */
const disksAreBusy = (): boolean =>
  process.getActiveResourcesInfo().some((what) => /^(FSReq|FileHandleCloseReq)/.test(what));
/** Lets simulated time go by, with turns for what is asked meanwhile. */
const goOn = async (ms: number): Promise<void> => {
  const end = disk.clock.now() + ms;
  while (disk.clock.now() < end) {
    disk.clock.go(1_000);
    for (let turn = 0; turn < 20 || disksAreBusy(); turn++) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
};

describe('where items fail for want of a link that every round finds there', () => {
  test.each<[string, Behaviour]>([
    ['a platform that is out of order', problemOf(503, 'internal')],
    ['a page of somebody else', { status: 200, type: 'text/html', body: '<h1>Welcome</h1>' }],
    ['a line that is cut', 'loseAnswer'],
  ])('%s: they send for no more rounds than come anyway and some', async (_what, how) => {
    await started();
    onlyItemsFail(how);
    const items: StoredItem[] = [];
    for (let n = 0; n < WAITING; n++) items.push(await submit());
    const before = { beats: beats().length, attempts: events('attemptBegun') };
    await goOn(HOUR);
    // one a minute comes anyway
    expect(beats().length - before.beats).toBeLessThan(100);
    const attempts = events('attemptBegun') - before.attempts;
    expect(attempts).toBeLessThan(WAITING);
    expect(attempts).toBeGreaterThan(HOUR / CEILING / 2);
    // nobody tells that it is over: the next to be sent finds it so, and the others follow at once
    platform.behave = () => undefined;
    await passing('one', () => items.some((item) => stateOf(item) === 'received'));
  });

  test('a round that fails and then is answered ends it: what waits goes at once', async () => {
    await started();
    onlyItemsFail(problemOf(503, 'internal'));
    const items: StoredItem[] = [];
    for (let n = 0; n < 5; n++) items.push(await submit());
    await goOn(HOUR);
    platform.behave = () => 'silence';
    await passing('away', () => core.link.state() === 'offline');
    const heard = beats().length;
    platform.behave = () => undefined;
    await passing('heard', () => beats().length > heard);
    const back = disk.clock.now();
    await until('received', () => items.every((item) => stateOf(item) === 'received'));
    expect(disk.clock.now()).toBe(back);
  });

  test('once: the next waits a second at most', async () => {
    await started();
    let failed = false;
    platform.behave = ({ method }) => {
      if (method !== 'PUT' || failed) return undefined;
      failed = true;
      return problemOf(503, 'internal');
    };
    const items = [await submit(), await submit()];
    const begun = disk.clock.now();
    await passing('received', () => items.every((item) => stateOf(item) === 'received'), 1);
    expect(disk.clock.now() - begun).toBeLessThanOrEqual(2_000);
  });

  test('for one that failed often before: the others do not wait its time', async () => {
    await started();
    platform.behave = () => 'silence';
    const old = await submit();
    await passing('tried', () => events('attemptFailed') >= 8, 60_000);
    let failed = false;
    platform.behave = ({ method }) => {
      if (method !== 'PUT' || failed) return undefined;
      failed = true;
      return problemOf(503, 'internal');
    };
    await passing('once more', () => events('attemptFailed') >= 9);
    const other = await submit();
    const begun = disk.clock.now();
    await passing('received', () => stateOf(other) === 'received', 10);
    expect(disk.clock.now() - begun).toBeLessThan(60_000);
    expect(stateOf(old)).toBe('retry');
  });

  test('of one item alone keeps nobody waiting: whoever comes then is sent at once', async () => {
    await started();
    onlyItemsFail(problemOf(503, 'internal'));
    const odd = await submit();
    platform.behave = ({ method, path }) =>
      method === 'PUT' && path.includes(odd.submissionId) ? problemOf(503, 'internal') : undefined;
    await passing('failed often', () => events('attemptFailed') >= 10, 60_000);
    const begun = disk.clock.now();
    const other = await submit();
    await until('received', () => stateOf(other) === 'received');
    expect(disk.clock.now()).toBe(begun);
    expect(stateOf(odd)).toBe('retry');
  });

  test('the audit goes on while items rest for it', async () => {
    await started();
    const place = { result: 'held', seq: 0, hash: '0'.repeat(64), archivedSeq: 0 };
    const beat = { result: 'noted', serverTime: new Date(NOON).toISOString(), audit: place };
    platform.behave = ({ method, path }) => {
      if (path === '/v1/heartbeats') {
        return { status: 202, type: 'application/json', body: JSON.stringify(beat) };
      }
      return method === 'PUT' ? problemOf(503, 'internal') : undefined;
    };
    for (let n = 0; n < 5; n++) await submit();
    await goOn(HOUR);
    const sent = asked.filter(({ path }) => path === '/v1/audit/events').length;
    expect(sent).toBeGreaterThan(beats().length / 2);
  });
});
