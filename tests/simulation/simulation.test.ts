import { expect, test } from 'vitest';
import { runStories, traceOf } from './run-districts.ts';
import { storyOf } from './story.ts';

test('a few terminal-days with faults keep every promise, and the same seed does the same twice', async () => {
  const story = storyOf('quick', 1, 1);
  const first = await runStories((n) => [story, story][n], { workers: 1, shrink: false });
  expect(first.flatMap(({ outcome }) => outcome.violations)).toEqual([]);
  const [one, two] = first;
  expect(one?.outcome.counts.items).toBeGreaterThanOrEqual(2);
  expect(one?.outcome.trace).toBe(two?.outcome.trace);
  expect(one && two && traceOf([one])).toBe(two && traceOf([two]));
}, 180_000);
