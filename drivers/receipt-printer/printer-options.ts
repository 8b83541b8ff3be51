import type { DriverClock } from '../device.ts';
import type { Transport } from '../transport/transport.ts';
import type { PrinterProfile } from './profile.ts';

/** What a receipt printer is driven with. */
export interface EscPosPrinterOptions {
  readonly transport: Transport;
  readonly clock: DriverClock;
  readonly profile: PrinterProfile;
  /** How often the status is asked, in ms. Default 2000. */
  readonly pollMs?: number;
  /** No answer for so long makes the status `unknown`, in ms. Default 800. */
  readonly patienceMs?: number;
  /** A receipt may hang in the outlet for so long before the printer takes it back, in ms. Default 30000. */
  readonly takeMs?: number;
  /** Of what earlier receipts left nothing more is expected after so long a silence, in ms. Default 1000. */
  readonly quietMs?: number;
  /** Name of the logo in the printer's memory; printed only if the printer has it. */
  readonly logo?: string;
}

/** What is not given. */
export const PRINTER_DEFAULTS = {
  pollMs: 2_000,
  patienceMs: 800,
  takeMs: 30_000,
  quietMs: 1_000,
} as const satisfies Partial<EscPosPrinterOptions>;
