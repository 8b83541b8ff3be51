import type { Fault } from '../../domain/device/fault.ts';
import type { CommandOptions, Device } from '../device.ts';

/**
 * How a print ended. `printed` only when the printer said that the job completed, which is not yet that
 * somebody took the paper; `failed` only when it is known that no whole document came out; else
 * `unknown`. A job is never repeated by itself.
 */
export type PrintOutcome =
  | { readonly outcome: 'printed' }
  | { readonly outcome: 'failed'; readonly fault: Fault }
  | { readonly outcome: 'unknown'; readonly fault: Fault };

/** Which sides of a sheet are printed, and over which edge it is turned. IPP's words. */
export type Sides = 'one-sided' | 'two-sided-long-edge' | 'two-sided-short-edge';

/** A document to print. */
export interface DocumentPrintRequest {
  readonly bytes: Uint8Array;
  readonly mediaType: 'application/pdf';
  /** 1 to 99. */
  readonly copies: number;
  readonly sides: Sides;
  /**
   * Number of the receipt that the document belongs to, 23 digits. It becomes the job's name, which
   * printers show and log; anything else, above all anything of a person, is not let through.
   */
  readonly receiptNumber?: string;
}

/** Something that a printer uses up, or a box that it fills. */
export interface Supply {
  readonly kind: 'paper' | 'toner' | 'ink' | 'waste' | 'other';
  /** The printer's own name for it, `Black Toner` or `main`; for the technician. */
  readonly name: string;
  /** Percent left, of `waste` percent filled; many printers do not tell. */
  readonly level: number | 'unknown';
  readonly state: 'ok' | 'low' | 'empty' | 'unknown';
}

/** What a printer can do, as it said when it was found; empty before that. */
export interface DocumentPrinterCapabilities {
  /** Media types it takes, `application/pdf`. */
  readonly formats: readonly string[];
  readonly duplex: boolean;
  readonly colour: boolean;
  /** PWG 5101.1 names, `iso_a4_210x297mm`. */
  readonly media: readonly string[];
}

/** A printer of A4 documents. */
export interface DocumentPrinter extends Device {
  readonly capabilities: DocumentPrinterCapabilities;
  /** Paper, toner, ink, as last told; empty while the printer is away. */
  readonly supplies: readonly Supply[];
  /**
   * Prints and follows the job to its end. A job that is called off, too late, or stopped by a fault is
   * cancelled at the printer, so that it does not come out later in front of somebody else. Never rejects.
   */
  print(request: DocumentPrintRequest, options: CommandOptions): Promise<PrintOutcome>;
}
