import { describe, expect, test } from 'vitest';
import { verifyChain } from '../audit/chain.ts';
import { NOON } from '../outbox/disk.test-helper.ts';
import { submissionOf } from '../outbox/submission.test-helper.ts';
import { until } from './line.test-helper.ts';
import type { Behaviour } from './platform-double.test-helper.ts';
import {
  disk,
  platform,
  core,
  asked,
  waited,
  world,
  useCore,
  open,
  stop,
  started,
  passing,
  look,
  submit,
  stateOf,
  events,
  beats,
} from './platform-side.test-helper.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;

useCore();

describe('what is told to the platform', () => {
  /** An answer to a heartbeat of a platform that has all of the chain, or nothing, in its backup. */
  const noted = (place: { readonly seq: number; readonly hash: string }): Behaviour => ({
    status: 202,
    type: 'application/json',
    body: JSON.stringify({
      result: 'noted',
      serverTime: new Date(NOON + disk.clock.now()).toISOString(),
      audit: { result: 'held', ...place, archivedSeq: place.seq },
    }),
  });
  const sentAudit = (): number => asked.filter(({ path }) => path === '/v1/audit/events').length;

  test('the audit, after the items', async () => {
    await started();
    const slow = Promise.withResolvers<undefined>();
    platform.behave = ({ path }) =>
      path === '/v1/heartbeats' ? noted({ seq: 0, hash: '0'.repeat(64) }) : undefined;
    world.held = ({ method }) => (method === 'PUT' ? slow.promise : undefined);
    await submit();
    await look();
    expect(sentAudit()).toBe(0);
    slow.resolve(undefined);
    await until('received', () => core.outbox.waiting() === 0);
    await passing('the audit', () => sentAudit() > 0);
  });

  test('what was long in its backup leaves the audit here', async () => {
    await started();
    const { seq, hash } = core.audit.latest(1)[0]!;
    platform.behave = ({ path }) => (path === '/v1/heartbeats' ? noted({ seq, hash }) : undefined);
    await look();
    expect(events('auditPruned')).toBe(0);
    disk.clock.go(181 * DAY);
    await passing('pruned', () => events('auditPruned') > 0);
  });

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
    world.off = -HOUR;
    asked.length = 0;
    await look();
    expect(beats()[0]).toMatchObject({ oldestWaitingSeconds: 0, devices: {} });
    expect(beats()[0]).not.toHaveProperty('helpSince');
  });
});

describe('keeping house', () => {
  test('what is archived goes after its days', async () => {
    await started({ keepArchivedDays: 20 });
    const item = await submit();
    await until('received', () => stateOf(item) === 'received');
    platform.archivedThrough = 1;
    const heard: string[] = [];
    core.outbox.onChange((id) => void heard.push(id));
    await passing('archived', () => stateOf(item) === 'archived');
    expect(heard).toContain(item.submissionId);
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

test('on a metered line scans wait for their hours', async () => {
  const meteredScans = {
    formsUpToBytes: 50_000,
    fromHour: 22,
    untilHour: 6,
    atMostWaitMs: DAY,
  };
  await started({ meteredScans });
  const form = await submit();
  const scans = await core.outbox.submit(submissionOf(core.outbox.newSubmissionId(), [400_000]));
  await until('the form', () => stateOf(form) === 'received');
  await look();
  expect(scans.ok && stateOf(scans.value)).toBe('queued');
});
