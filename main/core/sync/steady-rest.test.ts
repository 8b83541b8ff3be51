import { expect, test } from 'vitest';
import { problemAnswer, until } from './line.test-helper.ts';
import { aWhile, disk, line, puts, rest, start, states, useSender } from './sender.test-helper.ts';
import { itemsGoFirst } from './sender.ts';

useSender();

const MINUTES = 60_000;
/** A wall clock that somebody sets. */
const settable = () => {
  const clock = { ahead: 0, ...disk.clock, now: () => disk.clock.now() };
  return Object.assign(clock, { wall: () => disk.clock.wall() + clock.ahead });
};

test('a clock that is set forward does not shorten the hour in which an item that was found malformed goes three times', async () => {
  const item = await disk.store([]);
  line.answer = () => problemAnswer(400, 'malformed');
  const clock = settable();
  const sender = start({ clock });
  await rest();
  expect(puts()).toBe(1);
  const parts = { db: disk.db, clock, backoffCeilingMs: MINUTES };
  for (const [wait, tries] of [
    [5 * MINUTES, 2],
    [60 * MINUTES, 3],
  ] as const) {
    // a day ahead: by the wall its time has come
    clock.ahead += 24 * 60 * MINUTES;
    sender.wake();
    await aWhile();
    expect(puts()).toBe(tries - 1);
    expect(itemsGoFirst(parts)).toBe(false);
    disk.clock.go(wait - 1);
    await aWhile();
    expect(puts()).toBe(tries - 1);
    disk.clock.go(1);
    await until('tried', () => puts() === tries && !states(item).includes('sending'));
    // held, nothing waits any more
    if (tries < 3) await rest();
  }
  expect(states(item)).toEqual(['held']);
});

test('what a person releases goes at once, whatever it was to wait', async () => {
  const item = await disk.store([]);
  line.answer = () => problemAnswer(400, 'malformed');
  const clock = settable();
  const sender = start({ clock });
  await rest();
  disk.db.run('UPDATE item SET not_before = 0 WHERE submission_id = ?', item.submissionId);
  sender.wake();
  await until('tried', () => puts() === 2);
});
