import { fault } from '../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../domain/device/fault.ts';
import type { DeviceStatus } from '../../domain/device/status.ts';
import type { Result } from '../../domain/result.ts';
import { err, ok } from '../../domain/result.ts';
import type { CommandOptions, DriverClock, Unsubscribe } from '../device.ts';
import { ToldHardware } from '../hardware.ts';
import type { Backoff, KeptConnection, LineSession } from '../transport/reconnecting.ts';
import { DEVICE_BACKOFF, keepConnected } from '../transport/reconnecting.ts';
import { sleep } from '../transport/system-clock.ts';
import type { ByteLine, Transport } from '../transport/transport.ts';
import type {
  LightMode,
  LightPlace,
  PartsCapabilities,
  PartsEvent,
  PartsState,
  TerminalParts,
} from './contract.ts';
import { PartsLink } from './parts-link.ts';
import { PROTOCOL_VERSION } from './parts-messages.ts';
import { PartsModel } from './parts-model.ts';
import type { PartsTimings } from './parts-timings.ts';
import { PARTS_TIMINGS } from './parts-timings.ts';

/** What the driver needs. */
export interface TerminalPartsOptions {
  readonly transport: Transport;
  readonly clock: DriverClock;
  readonly timings?: Partial<PartsTimings>;
  readonly backoff?: Backoff;
  /** In [0, 1); default `Math.random`. */
  readonly random?: () => number;
}

/**
 * Unanswered greetings after which the line is opened anew: more than eight seconds, for opening a port
 * resets some boards, and they sleep for two.
 */
const GREETINGS = 6;

/**
 * Driver for the board of docs/terminal-parts.md over any line. Offline: the line is down. Unknown: the
 * line is up and the board says nothing. HardwareError: the board speaks no version that we know.
 */
export function createTerminalParts(options: TerminalPartsOptions): TerminalParts {
  return new PartsDriver(options);
}

class PartsDriver implements TerminalParts {
  readonly hardware = new ToldHardware();
  readonly #options: TerminalPartsOptions;
  readonly #timings: PartsTimings;
  readonly #model: PartsModel;
  readonly #statusListeners = new Set<(status: DeviceStatus) => void>();
  readonly #eventListeners = new Set<(event: PartsEvent) => void>();
  #status: DeviceStatus = { state: 'starting' };
  #capabilities: PartsCapabilities = { sensors: [], keys: [], lights: [], callButton: false };
  #connection: KeptConnection | undefined;
  #serving: PartsLink | undefined;
  #closing = false;
  /** What is told when the loss has lasted; undefined while there is none. */
  #loss: DeviceStatus | undefined;
  #cancelLoss: Unsubscribe | undefined;

  constructor(options: TerminalPartsOptions) {
    this.#options = options;
    this.#timings = { ...PARTS_TIMINGS, ...options.timings };
    this.#model = new PartsModel(options.clock, this.#timings, (event) => {
      for (const listener of [...this.#eventListeners]) listener(event);
    });
  }

  get status(): DeviceStatus {
    return this.#status;
  }

  get state(): PartsState {
    return this.#model.state;
  }

  get capabilities(): PartsCapabilities {
    return this.#capabilities;
  }

