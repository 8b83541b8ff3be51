import { fault, type FaultCode } from '../../../../domain/device/fault-catalogue.ts';
import type { Unsubscribe } from '../../../../drivers/device.ts';
import type { SecurityCardEvent } from '../../../../drivers/security-card/contract.ts';
import type { CoreSecurityCard } from '../contract.ts';
import { RemoteDevice, type HostLink } from '../remote-device.ts';

/** The reader of social security cards. A card that was being read when the host died has failed to be read. */
export class RemoteSecurityCard extends RemoteDevice<'securityCard'> implements CoreSecurityCard {
  readonly #listeners = new Set<(event: SecurityCardEvent) => void>();
  #reading = false;

  constructor(link: HostLink) {
    super('securityCard', link);
  }

  onEvent(listener: (event: SecurityCardEvent) => void): Unsubscribe {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  protected override heardEvent(event: SecurityCardEvent): void {
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
