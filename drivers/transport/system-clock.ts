import type { DriverClock, Unsubscribe } from '../device.ts';

/** Real time: monotonic milliseconds and the timers of the process. */
export const systemClock: DriverClock = {
  now: () => performance.now(),
  after(ms: number, callback: () => void): Unsubscribe {
    const timer = setTimeout(callback, ms);
    return () => {
      clearTimeout(timer);
    };
  },
};

/** Waits on a driver's clock; resolves early, without an error, when the signal aborts. */
export function sleep(clock: DriverClock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) {
      resolve();
      return;
    }
    const done = (): void => {
      cancel();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const cancel = clock.after(ms, done);
    signal?.addEventListener('abort', done, { once: true });
  });
}
