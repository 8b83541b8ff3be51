import type { Fault } from './fault.ts';

/**
 * State of a device, in the words of XFS4IoT Common.Status plus two of ours.
 *
 * - `starting`: the driver is opening; nothing is known yet.
 * - `online`: works as far as anybody can tell.
 * - `offline`: meant to be there, does not answer or its line is down.
 * - `powerOff`: known to be switched off.
 * - `noDevice`: not meant to be on this terminal at all.
 * - `hardwareError`: answers, and says that it is broken.
 * - `userError`: a person keeps it from working (cover open, paper in the way).
 * - `deviceBusy`: working, cannot take a command now.
 * - `unknown`: it may work or not: the last answer does not tell.
 */
export type DeviceState =
  | 'starting'
  | 'online'
  | 'offline'
  | 'powerOff'
  | 'noDevice'
  | 'hardwareError'
  | 'userError'
  | 'deviceBusy'
  | 'unknown';

/** Paper supply of a printer or the state of a feeder. */
export type PaperState = 'full' | 'low' | 'out' | 'jammed' | 'unknown';

/** Device classes with a driver interface of their own under drivers/: the device host holds them. */
export const DRIVEN_CLASSES = [
  'idCard',
  'receiptPrinter',
  'documentScanner',
  'codeScanner',
  'documentPrinter',
  'terminalParts',
  'securityCard',
] as const;

/** Device classes that the page itself works with: their state is what the page says of them. */
export const PAGE_CLASSES = ['documentCamera'] as const;

/** Every class of device that a terminal can have. */
export const DEVICE_CLASSES = [...DRIVEN_CLASSES, ...PAGE_CLASSES] as const;

/** A device class that has a driver interface. */
export type DrivenClass = (typeof DRIVEN_CLASSES)[number];

/** A device class. */
export type DeviceClass = (typeof DEVICE_CLASSES)[number];

/** What the terminal knows of one device at one moment. */
export interface DeviceStatus {
  readonly state: DeviceState;
  /** Only of devices that hold paper. */
  readonly paper?: PaperState;
  /** The last fault while it stands, else absent. */
  readonly fault?: Fault;
}
