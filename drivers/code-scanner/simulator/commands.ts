import iconv from 'iconv-lite';
import type { Result } from '../../../domain/result.ts';
import type { Symbology, TextEncoding } from '../contract.ts';

/** What a simulated scanner can be told. `noise` and `dropLine` mean what they mean to other simulators. */
export type CodeScannerCommand =
  /** Holds a code before it: the text is sent in `encoding` (default UTF-8), `pieceBytes` at a time. */
  | {
      readonly do: 'scan';
      readonly text: string;
      readonly encoding?: TextEncoding;
      /** Default QR. */
      readonly symbology?: Symbology;
      /** Default all at once; HID reports have a size of their own. */
      readonly pieceBytes?: number;
    }
  /** Sends these bytes as a code; when `ended` is false, its end never comes. */
  | { readonly do: 'scanRaw'; readonly hex: string; readonly ended?: boolean }
  /** Line noise: these bytes as they are; over HID, a report of its own. */
  | { readonly do: 'noise'; readonly hex: string }
  /**
   * Hangs up, at once or after so many bytes more; with `forMs` also refuses to be called for that long,
   * without it may be called again at once.
   */
  | { readonly do: 'dropLine'; readonly forMs?: number; readonly afterBytes?: number };

/** What a simulated scanner shows of itself. JSON. */
export interface CodeScannerSimulatorState {
  /** Codes sent whole. */
  readonly scans: number;
  readonly connections: number;
  readonly refusing: boolean;
  /** Whether it was told to read and has not read since. */
  readonly triggered: boolean;
  readonly [key: string]: unknown;
}

/** A simulated scanner, whatever it speaks. */
export interface CodeScannerSimulator {
  readonly deviceClass: 'codeScanner';
  /** An error text when it cannot be done. */
  command(command: CodeScannerCommand): Result<void, string>;
  state(): CodeScannerSimulatorState;
  close(): Promise<void>;
}

/** AIM symbology identifiers as scanners send them (ISO/IEC 15424). */
export const AIM_IDS: Readonly<Record<Symbology, string>> = {
  qr: ']Q1',
  dataMatrix: ']d1',
  pdf417: ']L0',
  code128: ']C0',
  code39: ']A0',
  interleaved2of5: ']I0',
  ean: ']E0',
};

/** The bytes of a text in an encoding. */
export function encodeText(text: string, encoding: TextEncoding = 'utf-8'): Uint8Array {
  return Uint8Array.from(iconv.encode(text, encoding));
}

/** Bytes of hex digits, or nothing when they are none. */
export function fromHex(hex: string): Uint8Array | undefined {
  const digits = hex.replace(/\s/g, '');
  if (!/^(?:[0-9a-fA-F]{2})*$/.test(digits)) return undefined;
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}
