import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AUDIT_START } from '../../../domain/wire/audit.ts';
import { makeBench, submissionOf, until, type Bench } from '../outbox/durable-bench.test-helper.ts';

// slow shared machines: nothing here depends on how long it takes
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

let bench: Bench;
beforeEach(async () => {
  bench = await makeBench();
});
afterEach(() => bench.close());

const count = (path: string): number =>
  bench.platform.log.filter((line) => line === `POST ${path}`).length;

test('an older platform, which says nothing of audit, is sent none; one that then does not take it is asked once a round', async () => {
  const core = await bench.open({ pollEveryMs: 20 });
  core.start();
  await until('a few heartbeats', () => count('/v1/heartbeats') > 2);
  expect(count('/v1/audit/events')).toBe(0);
  const body = {
    result: 'noted',
    serverTime: new Date().toISOString(),
    audit: { result: 'held', seq: 0, hash: AUDIT_START, archivedSeq: 0 },
  };
  // the double knows the route as little as an older platform does: 404
  bench.platform.behave = ({ path }) =>
    path === '/v1/heartbeats'
      ? { status: 202, type: 'application/json', body: JSON.stringify(body) }
      : undefined;
  await until('a few more', () => count('/v1/audit/events') > 2);
  expect(count('/v1/audit/events')).toBeLessThanOrEqual(count('/v1/heartbeats'));
  expect(core.link.state()).toBe('online');
  const stored = await core.outbox.submit(submissionOf(core.outbox.newSubmissionId(), []));
  expect(stored.ok).toBe(true);
  await until('received', () => core.outbox.waiting() === 0);
});
