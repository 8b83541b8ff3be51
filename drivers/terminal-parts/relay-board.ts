import { fault } from '../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../domain/device/fault.ts';
import type { Result } from '../../domain/result.ts';
import { err, ok } from '../../domain/result.ts';
import type { CommandOptions } from '../device.ts';
import type { LineSession } from '../transport/reconnecting.ts';
import { sleep } from '../transport/system-clock.ts';
import type { ByteLine } from '../transport/transport.ts';
import {
  LIGHT_PLACES,
  type LightMode,
  type LightPlace,
  type PartsCapabilities,
  type TerminalParts,
} from './contract.ts';
import { PartsDevice, SILENT_BY_NATURE, type PartsLineOptions } from './parts-device.ts';
import type { BoardState } from './parts-messages.ts';
import { NO_LIGHT_KNOWN, NOTHING_SENSED } from './parts-model.ts';
import { PARTS_TIMINGS } from './parts-timings.ts';
import { relayFrame } from './relay-frames.ts';
import { RelayLink, type RelayTimings } from './relay-link.ts';

/** Which channel of the board, from 1, switches the lamp of which place. */
export type RelayLamps = { readonly [Place in LightPlace]?: number };

/** Times of the driver, in ms. */
export interface RelayBoardTimings extends RelayTimings {
  /** Between two questions for the state; a line that stood for so long is a good one. */
  readonly pollMs: number;
  /** Between two questions that were not answered. */
  readonly pauseMs: number;
  /** A board or line that is lost is told after so long, if it has not come back. */
  readonly lossAfterMs: number;
}

const TIMINGS: RelayBoardTimings = {
  answerMs: 500,
  gapMs: 50,
  pollMs: 2_000,
  pauseMs: 500,
  lossAfterMs: PARTS_TIMINGS.lossAfterMs,
};

/** Questions (each asked again and again) without an answer, after which the line is opened anew. */
const UNANSWERED = 6;

/** What the driver needs. */
export interface RelayBoardOptions extends PartsLineOptions {
  readonly lamps: RelayLamps;
  /** The board tells the state of its relays when it is asked. Others are never asked. */
  readonly answers: boolean;
  readonly timings?: Partial<RelayBoardTimings>;
}

/**
 * Driver for USB relay boards of the LCUS kind, each relay a lamp: guide lights and nothing else. Offline: the
 * line is down. A board that answers is `unknown` while it says nothing; one that never answers is so always.
 * These boards have no watchdog, so every lamp is put out on connecting and before the line is closed.
 */
export function relayBoard(options: RelayBoardOptions): TerminalParts {
  return new RelayBoard(options);
}

interface Lamp {
  readonly place: LightPlace;
  readonly channel: number;
}

class RelayBoard extends PartsDevice implements TerminalParts {
  readonly #options: RelayBoardOptions;
  readonly #timings: RelayBoardTimings;
  readonly #lamps: readonly Lamp[];
  /** Those that are there, by the board's word where it gives one. */
  #there: readonly Lamp[];
  #serving: RelayLink | undefined;

