import type { DriverClock } from '../device.ts';
import type { Backoff } from '../transport/reconnecting.ts';
import type { Transport } from '../transport/transport.ts';
import { NAMED_SYMBOLOGIES } from './aim-id.ts';
import { CodeFramer } from './code-framer.ts';
import type { CodeSuffix } from './code-framer.ts';
import type { CodeScanner, TextEncoding } from './contract.ts';
import { TEXT_ENCODINGS } from './decode-text.ts';
import { LineScanner, SCANNER_TIMINGS } from './line-scanner.ts';
import type { ScannerTimings, TriggerCommands } from './line-scanner.ts';

/** What the driver needs. */
export interface SerialScannerOptions {
  readonly transport: Transport;
  readonly clock: DriverClock;
  /** Default `newline`: CR, LF or both, as scanners leave the factory. */
  readonly suffix?: CodeSuffix;
  /** The scanner is set to send a symbology identifier before each code. Default false. */
  readonly aimId?: boolean;
  /** Default UTF-8, then GB 18030. */
  readonly encodings?: readonly TextEncoding[];
  /** Only for scanners that wait to be asked. */
  readonly trigger?: TriggerCommands;
  readonly timings?: Partial<ScannerTimings>;
  readonly backoff?: Backoff;
  /** In [0, 1); default `Math.random`. */
  readonly random?: () => number;
}

/** Serial trigger of Honeywell scanners (and many that follow them): SYN T CR, SYN U CR. */
export const HONEYWELL_TRIGGER: TriggerCommands = {
  start: Uint8Array.of(0x16, 0x54, 0x0d),
  stop: Uint8Array.of(0x16, 0x55, 0x0d),
};

/** Pauses, in ms: with a suffix only a broken code waits so long; without one every code does. */
const PAUSE_MS: Readonly<Record<CodeSuffix, number>> = { newline: 500, tab: 500, none: 80 };

/**
 * Driver for scanners on a serial line (RS-232, USB CDC, serial server): codes as plain bytes, each with
 * a suffix or followed by a pause. Nothing can be asked of the scanner: it is `unknown` until its first code since
 * the line came up.
 */
export function createSerialScanner(options: SerialScannerOptions): CodeScanner {
  const { suffix = 'newline', aimId = false, encodings = TEXT_ENCODINGS, ...rest } = options;
  return new LineScanner({
    ...rest,
    assembler: new CodeFramer({ suffix, aimId }),
    onlineBy: 'code',
    capabilities: { symbologies: aimId ? NAMED_SYMBOLOGIES : [], encodings },
    timings: { ...SCANNER_TIMINGS, pauseMs: PAUSE_MS[suffix], ...options.timings },
  });
}
