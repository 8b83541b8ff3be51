import { fault } from '../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../domain/device/fault.ts';
import type { DeviceStatus } from '../../domain/device/status.ts';
import type { DriverClock, Unsubscribe } from '../device.ts';
import { LineStatus } from '../told-status.ts';
import type { CodeScannerEvent, ScannedCode } from './contract.ts';

/** Times of what is told, in ms. */
export interface AnnouncerTimings {
  /** The same code is not told again until it was away for so long; 0 tells every one. */
  readonly duplicateMs: number;
  /** A lost line is told after so long, if it has not come back. */
  readonly offlineAfterMs: number;
}

/** Tells listeners what happens at a scanner: no status twice in a row, and what repeats itself once. */
export class CodeAnnouncer {
  readonly #clock: DriverClock;
  readonly #timings: AnnouncerTimings;
  readonly #told: LineStatus;
  readonly #eventListeners = new Set<(event: CodeScannerEvent) => void>();
  #last: string | undefined;
  #cancelForgetting: Unsubscribe = () => undefined;

  constructor(clock: DriverClock, timings: AnnouncerTimings) {
    this.#clock = clock;
    this.#timings = timings;
    this.#told = new LineStatus({ clock, offlineAfterMs: timings.offlineAfterMs });
  }

  get status(): DeviceStatus {
    return this.#told.now;
  }

  onStatus(listener: (status: DeviceStatus) => void): Unsubscribe {
    return this.#told.onStatus(listener);
  }

  onEvent(listener: (event: CodeScannerEvent) => void): Unsubscribe {
    this.#eventListeners.add(listener);
    return () => this.#eventListeners.delete(listener);
  }

  /** Tells a code, unless it is the last one still held before the scanner. */
  code(code: ScannedCode): void {
    if (this.#repeats(`code ${Buffer.from(code.bytes).toString('latin1')}`)) return;
    this.#tell({ type: 'code', ...code });
  }

  /** Tells what was thrown away; a line full of noise is told once until it was quiet for a while. */
  failed(reason: Fault): void {
    if (this.#repeats(`failed ${reason.code} ${reason.detail ?? ''}`)) return;
    this.#tell({ type: 'failed', fault: reason });
  }

  /** Whatever comes next is told, also if it repeats what came before. */
  forget(): void {
    this.#cancelForgetting();
    this.#last = undefined;
  }

  setStatus(status: DeviceStatus): void {
    this.#told.tell(status);
  }

  /** The line is gone: told at once while starting, else when it stays away. */
  lineLost(reason: Fault = fault('device.offline')): void {
    this.#told.lineLost({ state: 'offline', fault: reason });
  }

  /** Remembers what is told, no longer than needed; says whether it is what was told last. */
  #repeats(what: string): boolean {
    const { duplicateMs } = this.#timings;
    if (duplicateMs <= 0) return false;
    const repeats = this.#last === what;
    this.forget();
    this.#last = what;
    this.#cancelForgetting = this.#clock.after(duplicateMs, () => {
      this.#last = undefined;
    });
    return repeats;
  }

  #tell(event: CodeScannerEvent): void {
    for (const listener of [...this.#eventListeners]) listener(event);
  }
}
