import { fault, type FaultCode } from '../../../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../../../domain/device/fault.ts';
import { err, type Result } from '../../../../domain/result.ts';
import type { CommandOptions, Unsubscribe } from '../../../../drivers/device.ts';
import {
  LIGHT_PLACES,
  SENSOR_VALUES,
  type LightMode,
  type LightPlace,
  type PartsCapabilities,
  type PartsEvent,
  type PartsState,
} from '../../../../drivers/terminal-parts/contract.ts';
import type { Wires } from '../../../device-host/wires.ts';
import type { CoreTerminalParts } from '../contract.ts';
import { RemoteDevice, type HostLink } from '../remote-device.ts';

const unknown = <Key extends string>(keys: readonly Key[]): Record<Key, 'unknown'> =>
  Object.fromEntries(keys.map((key) => [key, 'unknown'])) as Record<Key, 'unknown'>;

const NOTHING_KNOWN: Wires['terminalParts']['facts'] = {
  capabilities: { sensors: [], keys: [], lights: [], callButton: false },
  state: {
    ...unknown(Object.keys(SENSOR_VALUES) as (keyof typeof SENSOR_VALUES)[]),
    lights: unknown(LIGHT_PLACES),
    stuck: [],
  },
};

/** The parts around the screen. What the host knew of them dies with it: a door that was open is unknown then. */
export class RemoteTerminalParts
  extends RemoteDevice<'terminalParts'>
  implements CoreTerminalParts
{
  readonly #listeners = new Set<(event: PartsEvent) => void>();
  #facts = NOTHING_KNOWN;

  constructor(link: HostLink) {
    super('terminalParts', link);
  }

  get capabilities(): PartsCapabilities {
    return this.#facts.capabilities;
  }

  get state(): PartsState {
    return this.#facts.state;
  }

  onEvent(listener: (event: PartsEvent) => void): Unsubscribe {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  setLight(
    place: LightPlace,
    mode: LightMode,
    options: CommandOptions,
  ): Promise<Result<void, Fault>> {
    return this.run({ place, mode }, options);
  }

  protected override heardFacts(facts: Wires['terminalParts']['facts']): void {
    this.#facts = facts;
  }

  protected override heardEvent(event: PartsEvent): void {
    if (event.type === 'call') this.did('called');
    for (const listener of [...this.#listeners]) listener(event);
  }

  protected override lost(): void {
    const { capabilities } = this.#facts;
    this.#facts = { ...NOTHING_KNOWN, capabilities };
    this.heardEvent({ type: 'snapshot', state: this.#facts.state });
  }

  protected override ending(code: FaultCode): Result<never, Fault> {
    return err(fault(code));
  }
}
