import type { Fault } from '../../domain/device/fault.ts';
import type { ReceiptDocument } from '../../domain/receipt/document.ts';
import type { CommandOptions, Device } from '../device.ts';

/**
 * How a print ended. `printed` only when the printer confirmed that it went through; `failed` only
 * when it is known that no whole receipt came out; else `unknown`. A job is never repeated by itself.
 */
export type PrintOutcome =
  | { readonly outcome: 'printed' }
  | { readonly outcome: 'failed'; readonly fault: Fault }
  | { readonly outcome: 'unknown'; readonly fault: Fault };

/** A receipt printer. */
export interface ReceiptPrinter extends Device {
  readonly capabilities: {
    /** Dots across: 384 on 58 mm paper, 576 on 80 mm. */
    readonly widthDots: number;
    readonly cutter: boolean;
    readonly realTimeStatus: boolean;
  };
  /** Prints, cuts, and waits for the printer's word that it is done. Never rejects. */
  print(document: ReceiptDocument, options: CommandOptions): Promise<PrintOutcome>;
}
