import { describe, expect, test } from 'vitest';
import { signerFromSeed } from '../keys/ed25519.ts';
import { NOON } from '../outbox/disk.test-helper.ts';
import { submissionOf } from '../outbox/submission.test-helper.ts';
import { until } from './line.test-helper.ts';
import {
  disk,
  platform,
  core,
  asked,
  errors,
  world,
  useCore,
  open,
  stop,
  taking,
  started,
  passing,
  look,
  aWhile,
  submit,
  stateOf,
  problemOf,
  events,
  codes,
  beats,
} from './platform-side.test-helper.ts';

const DAY = 86_400_000;

useCore();

describe('what comes from outside wakes what waits for it', () => {
  test('an item that is stored is sent at once', async () => {
    await started();
    const heard: string[] = [];
    core.outbox.onChange((id) => void heard.push(id));
    const item = await submit();
    await until('received', () => stateOf(item) === 'received');
    expect(disk.clock.now()).toBe(0);
    expect(new Set(heard)).toEqual(new Set([item.submissionId]));
    expect(core.link.state()).toBe('online');
    expect(core.link.clockSkewMs()).toBe(0);
  });

  test('nothing is asked before it is started', async () => {
    await open();
    await aWhile();
    expect(asked).toEqual([]);
    expect(core.link.state()).toBe('unknown');
    expect(core.outbox.taking()).toBe('notEnrolled');
    expect(codes()).toEqual(['keyOnlyRootProtected']);
  });

  test('what waits is sent once the link is back, however long it would have waited', async () => {
    await started({ pollEveryMs: 100 });
    platform.behave = () => 'silence';
    const items = [await submit(), await submit()];
    await passing('tried', () => events('attemptFailed') >= 16, 5_000);
    await until('rest', () => items.every((item) => stateOf(item) === 'retry'));
    platform.behave = () => undefined;
    const before = disk.clock.now();
    await passing('received', () => items.every((item) => stateOf(item) === 'received'), 1);
    // by their own time they would have waited for minutes
    expect(disk.clock.now() - before).toBeLessThan(60_000);
  });

  test('while the line is dead one item asks for all', async () => {
    await started();
    platform.behave = () => 'silence';
    await submit();
    await until('found dead', () => core.link.state() === 'offline');
    for (let n = 0; n < 3; n++) await submit();
    await aWhile();
    expect(events('attemptBegun')).toBe(1);
  });

  test('a line that an item found dead is looked at by the keeper at once', async () => {
    await started();
    platform.behave = () => 'silence';
    asked.length = 0;
    await submit();
    await until('looked', () => asked.some(({ path }) => path === '/v1/bundles/keys'));
    expect(core.link.state()).toBe('offline');
    expect(disk.clock.now()).toBe(0);
  });
});

