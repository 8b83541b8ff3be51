import type { DriverClock } from '../device.ts';
import type { HidTransport } from '../transport/hid.ts';
import type { Backoff } from '../transport/reconnecting.ts';
import { NAMED_SYMBOLOGIES } from './aim-id.ts';
import type { CodeScanner, TextEncoding } from './contract.ts';
import { TEXT_ENCODINGS } from './decode-text.ts';
import { HidReportJoiner } from './hid-report.ts';
import { LineScanner, SCANNER_TIMINGS } from './line-scanner.ts';
import type { ScannerTimings, TriggerCommands } from './line-scanner.ts';

/** What the driver needs. */
export interface HidScannerOptions {
  /** To a device with `HID_POS_SCANNER`'s usages. */
  readonly transport: HidTransport;
  readonly clock: DriverClock;
  /** Default UTF-8, then GB 18030. */
  readonly encodings?: readonly TextEncoding[];
  /** Only for scanners that wait to be asked: whole output reports, their id first. */
  readonly trigger?: TriggerCommands;
  readonly timings?: Partial<ScannerTimings>;
  readonly backoff?: Backoff;
  /** In [0, 1); default `Math.random`. */
  readonly random?: () => number;
}

/** Longest pause between two reports of one code, in ms; a full-speed device sends one every few ms. */
const PAUSE_MS = 300;

/**
 * Driver for scanners that are HID POS devices: no port to set, no keyboard to pretend, and the symbology is
 * told. `online` means that the device is plugged in and open.
 */
export function createHidScanner(options: HidScannerOptions): CodeScanner {
  const { encodings = TEXT_ENCODINGS, ...rest } = options;
  return new LineScanner({
    ...rest,
    assembler: new HidReportJoiner(),
    onlineBy: 'line',
    capabilities: { symbologies: NAMED_SYMBOLOGIES, encodings },
    timings: { ...SCANNER_TIMINGS, pauseMs: PAUSE_MS, ...options.timings },
  });
}
