import { expect, test } from 'vitest';
import { until } from './line.test-helper.ts';
import {
  asked,
  beats,
  codes,
  core,
  disk,
  errors,
  look,
  open,
  passing,
  platform,
  problemOf,
  started,
  stateOf,
  submit,
  useCore,
  waited,
} from './platform-side.test-helper.ts';
import type { Behaviour } from './platform-double.test-helper.ts';

useCore();

const A_PAGE: Behaviour = { status: 200, type: 'text/html', body: '<html>' };

test.each([
  ['500', problemOf(500, 'internal')],
  ['a page', A_PAGE],
])(
  'a terminal whose platform answers one kind of bundle with %s works as ever',
  async (_what, answer) => {
    await started();
    const heard: string[] = [];
    core.link.onChange((state) => void heard.push(state));
    platform.behave = ({ path }) => (path === '/v1/bundles/keys' ? answer : undefined);
    for (let n = 0; n < 5; n++) await look();
    // an item goes when it is handed in
    const at = disk.clock.now();
    const item = await submit();
    await until('received', () => stateOf(item) === 'received');
    expect(disk.clock.now()).toBe(at);
    platform.archivedThrough = 1;
    await passing('archived', () => stateOf(item) === 'archived');
    // no round comes of a change of the link that a round made
    const before = beats().length;
    const from = disk.clock.now();
    while (disk.clock.now() < from + 3_600_000) await look();
    expect(beats().length - before).toBeLessThan(3600 / 54 + 3);
    expect(asked.filter(({ path }) => path === '/v1/bundles/keys').length).toBeLessThan(12);
    expect(heard).toEqual([]);
    expect(codes()).toContain('bundleNotHad');
    expect(errors).toEqual([]);
  },
);

test('a platform that gives no token is asked for it once a round', async () => {
  await open();
  platform.behave = ({ path }) => (path === '/v1/tokens' ? problemOf(500, 'internal') : undefined);
  core.start();
  await until('a round', () => waited.some((ms) => ms > 0 && Number.isFinite(ms)));
  expect(asked.map(({ path }) => path)).toEqual(['/v1/enrolments', '/v1/tokens']);
  expect(core.link.state()).toBe('offline');
});