  onStatus(listener: (status: DeviceStatus) => void): Unsubscribe {
    this.#statusListeners.add(listener);
    return () => this.#statusListeners.delete(listener);
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
      session: (line, context) => this.#session(line, context),
      onUnreachable: (reason) => {
        this.#lost({ state: 'offline', fault: reason });
      },
    });
    return Promise.resolve();
  }

  async close(): Promise<void> {
    this.#closing = true;
    await this.#connection?.close();
    this.#connection = undefined;
    this.#closing = false;
    this.#setStatus({ state: 'offline' });
  }

  async setLight(
    place: LightPlace,
    mode: LightMode,
    options: CommandOptions,
  ): Promise<Result<void, Fault>> {
    if (options.signal?.aborted === true) return err(fault('device.cancelled'));
    const link = this.#serving;
    if (link === undefined) return err(this.#status.fault ?? fault('device.offline'));
    if (!this.#capabilities.lights.includes(place)) return err(fault('device.unsupported'));
    const answer = await link.exchange(
      `LIGHT ${place} ${mode}`,
      ({ type }) => type === 'ack',
      options,
    );
    switch (answer.type) {
      case 'answered':
        this.#model.light(place, mode);
        return ok(undefined);
      case 'refused':
        return err(refusal(answer.reason));
      case 'silent':
      case 'late':
        return err(fault('device.timeout'));
      case 'cancelled':
        return err(fault('device.cancelled'));
      case 'gone':
        return err(fault(this.#closing ? 'device.cancelled' : 'device.offline'));
    }
  }

  async #session(line: ByteLine, { signal, proved }: LineSession): Promise<void> {
    const { clock } = this.#options;
    const link = new PartsLink(line, clock, signal, this.#timings.answerMs, (event) => {
      this.#model.event(event);
    });
    let unanswered = 0;
    while (!signal.aborted && unanswered < GREETINGS) {
      switch (await this.#greet(link)) {
        case 'fine':
          proved();
          unanswered = 0;
          await this.#serve(link, signal);
          break;
        case 'stranger':
          proved();
          unanswered = 0;
          await sleep(clock, this.#timings.strangerPollMs, signal);
          break;
        case 'silent':
          unanswered += 1;
          this.#lost({ state: 'unknown', fault: fault('device.timeout') });
          await sleep(clock, this.#timings.greetPauseMs, signal);
          break;
        case 'gone':
          // The loop ends by its signal, or by not being answered any more.
          unanswered += 1;
      }
    }
    if (signal.aborted && !this.#closing) {
      const fallen = fault('device.offline', { detail: 'the line closed' });
      this.#lost({ state: 'offline', fault: fallen });
    }
  }

  /** Asks the board who it is and what it holds; online when it said both. */
  async #greet(link: PartsLink): Promise<'fine' | 'stranger' | 'silent' | 'gone'> {
    link.renew();
    const { random = Math.random } = this.#options;
    const token = Math.floor(random() * 0x10000)
      .toString(16)
      .toUpperCase()
      .padStart(4, '0');
    const who = await link.exchange(
      `WHO ${PROTOCOL_VERSION} ${token}`,
      (message) => message.type === 'iam' && message.token === token,
    );
    if (who.type === 'gone') return 'gone';
    if (who.type === 'refused') return this.#stranger(who.reason);
    if (who.type !== 'answered' || who.message.type !== 'iam') return 'silent';
    const { version, capabilities } = who.message;
    if (version !== PROTOCOL_VERSION) return this.#stranger(`version ${version}`);
    // What the board said before it answered the greeting is over.
    link.renew();
    const state = await link.exchange('GET', ({ type }) => type === 'state');
    if (state.type === 'gone') return 'gone';
    if (state.type !== 'answered' || state.message.type !== 'state') return 'silent';
    this.#capabilities = capabilities;
    this.hardware.told({ ...capabilities.board });
    this.#endLoss();
    this.#model.begin(state.message.state);
    link.listen();
    this.#setStatus({ state: 'online' });
    return 'fine';
  }

  #stranger(vendorCode: string): 'stranger' {
    this.#model.forget();
    this.#setStatus({
      state: 'hardwareError',
      fault: fault('device.unsupported', { vendorCode, detail: 'protocol version' }),
    });
    return 'stranger';
  }

  /** Asks for the state again and again, until the board is silent, gone or does not know us any more. */
  async #serve(link: PartsLink, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    const until = AbortSignal.any([signal, link.strange]);
    this.#serving = link;
    for (;;) {
      await sleep(clock, this.#timings.pollMs, until);
      if (until.aborted) break;
      const answer = await link.exchange('GET', ({ type }) => type === 'state');
      if (answer.type !== 'answered' || answer.message.type !== 'state') break;
      this.#model.see(answer.message.state);
    }
    this.#serving = undefined;
  }

  /** Told at once when nothing good was known anyway, else when it has lasted. */
  #lost(loss: DeviceStatus): void {
    this.#loss = loss;
    const { state } = this.#status;
    if (state === 'online' || (state === 'starting' && loss.state === 'unknown')) {
      this.#cancelLoss ??= this.#options.clock.after(this.#timings.lossAfterMs, () => {
        if (this.#loss !== undefined) this.#setStatus(this.#loss);
      });
    } else {
      this.#setStatus(loss);
    }
  }

  #endLoss(): void {
    this.#loss = undefined;
    this.#cancelLoss?.();
    this.#cancelLoss = undefined;
  }

  #setStatus(status: DeviceStatus): void {
    this.#endLoss();
    if (status.state !== 'online') this.#model.forget();
    if (JSON.stringify(status) === JSON.stringify(this.#status)) return;
    this.#status = status;
    for (const listener of [...this.#statusListeners]) listener(status);
  }
}

function refusal(reason: string): Fault {
  switch (reason) {
    case 'WHO':
      return fault('device.offline', { vendorCode: reason, detail: 'the board restarted' });
    case 'PART':
      return fault('device.unsupported', { vendorCode: reason });
    default:
      return fault('device.protocol', { vendorCode: reason });
  }
}
