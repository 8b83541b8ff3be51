import { fault } from '../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../domain/device/fault.ts';
import type { DeviceStatus } from '../../domain/device/status.ts';
import { err, type Result } from '../../domain/result.ts';
import type { DriverClock, Unsubscribe } from '../device.ts';
import { ToldStatus } from '../told-status.ts';
import type { Backoff, KeptConnection, LineSession } from '../transport/reconnecting.ts';
import { DEVICE_BACKOFF, keepConnected } from '../transport/reconnecting.ts';
import type { ByteLine, Transport } from '../transport/transport.ts';
import type { Ending } from './command-turns.ts';
import type { PartsEvent, PartsState } from './contract.ts';
import type { BoardState } from './parts-messages.ts';
import { PartsModel } from './parts-model.ts';
import type { PartsTimings } from './parts-timings.ts';

/** What every driver of parts needs. */
export interface PartsLineOptions {
  readonly transport: Transport;
  readonly clock: DriverClock;
  readonly backoff?: Backoff;
  /** In [0, 1); default `Math.random`. */
  readonly random?: () => number;
}

/** A device that can never answer: whether it works nobody knows, and nothing is wrong that is known of. */
export const SILENT_BY_NATURE: DeviceStatus = { state: 'unknown' };

/**
 * What drivers of parts have in common: a line that is kept, and what they tell: each status once, a loss only
 * when it has lasted, what happens at the parts. Nothing is known of the parts of a device that is not online.
 */
export abstract class PartsDevice {
  protected readonly model: PartsModel;
  protected isClosing = false;
  readonly #options: PartsLineOptions;
  readonly #lossAfterMs: number;
  readonly #told = new ToldStatus();
  readonly #eventListeners = new Set<(event: PartsEvent) => void>();
  #connection: KeptConnection | undefined;
  /** What is told when the loss has lasted; undefined while there is none. */
  #loss: DeviceStatus | undefined;
  #cancelLoss: Unsubscribe | undefined;

  constructor(options: PartsLineOptions, timings: PartsTimings) {
    this.#options = options;
    this.#lossAfterMs = timings.lossAfterMs;
    this.model = new PartsModel(options.clock, timings, (event) => {
      for (const listener of [...this.#eventListeners]) listener(event);
    });
  }

  get status(): DeviceStatus {
    return this.#told.now;
  }

  get state(): PartsState {
    return this.model.state;
  }

  onStatus(listener: (status: DeviceStatus) => void): Unsubscribe {
    return this.#told.onStatus(listener);
  }

  onEvent(listener: (event: PartsEvent) => void): Unsubscribe {
    this.#eventListeners.add(listener);
    return () => this.#eventListeners.delete(listener);
  }

  open(): Promise<void> {
    const { transport, clock, backoff = DEVICE_BACKOFF, random = Math.random } = this.#options;
    this.#connection ??= keepConnected({
      transport,
      clock,
      backoff,
      random,
      session: (line, context) => this.session(line, context),
      onUnreachable: (reason) => {
        this.lost({ state: 'offline', fault: reason });
      },
    });
    return Promise.resolve();
  }

  async close(): Promise<void> {
    this.isClosing = true;
    await this.#connection?.close();
    this.#connection = undefined;
    this.isClosing = false;
    this.setStatus({ state: 'offline' });
  }

  /** Lives on one line until its signal aborts, or earlier where a new line may help. */
  protected abstract session(line: ByteLine, context: LineSession): Promise<void>;

  /** The device was asked anew, and this is what it holds. */
  protected begin(state: BoardState, status: DeviceStatus = { state: 'online' }): void {
    this.#endLoss();
    this.model.begin(state);
    this.setStatus(status);
  }

  /** Told at once when nothing good was known anyway, else when it has lasted. */
  protected lost(loss: DeviceStatus): void {
    this.#loss = loss;
    const { state } = this.status;
    const wasGood = state === 'online' || this.status === SILENT_BY_NATURE;
    if (wasGood || (state === 'starting' && loss.state === 'unknown')) {
      this.#cancelLoss ??= this.#options.clock.after(this.#lossAfterMs, () => {
        if (this.#loss !== undefined) this.setStatus(this.#loss);
      });
    } else {
      this.setStatus(loss);
    }
  }

  /** What a command ends with that got no answer. */
  protected noAnswer(why: 'silent' | Ending['type']): Result<never, Fault> {
    if (why === 'silent' || why === 'late') return err(fault('device.timeout'));
    return err(
      fault(why === 'cancelled' || this.isClosing ? 'device.cancelled' : 'device.offline'),
    );
  }

  protected setStatus(status: DeviceStatus): void {
    this.#endLoss();
    if (status.state !== 'online') this.model.forget();
    this.#told.tell(status);
  }

  #endLoss(): void {
    this.#loss = undefined;
    this.#cancelLoss?.();
    this.#cancelLoss = undefined;
  }
}
