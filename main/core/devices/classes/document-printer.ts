import { fault, type FaultCode } from '../../../../domain/device/fault-catalogue.ts';
import type { CommandOptions } from '../../../../drivers/device.ts';
import type {
  DocumentPrinterCapabilities,
  DocumentPrintRequest,
  PrintOutcome,
  Supply,
} from '../../../../drivers/document-printer/contract.ts';
import type { Wires } from '../../../device-host/wires.ts';
import type { CoreDocumentPrinter } from '../contract.ts';
import { printDeed } from '../deeds.ts';
import { RemoteDevice, type HostLink } from '../remote-device.ts';

const NOTHING_KNOWN: Wires['documentPrinter']['facts'] = {
  capabilities: { formats: [], duplex: false, colour: false, media: [] },
  supplies: [],
};

/** The A4 printer. A print that the host took with it may have come out or not. */
export class RemoteDocumentPrinter
  extends RemoteDevice<'documentPrinter'>
  implements CoreDocumentPrinter
{
  #facts = NOTHING_KNOWN;

  constructor(link: HostLink) {
    super('documentPrinter', link);
  }

  get capabilities(): DocumentPrinterCapabilities {
    return this.#facts.capabilities;
  }

  get supplies(): readonly Supply[] {
    return this.#facts.supplies;
  }

  async print(request: DocumentPrintRequest, options: CommandOptions): Promise<PrintOutcome> {
    const ended = await this.run(request, options);
    this.did(...printDeed(ended));
    return ended;
  }

  protected override heardFacts(facts: Wires['documentPrinter']['facts']): void {
    this.#facts = facts;
  }

  protected override lost(): void {
    this.#facts = NOTHING_KNOWN;
  }

  protected override ending(code: FaultCode, sent: boolean): PrintOutcome {
    return { outcome: sent ? 'unknown' : 'failed', fault: fault(code) };
  }
}
