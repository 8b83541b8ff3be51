import type { DeviceStatus } from '../domain/device/status.ts';
import type { HardwareReport } from './hardware.ts';

/** How long and until when a command may run. */
export interface CommandOptions {
  /** Stops the command; it then ends with fault `device.cancelled`. */
  readonly signal?: AbortSignal;
  /** Whole time allowed, in ms from the call. */
  readonly deadlineMs: number;
}

/** Takes a subscription back. */
export type Unsubscribe = () => void;

/** The clock a driver lives by, injected so that tests can hold it. */
export interface DriverClock {
  /** Milliseconds that only go up. */
  now(): number;
  /** Calls back once after `ms`; the answer cancels it. */
  after(ms: number, callback: () => void): Unsubscribe;
}

/**
 * What every driver has. `open` never rejects: a device that is away is a state (`offline`) and the
 * driver goes on trying, with backoff, until `close`. On every (re)connect a driver asks the
 * hardware what it holds before it says `online`.
 */
export interface Device {
  readonly status: DeviceStatus;
  /** Where the protocol lets hardware say what it is: asked on every (re)connect, told when it is known. */
  readonly hardware?: HardwareReport;
  /** Called at every change of status, never with two equal ones in a row. */
  onStatus(listener: (status: DeviceStatus) => void): Unsubscribe;
  open(): Promise<void>;
  close(): Promise<void>;
}
