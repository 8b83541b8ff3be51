import type { FaultCode } from '../domain/device/fault-catalogue.ts';
import type { MaterialCapture } from '../domain/catalogue/catalogue.ts';
import type { DeviceView, TerminalView } from '../main/contract/shapes.ts';

/** A device that certainly cannot serve now. One that is starting, or of which nothing is known, is not called away. */
export function isAway(device: DeviceView): boolean {
  return ['offline', 'powerOff', 'noDevice', 'hardwareError'].includes(device.state);
}

/** Faults by which a device is not there for the citizen, whatever the technician will find. */
const GONE: readonly FaultCode[] = [
  'device.offline',
  'device.otherDevice',
  'device.missingLibrary',
  'device.misconfigured',
];

/**
 * Whether a fault only says that a device is not there. Its own words know no device by name: where the page
 * knows which one it is, it says so itself.
 */
export function isGone({ code }: { readonly code: FaultCode }): boolean {
  return GONE.includes(code);
}

/**
 * What may be said of a receipt before there is one. `printed`: the printer answers, and says that it has paper.
 * `tried`: it cannot say how much paper it has, or never says anything; how the print ended is told after it.
 * `screen`: it is not printed.
 */
export function receiptHere({ state, paper, fault }: DeviceView): 'printed' | 'tried' | 'screen' {
  if (paper === 'out' || paper === 'jammed') return 'screen';
  if (state === 'online' || state === 'deviceBusy') {
    return paper === 'unknown' ? 'tried' : 'printed';
  }
  return state === 'unknown' && fault === undefined ? 'tried' : 'screen';
}

/** A document camera is meant to be there, and nothing says that it cannot serve. */
export function cameraHere(terminal: TerminalView): boolean {
  return terminal.camera !== null && !isAway(terminal.devices.documentCamera);
}

/** Papers can be taken in here: by scanner or by camera. */
export function takesPapers(terminal: TerminalView): boolean {
  return !isAway(terminal.devices.documentScanner) || cameraHere(terminal);
}

/**
 * Whether a receipt can be held before a code scanner here. One that cannot be asked is unknown until its first code:
 * it is offered, and says by reading that it works.
 */
export function canScanCodes({ devices, keyboardScanner }: TerminalView): boolean {
  const { state, fault } = devices.codeScanner;
  return keyboardScanner || state === 'online' || (state === 'unknown' && fault === undefined);
}

/** In which ways a material can be given at this terminal now. */
export function waysHere(terminal: TerminalView): ReadonlySet<MaterialCapture> {
  const ways = new Set<MaterialCapture>(['generate']);
  if (!isAway(terminal.devices.idCard)) ways.add('readCard');
  if (takesPapers(terminal)) ways.add('scan');
  if (terminal.link === 'online') ways.add('fetch');
  return ways;
}
