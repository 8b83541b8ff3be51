import { fault, type FaultCode } from '../../../../domain/device/fault-catalogue.ts';
import type { Unsubscribe } from '../../../../drivers/device.ts';
import type { IdCardEvent } from '../../../../drivers/id-card/contract.ts';
import type { CoreIdCard } from '../contract.ts';
import { RemoteDevice, type HostLink } from '../remote-device.ts';

/** The ID-card reader. A card that was being read when the host died has failed to be read. */
export class RemoteIdCard extends RemoteDevice<'idCard'> implements CoreIdCard {
  readonly #listeners = new Set<(event: IdCardEvent) => void>();
  #reading = false;

  constructor(link: HostLink) {
    super('idCard', link);
  }

  onEvent(listener: (event: IdCardEvent) => void): Unsubscribe {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  protected override heardEvent(event: IdCardEvent): void {
    if (event.type === 'card') this.did('cardRead');
    if (event.type === 'failed') this.did('cardFailed', event.fault);
    this.#reading = event.type === 'reading';
    for (const listener of [...this.#listeners]) listener(event);
  }

  protected override lost(code: FaultCode): void {
    if (this.#reading) this.heardEvent({ type: 'failed', fault: fault(code) });
  }

  protected override ending(code: FaultCode): never {
    throw new Error(`a card reader takes no commands: ${code}`);
  }
}
