import { expect, it } from 'vitest';
import { createRecovery } from './recovery.ts';

it('reloads a dead page, and starts anew after more than three deaths in a minute', () => {
  let now = 0;
  const recovery = createRecovery(() => now);
  const steps = Array.from({ length: 4 }, () => {
    now += 1_000;
    return recovery.pageGone();
  });
  expect(steps).toEqual(['reload', 'reload', 'reload', 'relaunch']);
});

it('forgets deaths that are a minute old', () => {
  let now = 0;
  const recovery = createRecovery(() => now);
  for (let i = 0; i < 10; i++) {
    expect(recovery.pageGone()).toBe('reload');
    now += 30_000;
  }
});
