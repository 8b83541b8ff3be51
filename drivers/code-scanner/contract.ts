import type { Fault } from '../../domain/device/fault.ts';
import type { Result } from '../../domain/result.ts';
import type { CommandOptions, Device, Unsubscribe } from '../device.ts';

/** Kinds of codes that a driver can name. */
export type Symbology =
  'qr' | 'dataMatrix' | 'pdf417' | 'code128' | 'code39' | 'interleaved2of5' | 'ean';

/** How the text of a code is written in bytes. */
export type TextEncoding = 'utf-8' | 'gb18030';

/** Longest code that a driver tells, in bytes without suffix and symbology identifier. */
export const MAX_CODE_BYTES = 4_096;

/** A code that was read whole. */
export interface ScannedCode {
  readonly text: string;
  /** Absent when the scanner does not say, or names a kind that is not ours. */
  readonly symbology?: Symbology;
  /** What `text` was decoded from, and how; plain ASCII counts as UTF-8. */
  readonly bytes: Uint8Array;
  readonly encoding: TextEncoding;
}

/** What a scanner tells, in the order in which it happens. */
export type CodeScannerEvent =
  | ({ readonly type: 'code' } & ScannedCode)
  /**
   * Something came that is no whole code, and was thrown away: `codeScanner.unreadable`, or `device.offline` when
   * the line broke in the middle of a code. The citizen scans again. The fault says nothing of the contents.
   */
  | { readonly type: 'failed'; readonly fault: Fault };

/**
 * A QR and bar code scanner. It reads by itself from `open` on. The same code held before it is told once.
 * Most scanners only speak: `online` then means that the line is up, not that the scanner was heard.
 */
export interface CodeScanner extends Device {
  readonly capabilities: {
    /** Kinds it names; empty when it sends codes without saying what they were. */
    readonly symbologies: readonly Symbology[];
    /** Encodings it tries, in this order; the first that fits strictly wins, code by code. */
    readonly encodings: readonly TextEncoding[];
  };
  onEvent(listener: (event: CodeScannerEvent) => void): Unsubscribe;
  /**
   * Switches the light on and waits for the next code, which is told as an event as well, a repeated one
   * too. Absent on scanners that look by themselves. Never rejects. Faults: `device.offline`, `device.busy`
   * (another trigger runs), `codeScanner.notRead` (no code by the deadline), `codeScanner.unreadable` (what came was
   * no whole code), `device.cancelled`.
   */
  readonly trigger?: (options: CommandOptions) => Promise<Result<ScannedCode, Fault>>;
}
