import type { DeviceClass } from '../../domain/device/status.ts';
import type { LocalizedText } from '../../domain/text.ts';

/** Which USB device, in the words of the devices configuration: hex digits as `lsusb` shows them. */
export interface UsbDeviceName {
  readonly vendorId: string;
  readonly productId: string;
  readonly serialNumber?: string;
  /** The socket, `1-2.3`. */
  readonly port?: string;
}

/** How bytes reach a device that was found, in the words of the devices configuration. */
export type FoundTransport =
  | {
      readonly type: 'serial';
      readonly path: string;
      readonly baud: number;
      /** The USB device behind the port, to know it again. */
      readonly usb?: UsbDeviceName;
    }
  | { readonly type: 'tcp'; readonly host: string; readonly port: number }
  | { readonly type: 'url'; readonly url: string }
  | ({ readonly type: 'usb'; readonly alsoIds?: readonly string[] } & UsbDeviceName)
  | ({ readonly type: 'hid'; readonly alsoIds?: readonly string[] } & UsbDeviceName)
  /** File of a printer that the kernel drives, `/dev/usb/lp0`. */
  | { readonly type: 'usbPrinter'; readonly path: string }
  /** A reader of the PC/SC service, by its name there. */
  | { readonly type: 'pcsc'; readonly reader: string };

/** A place where a device may be: what a probe looks at. */
export type Candidate =
  | {
      readonly type: 'serial';
      /** `/dev/ttyUSB0`, `COM3` */
      readonly path: string;
      /** Speeds to try, in this order; default {@link SERIAL_SPEEDS}. */
      readonly speeds?: readonly number[];
      readonly usb?: UsbDeviceName;
    }
  | { readonly type: 'tcp'; readonly host: string; readonly port: number }
  /** Root of an eSCL service, `http://10.0.0.7/eSCL`, or a printer, `ipp://10.0.0.8/ipp/print`. */
  | { readonly type: 'url'; readonly url: string }
  | PluggedCandidate;

/** Something that the system lists as plugged in, with what it says of it. */
export type PluggedCandidate =
  | ({
      readonly type: 'usb';
      /** What its parts are: 7 printer, 11 smart-card reader, 14 camera. */
      readonly interfaceClasses?: readonly number[];
      readonly model?: string;
    } & UsbDeviceName)
  | ({
      readonly type: 'hid';
      readonly usagePage?: number;
      readonly usage?: number;
      readonly model?: string;
    } & UsbDeviceName)
  | {
      readonly type: 'usbPrinter';
      readonly path: string;
      /** Which languages the printer says it speaks (IEEE 1284), if it says so. */
      readonly languages?: readonly string[];
      readonly model?: string;
    }
  | { readonly type: 'pcsc'; readonly reader: string };

/**
 * How specific the answers were. `certain`: nothing else answers so. `likely`: answers of the protocol, but
 * fewer of them. `possible`: it might be.
 */
export type Confidence = 'certain' | 'likely' | 'possible';

/** Something that answered. A proposal only: nothing is set up by it. */
export interface Proposal {
  /** `unknown`: something answers there, in no protocol that this terminal speaks. */
  readonly class: DeviceClass | 'unknown';
  readonly protocol:
    'sdt' | 'escpos' | 'escl' | 'hidPos' | 'serialCodes' | 'ipp' | 'partsLine' | 'pcsc' | 'unknown';
  readonly transport: FoundTransport;
  /** As the device names itself. */
  readonly model?: string;
  /** Of a receipt printer whose model is known: the profile made for it. */
  readonly profile?: string;
  readonly confidence: Confidence;
  /** What was asked and how it answered; never the bytes themselves, which may be a person's. */
  readonly evidence: LocalizedText;
}

/**
 * How it went with a candidate that gave no proposal. `busy`: another program holds it, nothing was sent.
 * `silent`: it is there and said nothing. `away`: not there. `denied`: no right to open it. `cancelled`:
 * the probe was stopped, or took too long.
 */
export interface Skipped {
  readonly candidate: Candidate;
  readonly why: 'busy' | 'silent' | 'away' | 'denied' | 'missingLibrary' | 'cancelled';
  /** Technical, in English. */
  readonly detail?: string;
}

/** Speeds of a serial port that are tried: those of SDT readers, which receipt printers use too. */
export const SERIAL_SPEEDS: readonly number[] = [115_200, 9_600, 19_200, 38_400, 57_600];

/** The speed of a board of terminal parts. */
export const PARTS_SPEED = 115_200;

/** How scanners of codes leave the factory, most of them. */
export const SCANNER_SPEED = 9_600;

/** Where network printers listen for raw bytes. */
export const RAW_PRINTER_PORT = 9_100;

/** How long a probe waits, in ms. */
export interface ProbeTimings {
  /** To open a port or connect. */
  readonly connectMs: number;
  /** Listening before anything is asked: who talks now talks by itself. */
  readonly listenMs: number;
  /** For one answer. */
  readonly answerMs: number;
  /** After an answer: nothing more may come. */
  readonly settleMs: number;
  /** A board of terminal parts says by then that it is there. */
  readonly bootMs: number;
  /** One candidate, all speeds together. */
  readonly candidateMs: number;
}

/** A silent serial port takes some nine seconds, a silent TCP port four. */
export const PROBE_TIMINGS: ProbeTimings = {
  connectMs: 2_000,
  listenMs: 150,
  answerMs: 600,
  settleMs: 60,
  bootMs: 2_400,
  candidateMs: 22_000,
};
