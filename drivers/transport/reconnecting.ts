import type { Fault } from '../../domain/device/fault.ts';
import type { DriverClock } from '../device.ts';
import { sleep } from './system-clock.ts';
import type { ByteLine, Transport } from './transport.ts';

/** How long to wait between attempts, in ms. */
export interface Backoff {
  /** Upper end of the first wait; doubles with every failure. */
  readonly baseMs: number;
  /** No wait is longer. */
  readonly capMs: number;
  /** No wait is shorter, so that a failing device is not hammered. */
  readonly floorMs: number;
}

/** For devices on the same machine or desk. */
export const DEVICE_BACKOFF: Backoff = { baseMs: 250, capMs: 10_000, floorMs: 50 };

/**
 * Wait before attempt `failures` + 1 (so 1 after the first failure): full jitter, evenly between nothing
 * and the doubled base, within floor and cap. `random` is in [0, 1).
 */
export function backoffDelay(failures: number, backoff: Backoff, random: () => number): number {
  const doublings = Math.min(Math.max(failures - 1, 0), 30);
  const upper = Math.min(backoff.capMs, backoff.baseMs * 2 ** doublings);
  return Math.min(backoff.capMs, Math.max(backoff.floorMs, random() * upper));
}

/** What a session on one line is given besides the line. */
export interface LineSession {
  /** Aborts when the line is gone or the owner closes. */
  readonly signal: AbortSignal;
  /** Says that the device answered sensibly: the next wait begins at the base again. */
  readonly proved: () => void;
}

/** How to keep a line to a device. */
export interface KeepConnectedOptions {
  readonly transport: Transport;
  readonly clock: DriverClock;
  /** In [0, 1); default `Math.random`. */
  readonly random?: () => number;
  readonly backoff?: Backoff;
  /** Default 5000. */
  readonly connectDeadlineMs?: number;
  /** Lives while the line is of use; the line is closed when it resolves. A rejection is a bug. */
  readonly session: (line: ByteLine, context: LineSession) => Promise<void>;
  /** No line could be had, and why. */
  readonly onUnreachable: (fault: Fault) => void;
}

/** A line that is kept until `close`. */
export interface KeptConnection {
  close(): Promise<void>;
}

/** Connects, runs the session, and begins again with capped backoff and full jitter until closed. */
export function keepConnected(options: KeepConnectedOptions): KeptConnection {
  const closing = new AbortController();
  const running = run(options, closing.signal);
  return {
    close: () => {
      closing.abort();
      return running;
    },
  };
}

async function run(options: KeepConnectedOptions, closing: AbortSignal): Promise<void> {
  const { transport, clock, session, onUnreachable } = options;
  const { random = Math.random, backoff = DEVICE_BACKOFF, connectDeadlineMs = 5_000 } = options;
  let failures = 0;
  while (!closing.aborted) {
    const connected = await transport.connect({ deadlineMs: connectDeadlineMs, signal: closing });
    failures += 1;
    if (connected.ok) {
      const line = connected.value;
      const gone = new AbortController();
      line.onClose(() => {
        gone.abort();
      });
      const signal = AbortSignal.any([gone.signal, closing]);
      const proved = (): void => {
        failures = 0;
      };
      try {
        if (!signal.aborted) await session(line, { signal, proved });
      } finally {
        await line.close();
      }
    } else if (connected.error.code !== 'device.cancelled') {
      onUnreachable(connected.error);
    }
    await sleep(clock, backoffDelay(failures, backoff, random), closing);
  }
}
