import { fault, type FaultCode } from '../../../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../../../domain/device/fault.ts';
import { err, type Result } from '../../../../domain/result.ts';
import type { CommandOptions, Unsubscribe } from '../../../../drivers/device.ts';
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

  look(options: CommandOptions): Promise<Result<void, Fault>> {
    return this.run({ do: 'look' }, options);
  }

  protected override ending(code: FaultCode): Result<never, Fault> {
    return err(fault(code));
  }
}
