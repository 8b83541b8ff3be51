import { fault } from '../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../domain/device/fault.ts';
import type { ChildExit } from '../transport/child-process.ts';

/** SANE_Status by its number, which is also the exit code of scanimage, with the words of sane_strstatus. */
const STATUS = [
  ['GOOD', 'Success'],
  ['UNSUPPORTED', 'Operation not supported'],
  ['CANCELLED', 'Operation was cancelled'],
  ['DEVICE_BUSY', 'Device busy'],
  ['INVAL', 'Invalid argument'],
  ['EOF', 'End of file reached'],
  ['JAMMED', 'Document feeder jammed'],
  ['NO_DOCS', 'Document feeder out of documents'],
  ['COVER_OPEN', 'Scanner cover is open'],
  ['IO_ERROR', 'Error during device I/O'],
  ['NO_MEM', 'Out of memory'],
  ['ACCESS_DENIED', 'Access to resource has been denied'],
] as const;

/** A word of SANE for how something went. */
export type SaneStatus = (typeof STATUS)[number][0];

/** Where scanimage met a status: at opening the device, or at its work. */
export interface SaneFailure {
  readonly during: 'open' | 'scan';
  readonly status: SaneStatus;
}

/**
 * The failure that a line of scanimage's standard error names, if it names one:
 * `scanimage: sane_start: Document feeder jammed`, `scanimage: open of device NAME failed: Invalid argument`.
 */
export function failureInLine(line: string): SaneFailure | undefined {
  const found = /: (?:(sane_(?:start|read))|open of device .+ failed): (.+)$/.exec(line);
  // some versions write it with one l
  const words = found?.[2]?.trim().replace('canceled', 'cancelled');
  const status = STATUS.find(([, its]) => its === words)?.[0];
  if (!found || status === undefined) return undefined;
  return { during: found[1] === undefined ? 'open' : 'scan', status };
}

/**
 * What scanimage says when the line to a saned broke under it, and it then may end with 0: a status that SANE
 * has no word for (`sane_get_parameters: Unknown SANE status code 1886559984`, `Scanned page 2. (scanner status
 * = 1886559984)`), or that it wrote to nobody (`scanimage: received signal 13`).
 */
export function strangeInLine(line: string): string | undefined {
  const told = /Unknown SANE status code \d+|scanner status = (\d+)|received signal \d+/.exec(line);
  const number = told?.[1];
  return number !== undefined && Number(number) < STATUS.length
    ? undefined
    : told?.[0].slice(0, 60);
}

/** The failure that an exit code alone names. A code that is none of SANE's gives nothing. */
export function failureOfExit({ code }: ChildExit): SaneFailure | undefined {
  const status = code === null || code === 0 ? undefined : STATUS[code]?.[0];
  return status === undefined ? undefined : { during: 'scan', status };
}

/** What a failure is in the terminal's words. */
export function saneFault({ during, status }: SaneFailure): Fault {
  const vendorCode = `SANE_STATUS_${status}`;
  switch (status) {
    case 'DEVICE_BUSY':
      return fault('device.busy', { vendorCode });
    case 'ACCESS_DENIED':
      return fault('device.misconfigured', { vendorCode, detail: 'no right to use the device' });
    case 'JAMMED':
      return fault('scanner.jam', { vendorCode });
    case 'NO_DOCS':
      return fault('scanner.noPaper', { vendorCode });
    case 'COVER_OPEN':
      return fault('scanner.coverOpen', { vendorCode });
    case 'CANCELLED':
      // Somebody pressed stop on the scanner itself.
      return fault('device.cancelled', { vendorCode });
    case 'INVAL':
      // A device that is not there is also "Invalid argument", at opening.
      if (during === 'open') return fault('device.offline', { vendorCode });
      return fault('device.misconfigured', { vendorCode });
    case 'UNSUPPORTED':
      if (during === 'open') return fault('device.offline', { vendorCode });
      return fault('device.unsupported', { vendorCode });
    case 'IO_ERROR':
      return fault(during === 'open' ? 'device.offline' : 'scanner.hardware', { vendorCode });
    case 'NO_MEM':
      return fault('scanner.hardware', { vendorCode });
    case 'GOOD':
    case 'EOF':
      return fault('device.protocol', { vendorCode });
  }
}

/** The fault of a program that ended without naming a status: a broken backend, a signal. */
export function exitFault({ code, signal }: ChildExit): Fault {
  const how = signal ?? `exit ${code ?? 'unknown'}`;
  return fault('scanner.hardware', { vendorCode: `scanimage ${how}` });
}
