import { describe, expect, test } from 'vitest';
import type { ItemRow } from '../storage/item-rows.ts';
import { noAnswer, problemAnswer, until } from './line.test-helper.ts';
import { makeLinkFailuresDue } from './link-failures.ts';
import { aWhile, disk, line, rest, start, states, useSender } from './sender.test-helper.ts';

useSender();

describe('what the platform says of the terminal and not of the item', () => {
  const attempts = (): number => disk.events().filter((each) => each === 'attemptBegun').length;
  const three = async (): Promise<ItemRow[]> => [
    await disk.store([]),
    await disk.store([]),
    await disk.store([]),
  ];

  test('to slow down: none asks before the time told, whoever wakes the sender', async () => {
    const items = await three();
    const { answer } = line;
    line.answer = () => problemAnswer(429, 'slowDown', { 'retry-after': '30' });
    const sender = start();
    await rest();
    expect([attempts(), disk.clock.waits]).toEqual([1, [30_000]]);
    // somebody submits; a round with the platform went well
    disk.clock.go(10_000);
    items.push(await disk.store([]));
    for (const wake of [() => sender.wake(), () => sender.known()]) {
      wake();
      await aWhile();
      await rest();
      expect([attempts(), disk.clock.waits]).toEqual([1, [20_000]]);
    }
    line.answer = answer;
    disk.clock.go(19_999);
    await aWhile();
    expect(attempts()).toBe(1);
    disk.clock.go(1);
    await until('all', () => states(...items).every((state) => state === 'received'));
    expect(attempts()).toBe(5);
  });

  test('without a time: longer each time, for each item fails for its first time only; at most the ceiling', async () => {
    for (let n = 0; n < 9; n++) await disk.store([]);
    const { answer } = line;
    const refused = () => problemAnswer(429, 'slowDown');
    line.answer = refused;
    start();
    const waits: (number | undefined)[] = [];
    for (let n = 1; n < 9; n++) {
      await until('asked', () => attempts() === n);
      await rest();
      waits.push(disk.clock.waits[0]);
      if (n < 8) disk.clock.go(waits.at(-1) ?? 0);
    }
    expect(waits).toEqual([999, 1999, 3999, 7999, 15_999, 31_999, 59_999, 59_999]);
    // one that is taken is the end of the row
    line.answer = (request) => {
      line.answer = refused;
      return answer(request);
    };
    disk.clock.go(59_999);
    await until('asked', () => attempts() === 10);
    await rest();
    expect(disk.clock.waits[0]).toBeLessThan(2000);
  });

  test.each([
    ['unauthorised', 401],
    ['revoked', 403],
  ])('%s: one asks, until a round with the platform went well', async (code, status) => {
    const items = await three();
    const { answer } = line;
    line.answer = () => problemAnswer(status, code, { 'retry-after': '50' });
    const sender = start();
    await rest();
    expect([attempts(), disk.clock.waits]).toEqual([1, [50_000]]);
    sender.wake();
    await aWhile();
    await rest();
    expect([attempts(), disk.clock.waits]).toEqual([1, [50_000]]);
    line.answer = answer;
    makeLinkFailuresDue(disk.db);
    sender.known();
    await until('all', () => states(...items).every((state) => state === 'received'));
    expect(disk.clock.now()).toBe(0);
  });

  test('is no other failure: nobody rests for that', async () => {
    await three();
    line.answer = () => problemAnswer(404, 'notFound');
    start();
    await rest();
    expect(attempts()).toBe(3);
  });

  test('that it was revoked is seen before each item', async () => {
    const items = await three();
    let enrolled = true;
    const { answer } = line;
    line.answer = (request) => {
      enrolled = false;
      return answer(request);
    };
    start({ enrolled: () => enrolled });
    await until('one', () => states(...items).includes('received'));
    await aWhile();
    expect([attempts(), disk.clock.waits]).toEqual([1, []]);
  });

  test('a clock that is set meanwhile makes nobody rest beyond the ceiling', async () => {
    const [item] = await three();
    let back = 0;
    line.answer = () => problemAnswer(429, 'slowDown');
    start({
      clock: {
        wall: () => disk.clock.wall() - back,
        now: () => disk.clock.now(),
        after: (ms, then) => disk.clock.after(ms, then),
      },
      onChange: () => {
        if (states(item!)[0] === 'retry') back = 86_400_000;
      },
    });
    await rest();
    expect(disk.clock.waits).toEqual([60_000]);
  });
});

test('that it rests for want of a link is told while it does, and of no other rest', async () => {
  await disk.store([]);
  line.answer = () => noAnswer('timeout');
  const sender = start();
  expect(sender.restsForLink()).toBe(false);
  await rest();
  expect(sender.restsForLink()).toBe(true);
  const [wait = 0] = disk.clock.waits;
  disk.clock.go(wait - 1);
  expect(sender.restsForLink()).toBe(true);
  line.answer = () => problemAnswer(429, 'slowDown', { 'retry-after': '30' });
  disk.clock.go(1);
  expect(sender.restsForLink()).toBe(false);
  await until('told', () => disk.clock.waits[0] === 30_000);
  expect(sender.restsForLink()).toBe(false);
});
