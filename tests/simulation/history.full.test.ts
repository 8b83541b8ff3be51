import { expect, test } from 'vitest';
import type { Story } from './story.ts';
import { runStories, storiesOf } from './run-districts.ts';

/** Plays these districts one after the other in one process; what happened in the last of them. */
async function lastOf(order: readonly number[]): Promise<string | undefined> {
  const all = storiesOf('5', 60, 5);
  const stories = (n: number): Story | undefined => {
    const district = order[n];
    return district === undefined ? undefined : all(district);
  };
  const done = await runStories(stories, { workers: 1, shrink: false });
  return done.at(-1)?.outcome.trace;
}

test('what happens in a district does not go by what its process played before: a story alone is the same one', async () => {
  const alone = await lastOf([10]);
  expect(alone).toMatch(/^[0-9a-f]{64}$/);
  expect(await lastOf([0, 2, 4, 6, 8, 10])).toBe(alone);
});
