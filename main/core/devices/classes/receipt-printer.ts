import { fault, type FaultCode } from '../../../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../../../domain/device/fault.ts';
import type { ReceiptDocument } from '../../../../domain/receipt/document.ts';
import type { TicketFate } from '../../../../domain/receipt/ticket.ts';
import { err, type Result } from '../../../../domain/result.ts';
import type { CommandOptions } from '../../../../drivers/device.ts';
import type { Bitmap } from '../../../../drivers/glyph/bitmap.ts';
import type { PrintOptions, PrintOutcome } from '../../../../drivers/receipt-printer/contract.ts';
import type { Wires } from '../../../device-host/wires.ts';
import type { CorePrinter } from '../contract.ts';
import { printDeed } from '../deeds.ts';
import { RemoteDevice, type HostLink } from '../remote-device.ts';

interface Ticket {
  readonly onTicket: (fate: TicketFate) => void;
  heldOut: boolean;
}

/** Fates after which nothing more is told. */
const ENDS: readonly TicketFate[] = ['taken', 'retracted', 'unknown'];

/** The receipt printer. A print that the host took with it may have come out or not. */
export class RemotePrinter extends RemoteDevice<'receiptPrinter'> implements CorePrinter {
  readonly #tickets = new Map<number, Ticket>();
  #lastReceipt = 0;
  #cutter = false;

  constructor(link: HostLink) {
    super('receiptPrinter', link);
  }

  async print(
    document: ReceiptDocument,
    { onTicket, ...options }: PrintOptions,
  ): Promise<PrintOutcome> {
    this.#lastReceipt += 1;
    const receipt = this.#lastReceipt;
    if (onTicket !== undefined) this.#tickets.set(receipt, { onTicket, heldOut: false });
    const result = await this.run({ do: 'print', receipt, document }, options);
    if ('stored' in result) throw new Error('a print was answered as something else');
    this.did(...printDeed(result));
    if (result.outcome === 'printed' && this.#cutter) this.did('cut');
    // One that was held out is told of later as well.
    if (this.#tickets.get(receipt)?.heldOut === false) this.#tickets.delete(receipt);
    return result;
  }

  async storeLogo(picture: Bitmap, options: CommandOptions): Promise<Result<string, Fault>> {
    const result = await this.run({ do: 'storeLogo', picture }, options);
    if ('stored' in result) return result.stored;
    return err(result.outcome === 'printed' ? fault('device.protocol') : result.fault);
  }

  protected override heardFacts({ cutter }: Wires['receiptPrinter']['facts']): void {
    this.#cutter = cutter;
  }

  protected override heardEvent({
    receipt,
    fate,
  }: {
    readonly receipt: number;
    readonly fate: TicketFate;
  }): void {
    const ticket = this.#tickets.get(receipt);
    if (ticket === undefined) return;
    ticket.heldOut = true;
    if (ENDS.includes(fate)) this.#tickets.delete(receipt);
    ticket.onTicket(fate);
  }

  protected override lost(): void {
    const hanging = [...this.#tickets.values()].filter(({ heldOut }) => heldOut);
    this.#tickets.clear();
    for (const { onTicket } of hanging) onTicket('unknown');
  }

  protected override ending(code: FaultCode, sent: boolean): PrintOutcome {
    return { outcome: sent ? 'unknown' : 'failed', fault: fault(code) };
  }
}
