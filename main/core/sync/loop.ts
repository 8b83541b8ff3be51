import type { Clock } from '../ports.ts';

/** Work that is done again and again until it is stopped. */
export interface Loop {
  start(): void;
  /** Do it now, or right after the round that is running. */
  wake(): void;
  /** Do it now, unless a round is running. */
  nudge(): void;
  /** Resolves when the running round has ended. */
  stop(): Promise<void>;
}

const AFTER_ERROR_MS = 5000;
/** What does not pass by itself (a full disk) is not tried every few seconds: each round asks the platform, too. */
const LONGEST_AFTER_ERRORS_MS = 60_000;

/**
 * A loop.
 * @param work one round; gives the milliseconds until the next unless woken
 * @param onError told what a round threw (a full disk, a bug); the loop goes on
 */
export function createLoop(
  clock: Clock,
  work: () => Promise<number>,
  onError: (error: unknown) => void,
): Loop {
  let stopped = false;
  let woken = false;
  let errorsInARow = 0;
  let wakeUp: (() => void) | undefined;
  let running: Promise<void> | undefined;

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const cancel = Number.isFinite(ms) ? clock.after(ms, () => wakeUp?.()) : () => undefined;
      wakeUp = () => {
        wakeUp = undefined;
        cancel();
        resolve();
      };
      if (woken || stopped) wakeUp();
    });
  const isStopped = (): boolean => stopped;
  const run = async (): Promise<void> => {
    while (!isStopped()) {
      woken = false;
      let next: number;
      try {
        next = await work();
        errorsInARow = 0;
      } catch (error) {
        onError(error);
        next = Math.min(AFTER_ERROR_MS * 2 ** errorsInARow, LONGEST_AFTER_ERRORS_MS);
        errorsInARow++;
        // what the failing round woke itself by would make it run hot
        woken = false;
      }
      if (!isStopped()) await pause(next);
    }
  };
  return {
    start() {
      running ??= run();
    },
    wake() {
      woken = true;
      wakeUp?.();
    },
    nudge() {
      wakeUp?.();
    },
    async stop() {
      stopped = true;
      wakeUp?.();
      await running;
    },
  };
}
