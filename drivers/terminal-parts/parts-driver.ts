import { fault } from '../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../domain/device/fault.ts';
import type { Result } from '../../domain/result.ts';
import { err, ok } from '../../domain/result.ts';
import type { CommandOptions } from '../device.ts';
import { ToldHardware } from '../hardware.ts';
import type { LineSession } from '../transport/reconnecting.ts';
import { sleep } from '../transport/system-clock.ts';
import type { ByteLine } from '../transport/transport.ts';
import type { LightMode, LightPlace, PartsCapabilities, TerminalParts } from './contract.ts';
import { PartsDevice, type PartsLineOptions } from './parts-device.ts';
import { PartsLink } from './parts-link.ts';
import { PROTOCOL_VERSION } from './parts-messages.ts';
import type { PartsTimings } from './parts-timings.ts';
import { PARTS_TIMINGS } from './parts-timings.ts';

/** What the driver needs. */
export interface TerminalPartsOptions extends PartsLineOptions {
  readonly timings?: Partial<PartsTimings>;
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

class PartsDriver extends PartsDevice implements TerminalParts {
  readonly hardware = new ToldHardware();
  readonly #options: TerminalPartsOptions;
  readonly #timings: PartsTimings;
  #capabilities: PartsCapabilities = { sensors: [], keys: [], lights: [], callButton: false };
  #serving: PartsLink | undefined;

  constructor(options: TerminalPartsOptions) {
    const timings = { ...PARTS_TIMINGS, ...options.timings };
    super(options, timings);
    this.#options = options;
    this.#timings = timings;
  }

  get capabilities(): PartsCapabilities {
    return this.#capabilities;
  }

  async setLight(
    place: LightPlace,
    mode: LightMode,
    options: CommandOptions,
  ): Promise<Result<void, Fault>> {
    if (options.signal?.aborted === true) return err(fault('device.cancelled'));
    const link = this.#serving;
    if (link === undefined) return err(this.status.fault ?? fault('device.offline'));
    if (!this.#capabilities.lights.includes(place)) return err(fault('device.unsupported'));
    const answer = await link.exchange(
      `LIGHT ${place} ${mode}`,
      ({ type }) => type === 'ack',
      options,
    );
    switch (answer.type) {
      case 'answered':
        this.model.light(place, mode);
        return ok(undefined);
      case 'refused':
        return err(refusal(answer.reason));
      default:
        return this.noAnswer(answer.type);
    }
  }

  protected async session(line: ByteLine, { signal, proved }: LineSession): Promise<void> {
    const { clock } = this.#options;
    const link = new PartsLink(line, clock, signal, this.#timings.answerMs, (event) => {
      this.model.event(event);
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
          this.lost({ state: 'unknown', fault: fault('device.timeout') });
          await sleep(clock, this.#timings.greetPauseMs, signal);
          break;
        case 'gone':
          // The loop ends by its signal, or by not being answered any more.
          unanswered += 1;
      }
    }
    if (signal.aborted && !this.isClosing) {
      const fallen = fault('device.offline', { detail: 'the line closed' });
      this.lost({ state: 'offline', fault: fallen });
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
    link.listen();
    this.begin(state.message.state);
    return 'fine';
  }

  #stranger(vendorCode: string): 'stranger' {
    this.model.forget();
    this.setStatus({
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
      this.model.see(answer.message.state);
    }
    this.#serving = undefined;
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
