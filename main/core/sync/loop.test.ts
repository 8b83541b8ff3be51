import { describe, expect, test } from 'vitest';
import { handClock as movedClock } from '../hand-clock.test-helper.ts';
import { createLoop } from './loop.ts';

/** A clock whose only timer is fired by hand. */
function handClock() {
  let fire: (() => void) | undefined;
  const waits: number[] = [];
  return {
    waits,
    fire: () => fire?.(),
    clock: {
      wall: () => 0,
      now: () => 0,
      after: (ms: number, then: () => void) => {
        waits.push(ms);
        fire = then;
        return () => undefined;
      },
    },
  };
}
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('a round that fails and wakes its own loop does not run hot', async () => {
  const { clock, waits, fire } = handClock();
  let rounds = 0;
  const errors: unknown[] = [];
  const loop = createLoop(
    clock,
    () => {
      rounds += 1;
      loop.wake();
      return Promise.reject(new Error('disk'));
    },
    (error) => errors.push(error),
  );
  loop.start();
  await settled();
  expect({ rounds, waits }).toEqual({ rounds: 1, waits: [5000] });
  fire();
  await settled();
  expect(rounds).toBe(2);
  // somebody else's call is heard while it waits
  loop.wake();
  await settled();
  expect(rounds).toBe(3);
  expect(errors).toHaveLength(3);
  // what goes on failing is tried less and less often, and each minute at least
  for (let round = 0; round < 3; round++) {
    fire();
    await settled();
  }
  expect(waits).toEqual([5000, 10_000, 20_000, 40_000, 60_000, 60_000]);
  await loop.stop();
});

test('a wake during a round that ends well begins another one at once', async () => {
  const { clock } = handClock();
  let rounds = 0;
  const loop = createLoop(
    clock,
    () => {
      rounds += 1;
      if (rounds === 1) loop.wake();
      return Promise.resolve(1000);
    },
    () => undefined,
  );
  loop.start();
  await settled();
  expect(rounds).toBe(2);
  await loop.stop();
});

describe('a loop', () => {
  const made = (next: number | (() => Promise<number>) = 1000) => {
    const clock = movedClock();
    let rounds = 0;
    const loop = createLoop(
      clock,
      () => {
        rounds += 1;
        return typeof next === 'number' ? Promise.resolve(next) : next();
      },
      () => undefined,
    );
    return { clock, loop, rounds: () => rounds };
  };

  test('waits as long as its round says, and begins once however often it is started', async () => {
    const { clock, loop, rounds } = made();
    await settled();
    expect(rounds()).toBe(0);
    loop.start();
    loop.start();
    await settled();
    expect([rounds(), clock.waits]).toEqual([1, [1000]]);
    clock.go(999);
    await settled();
    expect(rounds()).toBe(1);
    clock.go(1);
    await settled();
    expect(rounds()).toBe(2);
    await loop.stop();
  });

  test('that has nothing to wait for waits to be woken, and leaves no timer behind', async () => {
    const { clock, loop, rounds } = made(Number.POSITIVE_INFINITY);
    loop.start();
    await settled();
    expect([rounds(), clock.waits]).toEqual([1, []]);
    loop.wake();
    await settled();
    loop.nudge();
    await settled();
    expect(rounds()).toBe(3);
    await loop.stop();
    const timed = made();
    timed.loop.start();
    await settled();
    timed.loop.wake();
    await settled();
    expect([timed.rounds(), timed.clock.waits]).toEqual([2, [1000]]);
    await timed.loop.stop();
    expect(timed.clock.waits).toEqual([]);
  });

  test('is not nudged into another round by what its round did', async () => {
    const { loop, rounds } = made(() => {
      loop.nudge();
      return Promise.resolve(1000);
    });
    loop.start();
    await settled();
    expect(rounds()).toBe(1);
    await loop.stop();
  });

  test('is stopped when its round has ended, and begins no other', async () => {
    const { promise, resolve } = Promise.withResolvers<number>();
    const { clock, loop, rounds } = made(() => promise);
    loop.start();
    await settled();
    let stopped = false;
    const stopping = loop.stop().then(() => (stopped = true));
    await settled();
    expect(stopped).toBe(false);
    loop.wake();
    resolve(0);
    await stopping;
    expect([rounds(), clock.waits]).toEqual([1, []]);
    // one that never began is stopped at once
    const never = made();
    await never.loop.stop();
    never.loop.start();
    await settled();
    expect(never.rounds()).toBe(0);
  });
});