describe('the clock', () => {
  test('one that is wrong is written down once, and once that it is right again', async () => {
    await started();
    expect(asked.some(({ certificateAt }) => certificateAt !== undefined)).toBe(false);
    world.off = 2 * DAY;
    await look();
    await look();
    expect([events('clockDoubted'), events('clockTrusted')]).toEqual([1, 0]);
    expect(core.outbox.taking()).toBe('clockWrong');
    expect(codes()).toContain('clockWrong');
    // the platform's word came in this run: it is not asked for again
    expect(asked.some(({ path }) => path.startsWith('/v1/time'))).toBe(false);
    // certificates are checked at the platform’s time
    const at = asked.at(-1)?.certificateAt;
    expect(at).toBeGreaterThan(NOON);
    expect(at).toBeLessThanOrEqual(NOON + disk.clock.now());
    world.off = 0;
    await look();
    await look();
    expect([events('clockDoubted'), events('clockTrusted')]).toEqual([1, 1]);
    expect(asked.at(-1)).not.toHaveProperty('certificateAt');
  });

  test('one that is minutes off is told while it is, and items are taken', async () => {
    await started();
    let told = 0;
    core.onProblems(() => {
      told += 1;
    });
    world.off = 6 * 60_000;
    await look();
    expect(codes()).toContain('clockOff');
    expect(core.outbox.taking()).toBe('yes');
    // it is told once, not in each round
    await look();
    expect(told).toBe(1);
    core.configure({ clockOffMs: 7 * 60_000 });
    expect(codes()).not.toContain('clockOff');
    core.configure({ clockOffMs: 5 * 60_000 });
    world.off = 2 * DAY;
    await look();
    expect(codes()).toContain('clockWrong');
    expect(codes()).not.toContain('clockOff');
    world.off = -6 * 60_000;
    await look();
    expect(codes()).toContain('clockOff');
    world.off = 0;
    await look();
    expect(codes()).not.toContain('clockOff');
    expect(told).toBe(4);
  });

  test('one that stands before the last word asks for the signed time before anything else', async () => {
    await started();
    await stop();
    world.off = -9 * DAY;
    asked.length = 0;
    await open();
    platform.behave = ({ path }) => (path === '/v1/time' ? 'silence' : undefined);
    core.start();
    await until('asked', () => asked.length > 0);
    await aWhile();
    expect(new Set(asked.map(({ path }) => path.replace(/\?.*/, '')))).toEqual(
      new Set(['/v1/time']),
    );
    expect(core.link.state()).toBe('offline');
    platform.behave = () => undefined;
    await passing('online', () => core.link.state() === 'online');
    expect(core.link.clockSkewMs()).toBe(9 * DAY);
  });

  test('one that stands before the last word learns the time and goes on at once', async () => {
    await started();
    await stop();
    world.off = -9 * DAY;
    asked.length = 0;
    await open();
    core.start();
    await until('online', () => core.link.state() === 'online');
    await until('a beat', () => beats().length > 0);
    expect(disk.clock.now()).toBe(0);
    expect(asked[0]?.path).toContain('/v1/time');
  });

  test('before it is enrolled a terminal asks, whatever its clock', async () => {
    world.off = -9000 * DAY;
    await open();
    core.start();
    await until('enrolled', () => core.enrolment.current() !== undefined);
    expect(asked[0]?.path).toBe('/v1/enrolments');
  });
});