  constructor(options: RelayBoardOptions) {
    const timings = { ...TIMINGS, ...options.timings };
    super(options, { ...PARTS_TIMINGS, lossAfterMs: timings.lossAfterMs });
    this.#options = options;
    this.#timings = timings;
    this.#lamps = LIGHT_PLACES.flatMap((place) => {
      const channel = options.lamps[place];
      return channel === undefined ? [] : [{ place, channel }];
    });
    this.#there = options.answers ? [] : this.#lamps;
  }

  get capabilities(): PartsCapabilities {
    const lights = this.#there.map(({ place }) => place);
    return { sensors: [], keys: [], lights, callButton: false };
  }

  async setLight(
    place: LightPlace,
    mode: LightMode,
    options: CommandOptions,
  ): Promise<Result<void, Fault>> {
    if (options.signal?.aborted === true) return err(fault('device.cancelled'));
    const link = this.#serving;
    if (link === undefined) return err(this.status.fault ?? fault('device.offline'));
    const lamp = this.#there.find((one) => one.place === place);
    if (lamp === undefined) return err(fault('device.unsupported'));
    const on = mode !== 'off';
    const { answers } = this.#options;
    const asked = answers ? this.#there.map(({ channel }) => channel) : [];
    const done = await link.exchange([relayFrame(lamp.channel, on)], asked, options);
    if (done.type !== 'answered') return this.noAnswer(done.type);
    return answers ? this.#isSet(lamp, on, done.said.get(lamp.channel)) : ok(undefined);
  }

  #isSet({ place, channel }: Lamp, on: boolean, said: boolean | undefined): Result<void, Fault> {
    if (said === undefined) return err(fault('device.timeout'));
    this.model.light(place, shines(said));
    if (said === on) return ok(undefined);
    const vendorCode = `CH${String(channel)}: ${said ? 'ON' : 'OFF'}`;
    return err(fault('device.protocol', { vendorCode, detail: 'the relay did not switch' }));
  }

  protected async session(line: ByteLine, { signal, proved }: LineSession): Promise<void> {
    const link = new RelayLink(line, this.#options.clock, signal, this.#timings);
    let end: 'gone' | 'silent' | undefined;
    try {
      end = await (this.#options.answers
        ? this.#converse(link, signal, proved)
        : this.#tellOnly(link, signal, proved));
    } finally {
      this.#serving = undefined;
      if (this.isClosing) await this.#leaveDark(line);
    }
    if (end === 'gone' && !this.isClosing) {
      const fallen = fault('device.offline', { detail: 'the line closed' });
      this.lost({ state: 'offline', fault: fallen });
    }
  }

  /** Puts every lamp out, then asks again and again what the relays are. */
  async #converse(
    link: RelayLink,
    signal: AbortSignal,
    proved: () => void,
  ): Promise<'gone' | 'silent'> {
    const { clock } = this.#options;
    let unanswered = 0;
    while (unanswered < UNANSWERED) {
      const anew = this.#serving === undefined;
      const asked = (anew ? this.#lamps : this.#there).map(({ channel }) => channel);
      const told = await link.exchange(anew ? this.#dark() : [], asked);
      if (told.type === 'gone') return 'gone';
      if (told.type === 'answered') {
        proved();
        unanswered = 0;
        if (anew) this.#beginWith(link, told.said);
        else for (const lamp of this.#there) this.#see(lamp, told.said);
        await sleep(clock, this.#timings.pollMs, signal);
      } else {
        unanswered += 1;
        this.#serving = undefined;
        this.lost({ state: 'unknown', fault: fault('device.timeout') });
        await sleep(clock, this.#timings.pauseMs, signal);
      }
    }
    return 'silent';
  }

  /** Of a board that never answers, a line that stands is all that can be known. */
  async #tellOnly(link: RelayLink, signal: AbortSignal, proved: () => void): Promise<'gone'> {
    const told = await link.exchange(this.#dark(), []);
    if (told.type !== 'answered') return 'gone';
    this.#serving = link;
    this.begin(holds(NO_LIGHT_KNOWN), SILENT_BY_NATURE);
    await sleep(this.#options.clock, this.#timings.pollMs, signal);
    if (!signal.aborted) {
      proved();
      await new Promise((resolve) => {
        signal.addEventListener('abort', resolve, { once: true });
      });
    }
    return 'gone';
  }

  #beginWith(link: RelayLink, said: ReadonlyMap<number, boolean>): void {
    this.#serving = link;
    this.#there = this.#lamps.filter(({ channel }) => said.has(channel));
    const lights = { ...NO_LIGHT_KNOWN };
    for (const { place, channel } of this.#there)
      lights[place] = shines(said.get(channel) === true);
    const missing = this.#lamps.map(({ channel }) => channel).filter((one) => !said.has(one));
    const detail = `the board has no channel ${missing.join(', ')}`;
    const lacks = missing.length > 0 && { fault: fault('device.misconfigured', { detail }) };
    this.begin(holds(lights), { state: 'online', ...lacks });
  }

  #see({ place, channel }: Lamp, said: ReadonlyMap<number, boolean>): void {
    const on = said.get(channel);
    if (on !== undefined) this.model.light(place, shines(on));
  }

  #dark(): readonly Uint8Array[] {
    return this.#lamps.map(({ channel }) => relayFrame(channel, false));
  }

  /** Nobody else would: the board keeps its relays as they are. */
  async #leaveDark(line: ByteLine): Promise<void> {
    const { clock } = this.#options;
    const writing = (async () => {
      for (const frame of this.#dark()) {
        const written = await line.write(frame);
        if (!written.ok) return;
        await sleep(clock, this.#timings.gapMs);
      }
    })();
    await Promise.race([writing, sleep(clock, this.#timings.answerMs)]);
  }
}

/** A relay cannot blink: it would wear out, and be heard. */
function shines(on: boolean): LightMode {
  return on ? 'steady' : 'off';
}

function holds(lights: BoardState['lights']): BoardState {
  return { sensors: NOTHING_SENSED, held: [], lights };
}
