import { setTimeout as pause } from 'node:timers/promises';

/** The machine is emulated: nothing that may happen is given up earlier. */
const PATIENCE_MS = 45_000;
const LOOK_MS = 10;

/** Asks until there is an answer, and gives it; fails with `what` after a generous while. */
export async function eventually<T>(
  ask: () => T | undefined | Promise<T | undefined>,
  what: string | (() => string),
): Promise<T> {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > end) {
      throw new Error(`waited in vain for ${typeof what === 'string' ? what : what()}`);
    }
    await pause(LOOK_MS);
  }
}

/** Waits until something holds. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  what: string | (() => string),
): Promise<void> {
  await eventually(async () => ((await holds()) ? true : undefined), what);
}
