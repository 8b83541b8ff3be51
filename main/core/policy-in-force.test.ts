import { z } from 'zod';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { assuranceFor, DEFAULT_POLICY, idleTimesFor } from '../../kiosk-config/index.ts';
import { policySchema } from '../../kiosk-config/config/policy.ts';
import { makeBench, until, type Bench } from './outbox/durable-bench.test-helper.ts';
import type { DurableConfig, DurableCore } from './durable.ts';
import { limitsOf, policyReader } from './policy-in-force.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await makeBench();
});
afterEach(() => bench.close());

const RIGHT = { environment: 'demo', backlog: { maxItems: 5 } };
const start = async (change: Partial<DurableConfig> = {}): Promise<DurableCore> => {
  const core = await bench.open(change);
  core.start();
  return core;
};
const version = (core: DurableCore): number | undefined => core.bundles.current().policy?.version;
const details = (core: DurableCore, of: string): readonly string[] =>
  core.problems().flatMap(({ code, detail }) => (code === of ? [detail] : []));

test('a policy with a word that this program does not know is in force, outlives a restart, and the word is told', async () => {
  await bench.platform.publish('policy', 1, { ...RIGHT, newerWord: true });
  let core = await start();
  await until('the policy', () => version(core) === 1);
  const isInForce = (): void => {
    expect(policyReader(core)().backlog.maxItems).toBe(5);
    expect(details(core, 'policyWordsUnknown')).toEqual(['$.newerWord']);
  };
  isInForce();
  core = await start();
  isInForce();
  await bench.platform.publish('policy', 2, RIGHT);
  await until('without the word', () => version(core) === 2);
  expect(details(core, 'policyWordsUnknown')).toEqual([]);
});

test('a policy with a wrong value never comes into force: the earlier one stays, also after a restart, and it is told', async () => {
  await bench.platform.publish('policy', 1, RIGHT);
  let core = await start();
  await until('the policy', () => version(core) === 1);
  const read = policyReader(core);
  await bench.platform.publish('policy', 2, { ...RIGHT, backlog: { maxItems: 'six' } });
  await until('told', () => details(core, 'bundleRefused').includes('policy content'));
  expect([version(core), read().backlog.maxItems]).toEqual([1, 5]);
  core = await bench.open();
  expect([version(core), policyReader(core)().backlog.maxItems]).toEqual([1, 5]);
});

test('at a terminal in production the policy of a demonstration is refused, and told as one', async () => {
  await bench.platform.publish('policy', 1, RIGHT);
  const core = await start({ environment: 'production' });
  await until('told', () => details(core, 'bundleRefused').includes('policy demo'));
  expect(policyReader(core)().environment).toBe('production');
  await bench.platform.publish('policy', 2, { backlog: { maxItems: 6 } });
  await until('the policy', () => version(core) === 2);
  expect(policyReader(core)().backlog.maxItems).toBe(6);
});

/** Paths of all settings, by the shape; the names of services are anybody's. */
function settingsOf(shape: unknown, path = ''): readonly string[] {
  const { properties } = shape as { readonly properties?: Readonly<Record<string, unknown>> };
  if (properties === undefined) return [path];
  return Object.entries(properties).flatMap(([name, below]) =>
    settingsOf(below, path === '' ? name : `${path}.${name}`),
  );
}

/** The same, noting what of it is read. */
function watched<T extends object>(value: T, read: Set<string>, path = ''): T {
  return new Proxy(value, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      const at = path === '' ? String(name) : `${path}.${String(name)}`;
      read.add(at);
      return typeof member === 'object' && member !== null ? watched(member, read, at) : member;
    },
  });
}

test('every setting that a policy may have is read: none promises what nothing keeps', () => {
  const read = new Set<string>();
  const policy = watched(DEFAULT_POLICY, read);
  // all that the core makes of a policy (`compose.ts`)
  limitsOf(policy, true);
  const { quietSeconds, warningSeconds } = idleTimesFor(policy, 'a-service');
  assuranceFor(policy, { id: 'a-service', assurance: 'L2' });
  expect([quietSeconds, warningSeconds]).toEqual([60, 20]);
  // by the bundle store, which refuses that of a demonstration: see the test above
  read.add('environment');
  const settings = settingsOf(z.toJSONSchema(policySchema, { io: 'output' }));
  expect(settings).toContain('sync.metered.scansFromHour');
  expect(settings.filter((setting) => !read.has(setting))).toEqual([]);
});
