import { expect, test } from 'vitest';
import { until } from './line.test-helper.ts';
import {
  asked,
  core,
  disk,
  passing,
  platform,
  problemOf,
  started,
  stateOf,
  submit,
  useCore,
} from './platform-side.test-helper.ts';

useCore();

const rounds = (): number => asked.filter(({ path }) => path.startsWith('/v1/feed')).length;
/** Turns enough for a round that would begin to ask. */
const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
};

test.each([
  ['to wait: no sooner than that', { 'retry-after': '40' }],
  ['nothing of a time: at once', undefined],
])('a round that the platform told %s, when the link changes', async (_what, headers) => {
  await started();
  const slowDown = problemOf(429, 'slowDown');
  if (typeof slowDown === 'string') throw new Error('no answer');
  platform.behave = ({ method, path }) => {
    if (path === '/v1/feed') return headers ? { ...slowDown, headers } : slowDown;
    return method === 'PUT' ? 'silence' : undefined;
  };
  const before = rounds();
  await passing('told so', () => rounds() > before && disk.clock.waits.length > 0);
  const toldAt = disk.clock.now();
  const soFar = rounds();
  // an item finds the link away
  const heard: string[] = [];
  core.link.onChange((state) => void heard.push(state));
  const item = await submit();
  await until('the link is away', () => heard.includes('offline'));
  await until('it waits', () => stateOf(item) === 'retry');
  await turns();
  if (!headers) {
    await until('asked', () => rounds() > soFar);
    return;
  }
  expect(rounds()).toBe(soFar);
  disk.clock.go(toldAt + 39_999 - disk.clock.now());
  await turns();
  expect(rounds()).toBe(soFar);
  await passing('asked', () => rounds() > soFar);
});
