import type { CommandOptions, DriverClock, Unsubscribe } from '../device.ts';

/** What ends a command before its answer. */
export type Ending =
  /** The time that the caller gave is over. */
  | { readonly type: 'late' }
  | { readonly type: 'cancelled' }
  /** The line is gone, or the owner closes. */
  | { readonly type: 'gone' };

/** Lets the commands on one line go one at a time, each until its caller, its deadline or the line ends it. */
export class CommandTurns {
  readonly #clock: DriverClock;
  readonly #signal: AbortSignal;
  #turn: Promise<unknown> = Promise.resolve();

  /** @param signal aborts when the line is gone or the owner closes */
  constructor(clock: DriverClock, signal: AbortSignal) {
    this.#clock = clock;
    this.#signal = signal;
  }

  /** Does it as soon as it is its turn; `work` is told what ends it early. Rejects only when `work` does. */
  async take<T>(
    work: (ended: Promise<Ending>) => Promise<T>,
    options: Partial<CommandOptions> = {},
  ): Promise<T | Ending> {
    const { ended, dispose } = this.#ending(options);
    const before = this.#turn;
    const mine = Promise.withResolvers<undefined>();
    this.#turn = before.then(() => mine.promise);
    try {
      const ending = await Promise.race([before.then(() => undefined), ended]);
      return ending ?? (await work(ended));
    } finally {
      mine.resolve(undefined);
      dispose();
    }
  }

  #ending({ signal, deadlineMs }: Partial<CommandOptions>): {
    readonly ended: Promise<Ending>;
    readonly dispose: Unsubscribe;
  } {
    const { promise, resolve } = Promise.withResolvers<Ending>();
    const gone = (): void => {
      resolve({ type: 'gone' });
    };
    const cancelled = (): void => {
      resolve({ type: 'cancelled' });
    };
    const late = (): void => {
      resolve({ type: 'late' });
    };
    if (this.#signal.aborted) gone();
    if (signal?.aborted === true) cancelled();
    this.#signal.addEventListener('abort', gone, { once: true });
    signal?.addEventListener('abort', cancelled, { once: true });
    const cancelLate =
      deadlineMs === undefined ? undefined : this.#clock.after(Math.max(0, deadlineMs), late);
    const dispose = (): void => {
      this.#signal.removeEventListener('abort', gone);
      signal?.removeEventListener('abort', cancelled);
      cancelLate?.();
    };
    return { ended: promise, dispose };
  }
}
