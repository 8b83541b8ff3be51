import { fault, type FaultCode } from '../../../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../../../domain/device/fault.ts';
import { err, type Result } from '../../../../domain/result.ts';
import type { CommandOptions } from '../../../../drivers/device.ts';
import type {
  ScannedPage,
  ScanRequest,
  ScanSource,
} from '../../../../drivers/document-scanner/contract.ts';
import type { CoreScanner } from '../contract.ts';
import { RemoteDevice, type HostLink } from '../remote-device.ts';

/** The document scanner. Pages that came before the host died stay with whoever asked for them. */
export class RemoteScanner extends RemoteDevice<'documentScanner'> implements CoreScanner {
  #sources: readonly ScanSource[] = [];

  constructor(link: HostLink) {
    super('documentScanner', link);
  }

  get sources(): readonly ScanSource[] {
    return this.#sources;
  }

  async scan(
    request: ScanRequest,
    onPage: (page: ScannedPage) => void,
    options: CommandOptions,
  ): Promise<Result<{ readonly pages: number }, Fault>> {
    const ended = await this.run(request, options, (page) => {
      this.did('pageScanned');
      onPage(page);
    });
    if (!ended.ok) this.did('scanFailed', ended.error);
    return ended;
  }

  override beginAnew(): void {
    this.#sources = [];
    super.beginAnew();
  }

  protected override heardFacts(facts: { readonly sources: readonly ScanSource[] }): void {
    this.#sources = facts.sources;
  }

  protected override ending(code: FaultCode): Result<never, Fault> {
    return err(fault(code));
  }
}