describe('what a technician is told', () => {
  test('a code that was refused, once for each reason, until it is taken', async () => {
    platform.behave = ({ path }) =>
      path === '/v1/enrolments' ? problemOf(401, 'unauthorised') : undefined;
    await open();
    let told = 0;
    const leave = core.onProblems(() => {
      told += 1;
    });
    core.start();
    await until('told', () => told > 0);
    expect(core.problems()[0]).toEqual({ code: 'enrolmentRefused', detail: 'unauthorised' });
    await passing('again', () => asked.length >= 3);
    expect(told).toBe(1);
    expect(events('enrolmentRefused')).toBe(1);
    expect(core.audit.latest(1)[0]).toMatchObject({ detail: 'unauthorised' });
    platform.behave = ({ path }) =>
      path === '/v1/enrolments' ? problemOf(410, 'notFound') : undefined;
    await passing('another reason', () => told === 2);
    expect(events('enrolmentRefused')).toBe(2);
    platform.behave = () => undefined;
    await passing('taking', () => core.outbox.taking() === 'yes');
    await look();
    expect(codes()).toEqual(['keyOnlyRootProtected']);
    // that it was taken is no refusal
    expect(events('enrolmentRefused')).toBe(2);
    const before = told;
    expect(before).toBeGreaterThan(2);
    leave();
    world.off = 2 * DAY;
    await look();
    expect(events('clockDoubted')).toBe(1);
    expect(told).toBe(before);
  });

  test('that the terminal was revoked', async () => {
    await started();
    platform.behave = ({ method }) => (method === 'PUT' ? problemOf(503, 'internal') : undefined);
    const item = await submit();
    await until('failed', () => events('attemptFailed') === 1);
    await stop();
    platform.behave = ({ path }) => (path === '/v1/tokens' ? problemOf(403, 'revoked') : undefined);
    await open();
    core.start();
    await until('revoked', () => codes().includes('terminalRevoked'));
    // what is handed in here now would be taken by nobody: no receipt is given for it
    expect(core.outbox.taking()).toBe('notEnrolled');
    await expect(submit()).rejects.toThrow('notEnrolled');
    await passing('a round', () => disk.clock.now() > 10_000);
    expect([stateOf(item), events('attemptBegun')]).toEqual(['retry', 1]);
    platform.behave = () => undefined;
    await passing('not any more', () => !codes().includes('terminalRevoked'));
    expect(core.outbox.taking()).toBe('yes');
    await until('received', () => stateOf(item) === 'received');
  });

  test('that the terminal was revoked, as an item was told between two rounds: it goes on when a round was not', async () => {
    await started();
    await stop();
    await open();
    platform.behave = ({ method, path }) =>
      path === '/v1/tokens' && asked.some((each) => each.method === 'PUT')
        ? problemOf(403, 'revoked')
        : method === 'PUT'
          ? problemOf(401, 'unauthorised')
          : undefined;
    const items = [await submit(), await submit()];
    core.start();
    await until('revoked', () => codes().includes('terminalRevoked'));
    await until('told', () => events('attemptFailed') === 1);
    await aWhile();
    expect(events('attemptBegun')).toBe(1);
    platform.behave = () => undefined;
    await passing('received', () => items.every((item) => stateOf(item) === 'received'));
    expect(codes()).not.toContain('terminalRevoked');
  });

  test('nothing when a platform did not know it for a while: what waits goes with the first round that went well', async () => {
    await started({ pollEveryMs: 1000, backoffCeilingMs: 3_600_000 });
    const refused = problemOf(401, 'unauthorised');
    const told = { ...(refused as object), status: 401, headers: { 'retry-after': '3600' } };
    platform.behave = ({ method, path }) =>
      method === 'PUT' ? told : path === '/v1/heartbeats' ? refused : undefined;
    const items = [await submit(), await submit()];
    await until('told', () => events('attemptFailed') === 1);
    const before = beats().length;
    await passing('rounds that fail', () => beats().length > before + 1);
    expect(events('attemptBegun')).toBe(1);
    platform.behave = () => undefined;
    await passing('received', () => items.every((item) => stateOf(item) === 'received'));
    expect(disk.clock.now()).toBeLessThan(3_600_000);
  });

  test('that the record is of another key', async () => {
    await started();
    await stop();
    const signer = signerFromSeed(new Uint8Array(32).fill(8));
    await open(
      {},
      { keyStore: { protection: 'protected', signer: () => Promise.resolve(signer) } },
    );
    expect(core.problems()).toContainEqual({ code: 'enrolmentRefused', detail: 'keyDiffers' });
    expect(codes()).not.toContain('keyOnlyRootProtected');
  });

  test('a state of an item that a person must see', async () => {
    await started();
    platform.behave = ({ method }) => (method === 'PUT' ? problemOf(409, 'conflict') : undefined);
    let told = 0;
    core.onProblems(() => {
      told += 1;
    });
    const item = await submit();
    await until('held', () => stateOf(item) === 'held');
    expect(core.problems()).toContainEqual({ code: 'itemHeld', detail: '1' });
    expect(told).toBe(1);
    platform.behave = () => undefined;
    expect(core.outbox.release(item.submissionId)).toBe(true);
    await until('received', () => stateOf(item) === 'received');
    expect(told).toBe(2);
  });

  test('a disk that takes long to flush', async () => {
    await started({ slowDiskMs: 0 });
    await submit();
    expect(codes()).not.toContain('diskSlow');
    await open({ slowDiskMs: -1 });
    core.start();
    await taking();
    await submit();
    expect(codes()).toContain('diskSlow');
  });

  test('what broke while submitting goes to the log without its words', async () => {
    await started();
    const broken = {
      ...submissionOf(core.outbox.newSubmissionId()),
      compose: () => Promise.reject(new TypeError('of somebody')),
    };
    expect((await core.outbox.submit(broken)).ok).toBe(false);
    expect(errors).toEqual(['Error: submitting failed: TypeError']);
  });
});

test('the end: what runs is cut off, both loops end, and it is written down', async () => {
  await started();
  const { signal } = asked[0]!;
  expect(signal?.aborted).toBe(false);
  await stop();
  expect(signal?.aborted).toBe(true);
  expect(disk.clock.waits).toEqual([]);
  expect(errors).toEqual([]);
});

test('the end comes also when nothing can be written down any more', async () => {
  await started();
  Object.assign(core.audit, {
    record: () => {
      throw new Error('full');
    },
  });
  await stop();
  expect(errors).toEqual(['Error: full']);
});

test('a receipt is checked by what is in force', async () => {
  await started();
  await platform.publish('keys', 2, platform.keys());
  await look();
  const item = await submit();
  await until('received', () => stateOf(item) === 'received');
  expect(await core.verifyReceipt(item.qr)).toMatchObject({
    signature: 'valid',
    item: 'arrived',
    checkedOffline: true,
  });
});
