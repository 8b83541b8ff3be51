import { expect, test } from 'vitest';
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
