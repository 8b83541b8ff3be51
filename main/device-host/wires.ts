import type { Fault } from '../../domain/device/fault.ts';
import type { ReceiptDocument } from '../../domain/receipt/document.ts';
import type { Result } from '../../domain/result.ts';
import type { Symbology } from '../../drivers/code-scanner/contract.ts';
import type {
  DocumentPrinterCapabilities,
  DocumentPrintRequest,
  PrintOutcome as DocumentPrintOutcome,
  Supply,
} from '../../drivers/document-printer/contract.ts';
import type {
  ScannedPage,
  ScanRequest,
  ScanSource,
} from '../../drivers/document-scanner/contract.ts';
import type { IdCardEvent } from '../../drivers/id-card/contract.ts';
import type { TicketFate } from '../../domain/receipt/ticket.ts';
import type { Bitmap } from '../../drivers/glyph/bitmap.ts';
import type { PrintOutcome } from '../../drivers/receipt-printer/contract.ts';
import type {
  LightMode,
  LightPlace,
  PartsCapabilities,
  PartsEvent,
  PartsState,
} from '../../drivers/terminal-parts/contract.ts';

/** What a code scanner tells; the bytes that the text was made from stay in the host. */
export type CodeEvent =
  | { readonly type: 'code'; readonly text: string; readonly symbology?: Symbology | undefined }
  | { readonly type: 'failed'; readonly fault: Fault };
import type { SecurityCardEvent } from '../../drivers/security-card/contract.ts';

/** What a receipt printer can be told to do. */
export type PrinterCommand =
  | { readonly do: 'print'; readonly receipt: number; readonly document: ReceiptDocument }
  | { readonly do: 'storeLogo'; readonly picture: Bitmap };

/** How storing a logo ended: its name. */
export interface LogoStored {
  readonly stored: Result<string, Fault>;
}

/**
 * What goes over the border between core and device host for each class of device, besides its status.
 *
 * - `command`: what it can be told to do; `progress` comes back while it is done, `result` at its end
 * - `event`: what it tells by itself
 * - `facts`: what is known of it at any moment besides its status, told before the status it belongs to
 *
 * `never` where a class has no such thing. All of it is data: bytes stay bytes, functions do not pass.
 */
export interface Wires {
  readonly idCard: {
    readonly command: never;
    readonly progress: never;
    readonly result: never;
    readonly event: IdCardEvent;
    readonly facts: never;
  };
  readonly receiptPrinter: {
    readonly command: PrinterCommand;
    readonly progress: never;
    readonly result: PrintOutcome | LogoStored;
    /** Of a printed receipt that the printer holds out, by the number it was sent with. */
    readonly event: { readonly receipt: number; readonly fate: TicketFate };
    readonly facts: { readonly cutter: boolean };
  };
  readonly codeScanner: {
    /** Lets a scanner that waits to be told look for one code; the code is told as an event. */
    readonly command: { readonly do: 'look' };
    readonly progress: never;
    readonly result: Result<void, Fault>;
    readonly event: CodeEvent;
    readonly facts: never;
  };
  readonly documentPrinter: {
    readonly command: DocumentPrintRequest;
    readonly progress: never;
    readonly result: DocumentPrintOutcome;
    readonly event: never;
    readonly facts: {
      readonly capabilities: DocumentPrinterCapabilities;
      readonly supplies: readonly Supply[];
    };
  };
  readonly terminalParts: {
    /** Sets one guide light. */
    readonly command: { readonly place: LightPlace; readonly mode: LightMode };
    readonly progress: never;
    readonly result: Result<void, Fault>;
    readonly event: PartsEvent;
    readonly facts: { readonly capabilities: PartsCapabilities; readonly state: PartsState };
  };
  readonly documentScanner: {
    readonly command: ScanRequest;
    readonly progress: ScannedPage;
    readonly result: Result<{ readonly pages: number }, Fault>;
    readonly event: never;
    /** What the scanner can do. */
    readonly facts: { readonly sources: readonly ScanSource[] };
  };
  readonly securityCard: {
    readonly command: never;
    readonly progress: never;
    readonly result: never;
    readonly event: SecurityCardEvent;
    readonly facts: never;
  };
}
