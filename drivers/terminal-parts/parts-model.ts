import type { DriverClock } from '../device.ts';
import { LIGHT_PLACES } from './contract.ts';
import type { LightMode, LightPlace, PartsEvent, PartsState, SensorValues } from './contract.ts';
import { HeldInputs } from './held-inputs.ts';
import type { BoardEvent, BoardState } from './parts-messages.ts';
import type { PartsTimings } from './parts-timings.ts';
import { Settling } from './settling.ts';

/** No sensor says anything. */
export const NOTHING_SENSED: SensorValues = {
  headphones: 'unknown',
  presence: 'unknown',
  door: 'unknown',
  mains: 'unknown',
  battery: 'unknown',
};

/** Nobody knows how any light shines. */
export const NO_LIGHT_KNOWN: PartsState['lights'] = {
  cardReader: 'unknown',
  receiptPrinter: 'unknown',
  scanner: 'unknown',
  keypad: 'unknown',
};

/** Turns what the board says, event by event and state by state, into what the terminal is told. */
export class PartsModel {
  readonly #emit: (event: PartsEvent) => void;
  readonly #sensors;
  readonly #held: HeldInputs;
  #lights = NO_LIGHT_KNOWN;

  constructor(clock: DriverClock, timings: PartsTimings, emit: (event: PartsEvent) => void) {
    this.#emit = emit;
    this.#held = new HeldInputs(clock, timings, emit);
    const { settle } = timings;
    this.#sensors = {
      headphones: new Settling<'in' | 'out'>(clock, settle.headphones, (value) => {
        emit({ type: 'headphones', value });
      }),
      presence: new Settling<'near' | 'away'>(clock, settle.presence, (value) => {
        emit({ type: 'presence', value });
      }),
      door: new Settling<'open' | 'closed'>(clock, settle.door, (value) => {
        emit({ type: 'door', value });
      }),
      mains: new Settling<'on' | 'lost'>(clock, settle.mains, (value) => {
        emit({ type: 'mains', value });
      }),
      battery: new Settling<'ok' | 'low'>(clock, settle.battery, (value) => {
        emit({ type: 'battery', value });
      }),
    };
  }

  /** What is known now. */
  get state(): PartsState {
    return {
      headphones: this.#sensors.headphones.value,
      presence: this.#sensors.presence.value,
      door: this.#sensors.door.value,
      mains: this.#sensors.mains.value,
      battery: this.#sensors.battery.value,
      lights: this.#lights,
      stuck: this.#held.stuck,
    };
  }

  /** The board was asked anew: what it says stands at once. */
  begin({ sensors, held, lights }: BoardState): void {
    this.#sense('take', sensors);
    this.#held.only(held);
    this.#setLights(lights);
    this.#emit({ type: 'snapshot', state: this.state });
  }

  /** The board was asked again: what its events left out is caught up with. */
  see({ sensors, held, lights }: BoardState): void {
    this.#sense('see', sensors);
    this.#held.only(held);
    this.#setLights(lights);
  }

  /** The board told something. */
  event(event: BoardEvent): void {
    switch (event.type) {
      case 'headphones':
        this.#sensors.headphones.see(event.value);
        break;
      case 'presence':
        this.#sensors.presence.see(event.value);
        break;
      case 'door':
        this.#sensors.door.see(event.value);
        break;
      case 'mains':
        this.#sensors.mains.see(event.value);
        break;
      case 'battery':
        this.#sensors.battery.see(event.value);
        break;
      case 'input':
        this.#held.event(event.input, event.down);
    }
  }

  /** The board said that it set a light. */
  light(place: LightPlace, mode: LightMode): void {
    this.#setLights({ ...this.#lights, [place]: mode });
  }

  /** The board is away: nothing is known any more. */
  forget(): void {
    this.#sense('take', NOTHING_SENSED);
    this.#held.forget();
    this.#setLights(NO_LIGHT_KNOWN);
  }

  #sense(how: 'see' | 'take', values: SensorValues): void {
    this.#sensors.headphones[how](values.headphones);
    this.#sensors.presence[how](values.presence);
    this.#sensors.door[how](values.door);
    this.#sensors.mains[how](values.mains);
    this.#sensors.battery[how](values.battery);
  }

  #setLights(lights: PartsState['lights']): void {
    const before = this.#lights;
    this.#lights = lights;
    for (const place of LIGHT_PLACES) {
      const value = lights[place];
      if (value !== before[place]) this.#emit({ type: 'light', place, value });
    }
  }
}
