import type { Fault } from '../../../domain/device/fault.ts';
import type { DeviceStatus } from '../../../domain/device/status.ts';
import type { ReceiptDocument } from '../../../domain/receipt/document.ts';
import type { Result } from '../../../domain/result.ts';
import type { CommandOptions, Unsubscribe } from '../../../drivers/device.ts';
import type { HardwareDetails } from '../../../drivers/hardware.ts';
import type {
  ScannedPage,
  ScanRequest,
  ScanSource,
} from '../../../drivers/document-scanner/contract.ts';
import type {
  DocumentPrinter,
  DocumentPrintRequest,
  PrintOutcome as DocumentPrintOutcome,
} from '../../../drivers/document-printer/contract.ts';
import type { IdCardEvent } from '../../../drivers/id-card/contract.ts';
import type { DevicesConfig } from '../../../kiosk-config/index.ts';
import type { CameraReport, CameraSettings } from '../../contract/camera.ts';
import type { Bitmap } from '../../../drivers/glyph/bitmap.ts';
import type { PrintOptions, PrintOutcome } from '../../../drivers/receipt-printer/contract.ts';
import type { PartsEvent, TerminalParts } from '../../../drivers/terminal-parts/contract.ts';
import type { CodeEvent } from '../../device-host/wires.ts';
import type { DeedListener } from './deeds.ts';
import type { SecurityCardEvent } from '../../../drivers/security-card/contract.ts';

/** A device as the core sees it, over the process border. */
export interface CoreDevice {
  readonly status: DeviceStatus;
  /** What the hardware last said that it is; kept while it is away. */
  readonly hardware: HardwareDetails;
  onStatus(listener: (status: DeviceStatus) => void): Unsubscribe;
  onHardware(listener: () => void): Unsubscribe;
  /** Told of everything that it does, once it is known how it ended. */
  onDeed(listener: DeedListener): Unsubscribe;
}

/** The ID-card reader as the core sees it. */
export interface CoreIdCard extends CoreDevice {
  /** A host that dies while a card is being read gives `failed` with `device.hostDown`. */
  onEvent(listener: (event: IdCardEvent) => void): Unsubscribe;
}

/** The receipt printer as the core sees it. */
export interface CorePrinter extends CoreDevice {
  /**
   * Never rejects. A host that dies meanwhile makes the outcome `unknown` with `device.hostDown`; without
   * a host at the call nothing was sent and the outcome is `failed`. A receipt that still hung in the outlet
   * when the host died is told as `unknown`.
   */
  print(document: ReceiptDocument, options: PrintOptions): Promise<PrintOutcome>;
  /** Puts a picture into the printer's memory; the value is its name. Never rejects. */
  storeLogo(picture: Bitmap, options: CommandOptions): Promise<Result<string, Fault>>;
}

/** The document scanner as the core sees it. */
export interface CoreScanner extends CoreDevice {
  /** Empty until the scanner has said what it can do. */
  readonly sources: readonly ScanSource[];
  /** Never rejects. Pages handed over before a host died are kept. */
  scan(
    request: ScanRequest,
    onPage: (page: ScannedPage) => void,
    options: CommandOptions,
  ): Promise<Result<{ readonly pages: number }, Fault>>;
}

/**
 * The document camera as the core sees it: what the page says of it, for only the page can look through it.
 * Its pictures come in by `session.papers.captures`.
 */
export interface CoreCamera extends CoreDevice {
  /** How the page finds it and what it asks of it; null when it is not meant to be there. */
  readonly settings: CameraSettings | null;
  onSettings(listener: () => void): Unsubscribe;
  /** What a page found; the last one that speaks is believed. */
  reported(page: object, report: CameraReport): void;
  /** The core took a picture of it in. */
  took(): void;
  /** A page is gone: what it said counts no more. */
  pageGone(page: object): void;
}

/** The code scanner as the core sees it. */
export interface CoreCodeScanner extends CoreDevice {
  onEvent(listener: (event: CodeEvent) => void): Unsubscribe;
  /**
   * Lets a scanner that waits to be told look for one code, which comes as an event. Never rejects. Faults: those
   * of `CodeScanner.trigger`, `device.unsupported` (it looks by itself), `device.hostDown`.
   */
  look(options: CommandOptions): Promise<Result<void, Fault>>;
  /** A code came by another way than the scanner's line: from one that pretends to be a keyboard. */
  typed(text: string): void;
}

/** The printer of A4 documents as the core sees it. */
export interface CoreDocumentPrinter
  extends CoreDevice, Pick<DocumentPrinter, 'capabilities' | 'supplies'> {
  /**
   * Never rejects. A host that dies meanwhile makes the outcome `unknown` with `device.hostDown`; the job
   * may still come out. The bytes are the caller's to overwrite.
   */
  print(request: DocumentPrintRequest, options: CommandOptions): Promise<DocumentPrintOutcome>;
}

/** The parts around the screen as the core sees them. */
export interface CoreTerminalParts
  extends CoreDevice, Pick<TerminalParts, 'capabilities' | 'state' | 'setLight'> {
  /** Also told, as a snapshot in which all is unknown, when the host died. */
  onEvent(listener: (event: PartsEvent) => void): Unsubscribe;
}

/** The reader of social security cards as the core sees it. */
export interface CoreSecurityCard extends CoreDevice {
  /** A host that dies while a card is being read gives `failed` with `device.hostDown`. */
  onEvent(listener: (event: SecurityCardEvent) => void): Unsubscribe;
}

/** The device of each class. */
export interface CoreDevices {
  readonly idCard: CoreIdCard;
  readonly receiptPrinter: CorePrinter;
  readonly documentScanner: CoreScanner;
  readonly documentCamera: CoreCamera;
  readonly codeScanner: CoreCodeScanner;
  readonly documentPrinter: CoreDocumentPrinter;
  readonly terminalParts: CoreTerminalParts;
  readonly securityCard: CoreSecurityCard;
}

/** Every device of the terminal, and the host that holds them. */
export interface Devices extends CoreDevices {
  /** Milliseconds of the core's clock at which the card reader last came online; -Infinity before it ever did. */
  readonly cardReaderSince: number;
  /** How often the host had to be started again. */
  readonly restarts: number;
  /** Works with other devices from now on: what runs ends as unknown, the host is started anew. Never rejects. */
  reconfigure(devices: DevicesConfig['devices']): Promise<void>;
  close(): Promise<void>;
}
