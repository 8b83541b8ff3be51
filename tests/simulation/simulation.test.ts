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

/** Something strikes while an item is sent, and something else while it is archived and not given up. */
const AIMED: Story = {
  seed: 'aimed',
  terminals: 1,
  days: 1,
  events: [
    {
      ...{ at: 8 * HOUR, aim: { terminal: 0, when: 'sending' }, type: 'stick', terminal: 0 },
      carriedMs: HOUR,
    },
    { at: 9 * HOUR, type: 'submit', terminal: 0, papers: [1_000], twice: false, age: false },
    { at: 10 * HOUR, type: 'archive' },
    {
      ...{ at: 10 * HOUR, aim: { terminal: 0, when: 'archived' }, type: 'clock', terminal: 0 },
      ...{ byMs: 2 * HOUR, after: null, forMs: HOUR },
    },
    // a start asks the platform at once; whoever looks makes it do something, so that it loses its power now
    { at: 11 * HOUR, type: 'crash', terminal: 0, after: 0, again: null, downMs: 5 * MINUTE },
    { at: 11 * HOUR, type: 'look', terminal: 0 },
  ],
};

test('a few terminal-days with faults keep every promise, and the same seed does the same twice', async () => {
  const story = storyOf('quick', 1, 1);
  const first = await runStories((n) => [story, story, HELD, AIMED][n], {
    workers: 1,
    shrink: false,
  });
  expect(first.flatMap(({ outcome }) => outcome.violations)).toEqual([]);
  const [one, two, held, aimed] = first;
  expect(one?.outcome.counts.items).toBeGreaterThanOrEqual(2);
  expect(one?.outcome.trace).toBe(two?.outcome.trace);
  expect(one && two && traceOf([one])).toBe(two && traceOf([two]));
  // two of three were refused for good, released too early, refused again, and arrived in the end
  expect(held?.outcome.counts).toMatchObject({ items: 3, held: 4, lastItems: 1 });
  expect(aimed?.outcome.strikes).toMatchObject({
    stick: { sending: 1 },
    'clock jumps': { archived: 1 },
  });
}, 180_000);
