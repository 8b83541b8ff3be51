import type { FaultCode } from '../../../../domain/device/fault-catalogue.ts';
import type { Unsubscribe } from '../../../../drivers/device.ts';
import type { CodeEvent } from '../../../device-host/wires.ts';
import type { CoreCodeScanner } from '../contract.ts';
import { RemoteDevice, type HostLink } from '../remote-device.ts';

/** The code scanner. A code that the host took with it is held before the scanner once more. */
export class RemoteCodeScanner extends RemoteDevice<'codeScanner'> implements CoreCodeScanner {
  readonly #listeners = new Set<(event: CodeEvent) => void>();

  constructor(link: HostLink) {
    super('codeScanner', link);
  }

  onEvent(listener: (event: CodeEvent) => void): Unsubscribe {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  typed(text: string): void {
    this.heardEvent({ type: 'code', text });
  }

  protected override heardEvent(event: CodeEvent): void {
    if (event.type === 'code') this.did('codeRead');
    else this.did('codeFailed', event.fault);
    for (const listener of [...this.#listeners]) listener(event);
  }

  protected override ending(code: FaultCode): never {
    throw new Error(`a code scanner takes no commands: ${code}`);
  }
}
