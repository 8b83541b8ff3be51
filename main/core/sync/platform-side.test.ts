import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Heartbeat } from '../../../domain/wire/platform.ts';
import { verifyChain } from '../audit/chain.ts';
import { createDurableCore, type DurableConfig, type DurableCore } from '../durable.ts';
import { signerFromSeed } from '../keys/ed25519.ts';
import type { StoredItem } from '../outbox/contract.ts';
import { makeDisk, NOON, type Disk } from '../outbox/disk.test-helper.ts';
import { submissionOf } from '../outbox/submission.test-helper.ts';
import type { HttpRequest, Ports } from '../ports.ts';
import { until } from './line.test-helper.ts';
import {
  startPlatformDouble,
  type Behaviour,
  type PlatformDouble,
} from './platform-double.test-helper.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;

let disk: Disk;
let platform: PlatformDouble;
let core: DurableCore;
/** Requests since the core was opened. */
let asked: HttpRequest[];
let errors: string[];
/** How long the loops waited. */
let waited: number[];
/** How far the terminal's wall clock is off. */
let off: number;
let closed: boolean;
beforeEach(async () => {
  disk = await makeDisk();
  platform = await startPlatformDouble(disk.keys.recipients.map(({ recipient }) => recipient));
  platform.serverTime = () => NOON + disk.clock.now();
  await platform.publish('keys', 1, platform.keys());
  asked = [];
  errors = [];
  waited = [];
  off = 0;
  closed = true;
});
afterEach(async () => {
  if (!closed) await core.stop();
  await platform.close();
  disk.close();
});

const open = async (
  change: Partial<DurableConfig> = {},
  otherPorts: Partial<Ports> = {},
): Promise<DurableCore> => {
  if (!closed) await core.stop();
  closed = false;
  core = await createDurableCore(
    {
      ...disk.ports,
      clock: {
        wall: () => NOON + disk.clock.now() + off,
        now: () => disk.clock.now(),
        after: (ms, then) => {
          waited.push(ms);
          return disk.clock.after(ms, then);
        },
      },
      // the longest wait each time, and yet no two ids alike
      randomness: {
        bytes: (length) =>
          length === 4 ? new Uint8Array(4).fill(0xff) : disk.randomness.bytes(length),
      },
      network: {
        request: (request) => {
          asked.push(request);
          return platform.network.request(request);
        },
      },
      ...otherPorts,
    },
    {
      environment: 'demo',
      softwareVersion: '1.2.3',
      enrolmentCode: 'CODE',
      minFreeBytes: 0,
      onError: (error) => void errors.push(String(error)),
      ...change,
    },
  );
  return core;
};
const stop = async (): Promise<void> => {
  closed = true;
  await core.stop();
};
const taking = (): Promise<void> => until('taking', () => core.outbox.taking() === 'yes');
const started = async (...how: Parameters<typeof open>): Promise<void> => {
  await open(...how);
  core.start();
  await taking();
  // the first round has ended: a nudge is heard
  await until('the first round', () => beats().length > 0 && waited.length > 0);
};
/** Lets time go by, as much as it takes, until something is so. */
const passing = (what: string, is: () => boolean, stepMs = 500): Promise<void> =>
  until(what, () => {
    if (!is()) disk.clock.go(stepMs);
    return is();
  });
/** Lets two looks of the keeper go by, so that one of them began and ended in between. */
const look = async (): Promise<void> => {
  const before = beats().length;
  await passing('looks', () => beats().length >= before + 2);
};
/** Long enough for something to begin that should not. */
const aWhile = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
const submit = async (): Promise<StoredItem> => {
  const stored = await core.outbox.submit(submissionOf(core.outbox.newSubmissionId(), []));
  if (!stored.ok) throw new Error(stored.error);
  return stored.value;
};
const stateOf = (item: StoredItem) => core.outbox.find(item.receiptNumber)?.state;
const problemOf = (status: number, code: string): Behaviour => ({
  status,
  type: 'application/problem+json',
  body: JSON.stringify({ type: 'about:blank', title: code, status, code }),
});
const events = (name: string): number =>
  core.audit.latest(100_000).filter(({ event }) => event === name).length;
const codes = (): string[] => core.problems().map(({ code }) => code);
const beats = (): Heartbeat[] =>
  asked
    .filter(({ path }) => path === '/v1/heartbeats')
    .map(({ body }) => JSON.parse(Buffer.from(body ?? []).toString()) as Heartbeat);

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

  test('a line that an item found dead is looked at by the keeper at once', async () => {
    await started();
    platform.behave = () => 'silence';
    asked.length = 0;
    await submit();
    await until('looked', () => asked.some(({ path }) => path === '/v1/bundles/keys'));
    expect(core.link.state()).toBe('offline');
    expect(disk.clock.now()).toBe(0);
  });

  test('a new enrolment forgets the versions of the old root', async () => {
    await platform.publish('keys', 7, platform.keys());
    await started();
    expect(core.bundles.current().keys?.version).toBe(7);
    expect(core.enrolment.current()?.terminalId).toBe('T-1');
  });
});

