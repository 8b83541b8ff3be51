import { fault } from '../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../domain/device/fault.ts';
import type { DeviceStatus } from '../../domain/device/status.ts';
import type { DriverClock, Unsubscribe } from '../device.ts';
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
  readonly #statusListeners = new Set<(status: DeviceStatus) => void>();
  readonly #eventListeners = new Set<(event: CodeScannerEvent) => void>();
  #status: DeviceStatus = { state: 'starting' };
  #last: string | undefined;
  #cancelForgetting: Unsubscribe = () => undefined;
  #cancelOffline: Unsubscribe | undefined;
  #lostFor: Fault = fault('device.offline');

  constructor(clock: DriverClock, timings: AnnouncerTimings) {
    this.#clock = clock;
    this.#timings = timings;
  }

  get status(): DeviceStatus {
    return this.#status;
  }

  onStatus(listener: (status: DeviceStatus) => void): Unsubscribe {
    this.#statusListeners.add(listener);
    return () => this.#statusListeners.delete(listener);
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
    this.#cancelOffline?.();
    this.#cancelOffline = undefined;
    if (JSON.stringify(status) === JSON.stringify(this.#status)) return;
    this.#status = status;
    for (const listener of [...this.#statusListeners]) listener(status);
  }

  /** The line is gone: told at once while starting, else when it stays away. */
  lineLost(reason: Fault = fault('device.offline')): void {
    // that the line closed comes first; why there is no other one comes after it, and says more
    this.#lostFor = reason;
    const tell = (): void => {
      this.setStatus({ state: 'offline', fault: this.#lostFor });
    };
    const { state, fault: told } = this.#status;
    if (state === 'starting' || (state === 'offline' && told?.code !== reason.code)) {
      tell();
    } else if (this.#status.state !== 'offline') {
      this.#cancelOffline ??= this.#clock.after(this.#timings.offlineAfterMs, tell);
    }
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
