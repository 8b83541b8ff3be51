import type { Result } from '../../domain/result.ts';
import type { Fault } from '../../domain/device/fault.ts';
import type { Unsubscribe } from '../device.ts';

/** A two-way line of bytes: a serial port, a TCP connection, later HID and USB. */
export interface ByteLine {
  /** Bytes as they come, in whatever pieces. */
  onData(listener: (bytes: Uint8Array) => void): Unsubscribe;
  /** The line is gone, for whatever reason; comes at most once. */
  onClose(listener: (reason: string) => void): Unsubscribe;
  /** Resolves when the bytes were handed over to the system. */
  write(bytes: Uint8Array): Promise<Result<void, Fault>>;
  close(): Promise<void>;
}

/** Opens lines; one per configured address. */
export interface Transport {
  /** For logs and the technician: `serial:/dev/ttyS0@115200`, `tcp:10.0.0.5:9100`. */
  readonly address: string;
  connect(options: {
    readonly deadlineMs: number;
    readonly signal?: AbortSignal;
  }): Promise<Result<ByteLine, Fault>>;
}
