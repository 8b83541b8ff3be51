import { expect, test } from 'vitest';
import { createLink } from './link.ts';

test('the link tells each change once', () => {
  const skew: { ms?: number } = {};
  const link = createLink(() => skew.ms);
  const heard: string[] = [];
  const leave = link.onChange((state) => void heard.push(state));
  expect(link.state()).toBe('unknown');
  link.set('unknown');
  link.set('online');
  link.set('online');
  link.set('offline');
  expect([heard, link.state()]).toEqual([['online', 'offline'], 'offline']);
  leave();
  link.set('online');
  expect(heard).toHaveLength(2);
  skew.ms = 7;
  expect(link.clockSkewMs()).toBe(7);
});
