import { expect, test } from 'vitest';
import { runStories, traceOf } from './run-districts.ts';
import { storyOf } from './story-of.ts';
import { DAY, type Story } from './story.ts';

const HOUR = DAY / 24;
const MINUTE = HOUR / 60;

/** The platform takes no large attachment for some hours; one item is released too early, all are afterwards. */
const HELD: Story = {
  seed: 'held',
  terminals: 1,
  days: 1,
  events: [
    { at: 8 * HOUR, type: 'limits', limits: { attachmentBytes: 20_000 }, forMs: 6 * HOUR },
    ...[17_000, 1_000, 17_000].map((size, n) => ({
      ...{ at: 9 * HOUR + n * MINUTE, type: 'submit' as const, terminal: 0 },
      ...{ papers: [size], twice: false, age: false },
    })),
    { at: 10 * HOUR, type: 'release', terminal: 0 },
    { at: 11 * HOUR, type: 'stick', terminal: 0, carriedMs: HOUR },
    { at: 15 * HOUR, type: 'release', terminal: 0 },
  ],
};

test('a few terminal-days with faults keep every promise, and the same seed does the same twice', async () => {
  const story = storyOf('quick', 1, 1);
  const first = await runStories((n) => [story, story, HELD][n], { workers: 1, shrink: false });
  expect(first.flatMap(({ outcome }) => outcome.violations)).toEqual([]);
  const [one, two, held] = first;
  expect(one?.outcome.counts.items).toBeGreaterThanOrEqual(2);
  expect(one?.outcome.trace).toBe(two?.outcome.trace);
  expect(one && two && traceOf([one])).toBe(two && traceOf([two]));
  // two of three were refused for good, released too early, refused again, and arrived in the end
  expect(held?.outcome.counts).toMatchObject({ items: 3, held: 4 });
}, 180_000);
