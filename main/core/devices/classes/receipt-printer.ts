import { fault, type FaultCode } from '../../../../domain/device/fault-catalogue.ts';
import type { ReceiptDocument } from '../../../../domain/receipt/document.ts';
import type { CommandOptions } from '../../../../drivers/device.ts';
import type { PrintOutcome } from '../../../../drivers/receipt-printer/contract.ts';
import type { CorePrinter } from '../contract.ts';
import { RemoteDevice, type HostLink } from '../remote-device.ts';

/** The receipt printer. A print that the host took with it may have come out or not. */
export class RemotePrinter extends RemoteDevice<'receiptPrinter'> implements CorePrinter {
  constructor(link: HostLink) {
    super('receiptPrinter', link);
  }

  print(document: ReceiptDocument, options: CommandOptions): Promise<PrintOutcome> {
    return this.run(document, options);
  }

  protected override ending(code: FaultCode, sent: boolean): PrintOutcome {
    return { outcome: sent ? 'unknown' : 'failed', fault: fault(code) };
  }
}
