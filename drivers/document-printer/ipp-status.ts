import { fault } from '../../domain/device/fault-catalogue.ts';
import type { DeviceStatus, PaperState } from '../../domain/device/status.ts';
import type { ToldHardware } from '../hardware.ts';
import type { DocumentPrinterCapabilities } from './contract.ts';
import { printerFault, REASONS, type ReasonMeaning } from './ipp-faults.ts';
import { boolean, integers, strings, upperBound, type IppAttributes } from './ipp-reader.ts';
import { trayLevels } from './ipp-supplies.ts';

/** Attributes that tell what a printer can do and how it is; asked for by name. */
export const PRINTER_ATTRIBUTES = [
  'printer-state',
  'printer-state-reasons',
  'printer-is-accepting-jobs',
  'operations-supported',
  'document-format-supported',
  'sides-supported',
  'copies-supported',
  'color-supported',
  'print-color-mode-supported',
  'media-supported',
  'media-ready',
  'marker-names',
  'marker-types',
  'marker-levels',
  'marker-low-levels',
  'marker-high-levels',
  'printer-supply',
  'printer-supply-description',
  'printer-input-tray',
  'printer-make-and-model',
  'printer-firmware-string-version',
  'printer-serial-number',
] as const;

/** printer-state 5: stopped. */
const STOPPED = 5;
const PROCESSING = 4;
const CREATE_JOB = 5;
const SEND_DOCUMENT = 6;

/** What a printer said that it can do, with what only the driver needs. */
export interface IppPrinterFacts extends DocumentPrinterCapabilities {
  /** Empty where the printer does not tell. */
  readonly sides: readonly string[];
  readonly maxCopies: number | undefined;
  /** Whether a job can be made before its document is sent. */
  readonly createJob: boolean;
}

/** What Get-Printer-Attributes says of the printer's abilities. */
export function factsOf(attributes: IppAttributes): IppPrinterFacts {
  const sides = strings(attributes, 'sides-supported');
  const operations = integers(attributes, 'operations-supported');
  return {
    formats: strings(attributes, 'document-format-supported'),
    duplex: sides.includes('two-sided-long-edge'),
    colour:
      boolean(attributes, 'color-supported') ??
      strings(attributes, 'print-color-mode-supported').includes('color'),
    media: strings(attributes, 'media-supported'),
    sides,
    maxCopies: upperBound(attributes, 'copies-supported'),
    createJob: operations.includes(CREATE_JOB) && operations.includes(SEND_DOCUMENT),
  };
}

/** What Get-Printer-Attributes says of who the printer is (PWG 5110.1 for the firmware). */
export function identityOf(attributes: IppAttributes): Parameters<ToldHardware['told']>[0] {
  return {
    model: strings(attributes, 'printer-make-and-model')[0],
    firmware: strings(attributes, 'printer-firmware-string-version')[0],
    serialNumber: strings(attributes, 'printer-serial-number')[0],
  };
}

interface Reason {
  readonly vendorCode: string;
  readonly isWarning: boolean;
  readonly meaning: ReasonMeaning;
}

/**
 * What Get-Printer-Attributes says of the printer's state. Total: whatever the printer says gives a
 * status. A reason without suffix is an error (RFC 8011 5.4.12); a warning does not stop the printer by
 * itself, but names why it stands when it does; a report is told nobody.
 */
export function deviceStatusOf(attributes: IppAttributes): DeviceStatus {
  const [state] = integers(attributes, 'printer-state');
  const words = strings(attributes, 'printer-state-reasons');
  const reasons = words
    .flatMap((word) => reasonOf(word))
    .sort((a, b) => REASONS.indexOf(a.meaning) - REASONS.indexOf(b.meaning));
  const effective = reasons.filter(
    ({ isWarning, meaning }) => !isWarning || state === STOPPED || meaning.always === true,
  );
  const paper = paperOf(attributes, reasons, effective);
  const gravest = effective.find(({ meaning }) => meaning.fault !== undefined);
  if (gravest?.meaning.fault !== undefined) {
    const { vendorCode } = gravest;
    const named =
      gravest.meaning.fault === 'offline'
        ? fault('device.offline', { vendorCode })
        : printerFault(gravest.meaning.fault, { vendorCode });
    return { state: gravest.meaning.state, paper, fault: named };
  }
  const vendorCode = words.join(' ').slice(0, 60);
  if (state === STOPPED) {
    return { state: 'hardwareError', paper, fault: printerFault('hardware', { vendorCode }) };
  }
  const unnamed = words.find((word) => word.endsWith('-error') && reasonOf(word).length === 0);
  if (unnamed !== undefined) {
    const extra = { vendorCode: unnamed.slice(0, 60) };
    return { state: 'hardwareError', paper, fault: printerFault('hardware', extra) };
  }
  if (boolean(attributes, 'printer-is-accepting-jobs') === false) {
    const detail = 'printer-is-accepting-jobs false';
    return { state: 'hardwareError', paper, fault: printerFault('paused', { detail }) };
  }
  if (state === undefined) {
    return { state: 'unknown', paper, fault: fault('device.protocol', { detail: 'no state' }) };
  }
  const busy =
    state === PROCESSING || effective.some(({ meaning }) => meaning.state === 'deviceBusy');
  return { state: busy ? 'deviceBusy' : 'online', paper };
}

function reasonOf(word: string): readonly Reason[] {
  const [, keyword = word, suffix] = /^(.*?)(?:-(error|warning|report))?$/.exec(word) ?? [];
  const meaning = REASONS.find((one) => one.keyword.test(keyword));
  if (meaning === undefined || (suffix === 'report' && meaning.always !== true)) return [];
  return [{ vendorCode: word.slice(0, 60), isWarning: suffix === 'warning', meaning }];
}

/** The worst that the printer says of its paper; `full` needs its word, for silence is no paper. */
function paperOf(
  attributes: IppAttributes,
  reasons: readonly Reason[],
  effective: readonly Reason[],
): PaperState {
  const told = [
    ...effective.flatMap(({ meaning }) => meaning.paper ?? []),
    ...reasons.flatMap(({ meaning, isWarning }) =>
      isWarning ? (meaning.paperAsWarning ?? []) : [],
    ),
  ];
  const worst = (['jammed', 'out', 'low'] as const).find((one) => told.includes(one));
  if (worst !== undefined) return worst;
  const levels = trayLevels(attributes);
  const loaded = strings(attributes, 'media-ready').length > 0;
  return loaded || levels.some((level) => level > 0 || level === -3) ? 'full' : 'unknown';
}
