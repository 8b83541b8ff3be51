// Test support: an IPP driver that loses no time, against our simulator. Not part of the product.
import { systemClock } from '../transport/system-clock.ts';
import { IppPrinter, type IppPrinterOptions } from './ipp-printer.ts';
import { IppSimulator, type IppSimulatorOptions } from './simulator/ipp-simulator.ts';

/** Short pauses, and enough patience for a busy machine. */
export const QUICK = {
  clock: systemClock,
  timing: {
    pollMs: 40,
    firstRetryMs: 40,
    maxRetryMs: 100,
    jobPollMs: 15,
    busyRetryMs: 10,
    busyTries: 3,
    stopPatienceMs: 50,
    holdPatienceMs: 50,
    graceMs: 4_000,
  },
  limits: { requestMs: 10_000, transferMs: 30_000 },
} satisfies Partial<IppPrinterOptions>;

/** For tests in which the printer falls silent. */
export const IMPATIENT = {
  ...QUICK,
  limits: { ...QUICK.limits, requestMs: 2_000 },
} satisfies Partial<IppPrinterOptions>;

/** A driver that is not open yet, and the simulator that it will call. */
export async function simulated(
  options: IppSimulatorOptions = {},
  driver: Omit<IppPrinterOptions, 'url'> = QUICK,
): Promise<{ readonly simulator: IppSimulator; readonly printer: IppPrinter }> {
  const simulator = new IppSimulator(options);
  await simulator.listen(0);
  return { simulator, printer: new IppPrinter({ url: simulator.url, ...driver }) };
}
