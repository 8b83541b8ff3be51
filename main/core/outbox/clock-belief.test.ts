import { afterEach, beforeEach, expect, test } from 'vitest';
import { createClockBelief } from './clock-belief.ts';
import { makeDisk, NOON, type Disk } from './disk.test-helper.ts';

const DAY = 24 * 60 * 60 * 1000;

let disk: Disk;
beforeEach(async () => {
  disk = await makeDisk();
});
afterEach(() => disk.close());

test('a bundle that the platform issued while its clock was ahead closes nothing once it has told the right time', () => {
  const issued = () => [undefined, new Date(NOON + 40 * DAY).toISOString()];
  const started = (wall = NOON, built?: string) =>
    createClockBelief({ ...disk.clock, wall: () => wall }, disk.db, () => [built], issued);
  // nobody has said otherwise: after the index was lost the bundles are all that is known
  expect([started().wrong(), started().mayConfirm()]).toEqual([true, 'tooEarly']);
  started().notePlatformTime(new Date(NOON).toISOString());
  expect([started().wrong(), started().mayConfirm()]).toEqual([false, 'notDoubted']);
  // what it told counts as before, and so does when the program was built
  expect(started(NOON - DAY - 1).wrong()).toBe(true);
  expect(started(NOON, issued()[1]).wrong()).toBe(true);
});
