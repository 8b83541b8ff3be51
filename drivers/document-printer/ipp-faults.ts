import { fault, type FaultCode } from '../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../domain/device/fault.ts';
import type { DeviceState, PaperState } from '../../domain/device/status.ts';

/** Why a call to the printer gave nothing. `detail` is technical and holds nothing of a person. */
export type IppFailure =
  /** The printer answered in IPP, and with an error. */
  | { readonly kind: 'ipp'; readonly status: number }
  | { readonly kind: 'http'; readonly status: number }
  /** `connected`: the call may have reached the printer. */
  | { readonly kind: 'unreachable'; readonly detail: string; readonly connected: boolean }
  | { readonly kind: 'untrusted' }
  | { readonly kind: 'missingLibrary' }
  | { readonly kind: 'timeout'; readonly connected: boolean }
  | { readonly kind: 'cancelled'; readonly connected: boolean }
  | { readonly kind: 'malformed'; readonly detail: string };

/** Every fault that this driver gives a printer or a print, in one place. */
export const DOCUMENT_PRINTER_FAULT = {
  paperOut: 'printer.paperOut',
  coverOpen: 'printer.coverOpen',
  jam: 'printer.jam',
  outputFull: 'printer.jam',
  supplyEmpty: 'printer.hardware',
  hardware: 'printer.hardware',
  unconfirmed: 'printer.unconfirmed',
  /** A queue that somebody paused, closed or that holds its jobs. */
  paused: 'device.misconfigured',
  jobHeld: 'device.misconfigured',
  jobAborted: 'printer.hardware',
  documentRefused: 'device.unsupported',
} as const satisfies Record<string, FaultCode>;

/** The name of one of these faults. */
export type DocumentPrinterFault = keyof typeof DOCUMENT_PRINTER_FAULT;

/** Makes one of the faults of this driver. */
export function printerFault(
  name: DocumentPrinterFault,
  extra: { readonly vendorCode?: string; readonly detail?: string } = {},
): Fault {
  return fault(DOCUMENT_PRINTER_FAULT[name], extra);
}

/** What a keyword of printer-state-reasons means. */
export interface ReasonMeaning {
  /** Matches the keyword without its suffix. */
  readonly keyword: RegExp;
  readonly state: DeviceState;
  readonly fault?: DocumentPrinterFault | 'offline';
  readonly paper?: PaperState;
  /** Paper when it is only a warning: one tray of several, or ippeveprinter, which only warns. */
  readonly paperAsWarning?: PaperState;
  /** Holds whatever the suffix says. */
  readonly always?: true;
}

/** Keywords of RFC 8011 5.4.12, PWG 5100.9 and CUPS, the gravest first. */
export const REASONS: readonly ReasonMeaning[] = [
  { keyword: /^(shutdown|deactivated)$/, state: 'powerOff', fault: 'offline', always: true },
  { keyword: /^(offline|timed-out)$/, state: 'offline', fault: 'offline', always: true },
  {
    keyword: /(^|-)jam(-|$)/,
    state: 'userError',
    fault: 'jam',
    paper: 'jammed',
    paperAsWarning: 'jammed',
  },
  { keyword: /^(cover|door|interlock)-open$/, state: 'userError', fault: 'coverOpen' },
  {
    keyword: /^(media-empty|media-needed|input-tray-missing)$/,
    state: 'userError',
    fault: 'paperOut',
    paper: 'out',
    paperAsWarning: 'low',
  },
  { keyword: /^output-(area-full|tray-missing)$/, state: 'userError', fault: 'outputFull' },
  {
    keyword: /^(marker-supply-empty|marker-supply-missing|toner-empty|opc-life-over)$/,
    state: 'hardwareError',
    fault: 'supplyEmpty',
  },
  { keyword: /^marker-waste-full$/, state: 'hardwareError', fault: 'supplyEmpty' },
  { keyword: /^(paused|moving-to-paused)$/, state: 'hardwareError', fault: 'paused' },
  { keyword: /^spool-area-full$/, state: 'hardwareError', fault: 'hardware' },
  { keyword: /^media-low$/, state: 'online', paper: 'low', always: true },
  { keyword: /^(connecting-to-device|fuser-under-temp)$/, state: 'deviceBusy', always: true },
];

/** RFC 8011, appendix B. */
const IPP_STATUS: ReadonlyMap<number, FaultCode> = new Map<number, FaultCode>([
  [0x0401, 'device.misconfigured'], // forbidden
  [0x0402, 'device.misconfigured'], // not-authenticated
  [0x0403, 'device.misconfigured'], // not-authorized
  [0x0406, 'device.misconfigured'], // not-found: no printer under this address
  [0x0408, 'device.unsupported'], // request-entity-too-large
  [0x040a, 'device.unsupported'], // document-format-not-supported
  [0x040b, 'device.unsupported'], // attributes-or-values-not-supported
  [0x040e, 'device.unsupported'], // conflicting-attributes
  [0x0411, 'device.unsupported'], // document-format-error
  [0x0500, 'printer.hardware'], // internal-error
  [0x0501, 'device.unsupported'], // operation-not-supported
  [0x0502, 'device.busy'], // service-unavailable
  [0x0503, 'device.unsupported'], // version-not-supported
  [0x0504, 'printer.hardware'], // device-error
  [0x0505, 'device.busy'], // temporary-error
  [0x0506, 'device.busy'], // not-accepting-jobs
  [0x0507, 'device.busy'], // busy
]);

/** IPP's word for "later": the request was refused and may be made again. */
export const SERVER_ERROR_BUSY = 0x0507;
/** The printer has no such job, or no longer. */
export const CLIENT_ERROR_NOT_FOUND = 0x0406;

/** The fault of a call that gave nothing. What the printer says of itself goes before this. */
export function failureFault(failure: IppFailure): Fault {
  switch (failure.kind) {
    case 'cancelled':
      return fault('device.cancelled');
    case 'timeout':
      return fault('device.timeout');
    case 'unreachable':
      return fault('device.offline', { detail: failure.detail });
    case 'untrusted':
      return fault('device.misconfigured', { detail: 'certificate of the printer' });
    case 'missingLibrary':
      return fault('device.missingLibrary', { detail: '@sealsystems/ipp' });
    case 'malformed':
      return fault('device.protocol', { detail: failure.detail });
    case 'ipp': {
      const vendorCode = `IPP 0x${failure.status.toString(16).padStart(4, '0')}`;
      return fault(IPP_STATUS.get(failure.status) ?? 'device.protocol', { vendorCode });
    }
    case 'http': {
      const vendorCode = `HTTP ${failure.status}`;
      if ([401, 403, 404, 426].includes(failure.status)) {
        return fault('device.misconfigured', { vendorCode });
      }
      if (failure.status === 413) return fault('device.unsupported', { vendorCode });
      if (failure.status === 503) return fault('device.busy', { vendorCode });
      return fault('device.protocol', { vendorCode });
    }
  }
}
