import type { Result } from '../../domain/result.ts';
import type { Fault } from '../../domain/device/fault.ts';
import type { CommandOptions, Device } from '../device.ts';

/** Where the paper lies. */
export type ScanSource = 'flatbed' | 'feeder';

/** What to scan and how. */
export interface ScanRequest {
  readonly source: ScanSource;
  readonly resolutionDpi: 150 | 200 | 300;
  readonly colour: 'colour' | 'grey';
  /** A flatbed gives one page; a feeder stops after so many. */
  readonly maxPages: number;
}

/** One scanned side, as the scanner sent it. */
export interface ScannedPage {
  readonly mediaType: 'image/jpeg';
  readonly bytes: Uint8Array;
}

/** How far a scan is. */
export interface ScanProgress {
  /** The page at work, from 1. */
  readonly page: number;
  /** How much of that page has come, from 0 to 1. */
  readonly fraction: number;
}

/** How a scan may run, and who is told how far it is. */
export interface ScanOptions extends CommandOptions {
  /** Called only by scanners that tell how far they are; what it says never goes back within a page. */
  readonly onProgress?: (progress: ScanProgress) => void;
}

/** A document scanner. */
export interface DocumentScanner extends Device {
  readonly capabilities: { readonly sources: readonly ScanSource[] };
  /**
   * Scans; each page is handed over as it comes, so that pages before a jam are not lost.
   * The value is the number of pages. Never rejects.
   */
  scan(
    request: ScanRequest,
    onPage: (page: ScannedPage) => void,
    options: ScanOptions,
  ): Promise<Result<{ readonly pages: number }, Fault>>;
}