describe('what is told to the platform', () => {
  test('how the terminal is', async () => {
    let help: string | null = null;
    await started({ deviceStates: () => ({ printer: 'online' }), helpSince: () => help });
    const [first] = beats();
    expect(first).toEqual({
      softwareVersion: '1.2.3',
      waitingItems: 0,
      oldestWaitingSeconds: 0,
      devices: { printer: 'online' },
      bundleVersions: { keys: 1 },
      clock: new Date(NOON).toISOString(),
      auditSeq: core.audit.latest(1)[0]?.seq,
    });
    platform.behave = ({ method }) => (method === 'PUT' ? 'silence' : undefined);
    await submit();
    help = '2026-11-02T04:00:00Z';
    disk.clock.go(65_500);
    asked.length = 0;
    await passing('a beat', () => beats().length > 0);
    const [beat] = beats();
    expect(beat).toMatchObject({ waitingItems: 1, helpSince: help });
    const age = (Date.parse(beat?.clock ?? '') - NOON) / 1000;
    expect(beat?.oldestWaitingSeconds).toBe(Math.floor(age));
    expect(age).toBeGreaterThan(65);
  });

  test('nothing is older than now, whatever the clock did, and nobody need know of devices', async () => {
    await started();
    platform.behave = ({ method }) => (method === 'PUT' ? 'silence' : undefined);
    await submit();
    off = -HOUR;
    asked.length = 0;
    await look();
    expect(beats()[0]).toMatchObject({ oldestWaitingSeconds: 0, devices: {} });
    expect(beats()[0]).not.toHaveProperty('helpSince');
  });
});

describe('the clock', () => {
  test('one that is wrong is written down once, and once that it is right again', async () => {
    await started();
    expect(asked.some(({ certificateAt }) => certificateAt !== undefined)).toBe(false);
    off = 2 * DAY;
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
    off = 0;
    await look();
    await look();
    expect([events('clockDoubted'), events('clockTrusted')]).toEqual([1, 1]);
    expect(asked.at(-1)).not.toHaveProperty('certificateAt');
  });

  test('one that stands before the last word asks for the signed time before anything else', async () => {
    await started();
    await stop();
    off = -9 * DAY;
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

  test('before it is enrolled a terminal asks, whatever its clock', async () => {
    off = -9000 * DAY;
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
    const before = told;
    expect(before).toBeGreaterThan(2);
    leave();
    off = 2 * DAY;
    await look();
    expect(events('clockDoubted')).toBe(1);
    expect(told).toBe(before);
  });

  test('that the terminal was revoked', async () => {
    await started();
    await stop();
    platform.behave = ({ path }) => (path === '/v1/tokens' ? problemOf(403, 'revoked') : undefined);
    await open();
    core.start();
    await until('revoked', () => codes().includes('terminalRevoked'));
    // then what waits is not tried again and again
    const item = await submit();
    await aWhile();
    expect([stateOf(item), events('attemptBegun')]).toEqual(['queued', 0]);
    platform.behave = () => undefined;
    await passing('not any more', () => !codes().includes('terminalRevoked'));
    await until('received', () => stateOf(item) === 'received');
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

describe('keeping house', () => {
  test('what is archived goes after its days', async () => {
    await started({ keepArchivedDays: 20 });
    const item = await submit();
    await until('received', () => stateOf(item) === 'received');
    platform.archivedThrough = 1;
    await passing('archived', () => stateOf(item) === 'archived');
    await look();
    expect(events('ciphertextDeleted')).toBe(0);
    disk.clock.go(20 * DAY);
    await passing('given up', () => events('ciphertextDeleted') === 1);
  });

  test('the chain is signed every hundred events, and at the end', async () => {
    await started();
    const fill = (seq: number): void => {
      while (core.audit.latest(1)[0]!.seq < seq) core.audit.record('sessionBegun');
    };
    fill(99);
    await look();
    expect(events('checkpoint')).toBe(0);
    fill(100);
    await look();
    expect(events('checkpoint')).toBe(1);
    fill(200);
    await look();
    expect(events('checkpoint')).toBe(1);
    await stop();
    await open();
    const rows = core.audit.latest(1000).toReversed();
    const ended = rows.findIndex(({ event }) => event === 'coreStopped');
    expect(rows[ended + 1]?.event).toBe('checkpoint');
    const keys = new Map([[disk.signer.keyId, disk.signer.publicKey]]);
    expect(verifyChain(rows, keys).ok).toBe(true);
  });

  test('a policy counts from the next use on', async () => {
    await started();
    core.configure({ pollEveryMs: 1_000 });
    await passing('the next', () => waited.some((ms) => Math.round(ms) === 1_100));
    platform.behave = () => 'silence';
    core.configure({ backoffCeilingMs: 10 });
    await passing('soon', () => waited.at(-1) === 9);
  });

  test('the deadline of an exchange is what it is set to', async () => {
    await started({ requestDeadlineMs: 1234 });
    expect(new Set(asked.map(({ deadlineMs }) => deadlineMs))).toEqual(new Set([1234]));
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
