import { fault } from '../../domain/device/fault-catalogue.ts';
import type { FaultCode } from '../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../domain/device/fault.ts';
import type { Result } from '../../domain/result.ts';
import { err } from '../../domain/result.ts';
import type { CommandOptions, DriverClock, Unsubscribe } from '../device.ts';
import type { PrintOutcome } from './contract.ts';

/** Ends a command at its deadline or when its caller no longer wants it. */
export class CommandLimit {
  readonly #stop = new AbortController();
  readonly #unsubscribe: Unsubscribe;
  readonly #waiting = Promise.withResolvers<PrintOutcome>();
  #code: FaultCode = 'device.cancelled';
  #started = false;

  constructor(clock: DriverClock, { signal, deadlineMs }: CommandOptions) {
    const cancel = (): void => {
      this.#end('device.cancelled');
    };
    const stopClock = clock.after(deadlineMs, () => {
      this.#end('device.timeout');
    });
    signal?.addEventListener('abort', cancel, { once: true });
    this.#unsubscribe = () => {
      stopClock();
      signal?.removeEventListener('abort', cancel);
    };
    if (signal?.aborted === true) cancel();
  }

  /** Aborts at the end. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Whether the end has come. */
  isOver(): boolean {
    return this.#stop.signal.aborted;
  }

  /** The refusal of a command that ended before it began; never comes once `start` was called in time. */
  whileWaiting(): Promise<PrintOutcome> {
    return this.#waiting.promise;
  }

  /** The command's turn has come; false when it is too late. */
  start(): boolean {
    this.#started = true;
    return !this.#stop.signal.aborted;
  }

  /** Nothing was sent, or not all: no whole receipt can come out. */
  refusal(): PrintOutcome {
    return { outcome: 'failed', fault: fault(this.#code) };
  }

  /** Forgets timer and caller. */
  end(): void {
    this.#unsubscribe();
  }

  #end(code: FaultCode): void {
    if (this.#stop.signal.aborted) return;
    this.#code = code;
    this.#stop.abort();
    if (!this.#started) this.#waiting.resolve(this.refusal());
  }
}

/** The end of a command before its work was done. */
export async function endOf(limit: CommandLimit): Promise<Result<never, Fault>> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  limit.signal.addEventListener('abort', () => {
    resolve(undefined);
  });
  if (limit.isOver()) resolve(undefined);
  await promise;
  const end = limit.refusal();
  return err(end.outcome === 'printed' ? fault('device.timeout') : end.fault);
}
