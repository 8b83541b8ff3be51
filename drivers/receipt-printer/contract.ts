import type { Fault } from '../../domain/device/fault.ts';
import type { ReceiptDocument } from '../../domain/receipt/document.ts';
import type { TicketFate } from '../../domain/receipt/ticket.ts';
import type { Result } from '../../domain/result.ts';
import type { CommandOptions, Device } from '../device.ts';
import type { Bitmap } from '../glyph/bitmap.ts';

/**
 * How a print ended. `printed` only when the printer confirmed that it went through; `failed` only
 * when it is known that no whole receipt came out or will; else `unknown`. A job is never repeated by itself. A
 * receipt that is in the printer whole when its paper ends is `unknown`: many print it once they have paper.
 */
export type PrintOutcome =
  | { readonly outcome: 'printed' }
  | { readonly outcome: 'failed'; readonly fault: Fault }
  | { readonly outcome: 'unknown'; readonly fault: Fault };

/** How a receipt is printed. */
export interface PrintOptions extends CommandOptions {
  /**
   * Told by printers that hold receipts out, of printed ones only: `waiting`, and later what became of it,
   * long after the outcome. Never keeps the outcome waiting.
   */
  readonly onTicket?: (fate: TicketFate) => void;
}

/** A receipt printer. */
export interface ReceiptPrinter extends Device {
  readonly capabilities: {
    /** Dots across: 384 on 58 mm paper, 576 on 80 mm. */
    readonly widthDots: number;
    readonly cutter: boolean;
    readonly realTimeStatus: boolean;
    /** Holds receipts out, and sees whether they are taken. */
    readonly presenter: boolean;
  };
  /** Prints, cuts, and waits for the printer's word that it is done. Never rejects. */
  print(document: ReceiptDocument, options: PrintOptions): Promise<PrintOutcome>;
  /**
   * Puts a picture into the printer's memory, for set-up: it wears out. The value is the name that the driver
   * is to be given to print it. Faults: `printer.logoNotKept` (no such memory, or it is not found there
   * afterwards), `device.offline`, `device.timeout`, `device.cancelled`. Never rejects.
   */
  storeLogo(picture: Bitmap, options: CommandOptions): Promise<Result<string, Fault>>;
}
