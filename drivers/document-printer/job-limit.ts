import { fault, type FaultCode } from '../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../domain/device/fault.ts';
import type { CommandOptions, DriverClock } from '../device.ts';

/**
 * Ends a print before its deadline, when its caller no longer wants it, or when the driver closes: so
 * early that the job can still be cancelled at the printer within the deadline.
 */
export class JobLimit {
  readonly #stop = new AbortController();
  readonly #waiting = Promise.withResolvers<Fault>();
  readonly #forget: () => void;
  #code: FaultCode = 'device.cancelled';
  #started = false;

  constructor(
    clock: DriverClock,
    { signal, deadlineMs }: CommandOptions,
    closing: AbortSignal,
    graceMs: number,
  ) {
    const cancel = (): void => {
      this.#end('device.cancelled');
    };
    const noDeadline = clock.after(Math.max(deadlineMs - graceMs, deadlineMs / 2), () => {
      this.#end('device.timeout');
    });
    const callers = signal === undefined ? [closing] : [signal, closing];
    for (const one of callers) one.addEventListener('abort', cancel, { once: true });
    this.#forget = () => {
      noDeadline();
      for (const one of callers) one.removeEventListener('abort', cancel);
    };
    if (callers.some((one) => one.aborted)) cancel();
  }

  /** Aborts at the end. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Why it ended. */
  get fault(): Fault {
    return fault(this.#code);
  }

  /** Whether the end has come. */
  isOver(): boolean {
    return this.#stop.signal.aborted;
  }

  /** The print's turn has come; false when it is too late. */
  start(): boolean {
    this.#started = true;
    return !this.isOver();
  }

  /** Resolves when the end comes before the turn; else never. */
  whileWaiting(): Promise<Fault> {
    return this.#waiting.promise;
  }

  /** Forgets timer and caller. */
  end(): void {
    this.#forget();
  }

  #end(code: FaultCode): void {
    if (this.isOver()) return;
    this.#code = code;
    this.#stop.abort();
    if (!this.#started) this.#waiting.resolve(this.fault);
  }
}
