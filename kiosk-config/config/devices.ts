import { z } from 'zod';
import { WEDGE_PREFIXES } from '../../domain/codes/prefixed-wedge.ts';
import { checkTemplate, receiptPrinterShape } from './receipt-printer.ts';
import { relayBoardSchema } from './relay-board.ts';
import {
  cardReaderTransportSchema,
  partsTransportSchema,
  printerTransportSchema,
  tcpSchema,
  transportSchema,
} from './transports.ts';

/** Four hex digits, as `lsusb` shows them. */
const usbId = z.string().regex(/^[0-9a-fA-F]{4}$/);

/** Up to 32 bytes in hex, `16 54 0D`. */
const commandBytes = z
  .string()
  .regex(/^\s*[0-9a-fA-F]{2}(\s*[0-9a-fA-F]{2}){0,31}\s*$/)
  .max(120);

/** For a scanner of codes that waits to be told to look: what tells it, from its maker's manual. */
const triggerSchema = z.strictObject({
  /** Starts reading; `16 54 0D` for Honeywell's on a serial line, and for those that follow them. */
  start: commandBytes,
  /** Ends it, `16 55 0D`; absent where the scanner ends by itself. */
  stop: commandBytes.exactOptional(),
});

function isPattern(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp;
  } catch {
    return false;
  }
}

/** For what is wrong with a path, in `explain.ts`. */
const WHOLE_PATH = {
  params: {
    wanted: {
      zh: '完整路径，如 /opt/photo/decode',
      en: 'a whole path such as /opt/photo/decode',
    },
  },
};

/** Never looked for in PATH. */
function isWholePath(path: string): boolean {
  return /^(\/|[A-Za-z]:\\)./.test(path) && !path.includes('\0');
}

const texts = z.strictObject({ zh: z.string().trim().min(1), en: z.string().trim().min(1) });

/**
 * Devices: what a technician sets on this one terminal. Stays here; each saved change has a higher
 * version number. A device that is `null` is not meant to be there (status noDevice).
 */
export const devicesSchema = z.strictObject({
  version: z.int().min(1),
  terminal: z.strictObject({
    hallName: texts,
    screen: z
      .strictObject({
        widthPx: z.int().min(600).max(8000).default(1080),
        heightPx: z.int().min(600).max(8000).default(1920),
        /** Size of letters and reach are computed from these two. */
        diagonalInches: z.number().min(8).max(100).default(27),
        lowerEdgeAboveFloorMm: z.int().min(0).max(2000).default(850),
      })
      .prefault({}),
    /**
     * A program of the security module's maker that decodes photos of cards; see `programPhotoDecoder`. It stands
     * here and not with the reader: the service page changes devices only, and no PIN names a program to be run.
     */
    photoDecoder: z
      .strictObject({
        program: z.string().max(1000).refine(isWholePath, WHOLE_PATH),
        args: z.array(z.string().max(1000)).max(20).default([]),
      })
      .exactOptional(),
  }),
  devices: z.strictObject({
    idCard: z
      .strictObject({ driver: z.literal('sdt'), transport: cardReaderTransportSchema })
      .nullable(),
    receiptPrinter: z
      .strictObject({ ...receiptPrinterShape, transport: printerTransportSchema })
      .superRefine(checkTemplate)
      .nullable(),
    documentScanner: z
      .discriminatedUnion('driver', [
        z.strictObject({
          driver: z.literal('escl'),
          /** Root of the eSCL service, `http://10.0.0.7/eSCL`. */
          url: z.url({ protocol: /^https?$/ }),
        }),
        z.strictObject({
          driver: z.literal('sane'),
          /** SANE's name of the scanner, as `scanimage -L` gives it: `fujitsu:fi-7160:123456`. */
          device: z.string().regex(/^\w[\w:./ @,()-]{0,199}$/),
        }),
      ])
      .nullable(),
    codeScanner: z
      .discriminatedUnion('driver', [
        z.strictObject({
          driver: z.literal('serialCodes'),
          transport: transportSchema,
          /** What the scanner sends after each code; scanners leave the factory with CR, LF or both. */
          suffix: z.enum(['newline', 'tab', 'none']).default('newline'),
          /** The scanner is set to send an AIM symbology identifier before each code. */
          aimId: z.boolean().default(false),
          trigger: triggerSchema.exactOptional(),
        }),
        z.strictObject({
          driver: z.literal('hidPos'),
          /** USB ids, needed where two scanners are plugged in. */
          vendorId: usbId.exactOptional(),
          productId: usbId.exactOptional(),
          serialNumber: z.string().min(1).max(100).exactOptional(),
          /** Whole output reports, their id first. */
          trigger: triggerSchema.exactOptional(),
        }),
        /** The last resort: it needs the page's attention and loses Chinese text. */
        z.strictObject({
          driver: z.literal('keyboard'),
          /** A key that it is set to strike before each code: then it is also heard where a field has the focus. */
          prefix: z.enum(WEDGE_PREFIXES).exactOptional(),
        }),
      ])
      .nullable()
      .default(null),
    documentPrinter: z
      .strictObject({
        driver: z.literal('ipp'),
        /** `ipp://10.0.0.8/ipp/print`; a CUPS queue is `ipp://localhost:631/printers/NAME`. */
        url: z.url({ protocol: /^(ipps?|https?)$/ }),
        /** SHA-256 fingerprint of the printer's certificate, for printers that sign their own. */
        certificateSha256: z
          .string()
          .regex(/^[0-9a-fA-F:]{64,95}$/)
          .exactOptional(),
        /**
         * The technician has seen that the print server on another machine keeps no document and repeats none.
         * The terminal cannot see that itself: without this nothing is printed by way of such a server.
         */
        queueKeepsNothing: z.boolean().default(false),
      })
      .nullable()
      .default(null),
    terminalParts: z
      .discriminatedUnion('driver', [
        z.strictObject({ driver: z.literal('partsLine'), transport: partsTransportSchema }),
        relayBoardSchema,
      ])
      .nullable()
      .default(null),
    // the default: files from before this class was there are still good
    documentCamera: z
      .strictObject({
        driver: z.literal('uvc'),
        /** A part of the camera's name, or a regular expression for it; empty: whichever camera there is. */
        label: z.string().max(200).refine(isPattern),
        /** A picture narrower than this cannot be read: the camera is not used then. */
        minWidth: z.int().min(320).max(10_000).default(1600),
        /** So long a page lies still before it is taken by itself; null: only by the button. */
        stillMs: z.int().min(300).max(10_000).nullable().default(1_000),
        /** Degrees, clockwise, by which its picture is turned so that it stands as the citizen stands. */
        rotate: z.literal([0, 90, 180, 270]).default(0),
      })
      .nullable()
      .default(null),
    securityCard: z
      .discriminatedUnion('driver', [
        z.strictObject({
          driver: z.literal('pcsc'),
          /** Name of the reader, or how it begins, as `opensc-tool -l` shows it; absent: the first one there is. */
          reader: z.string().min(1).max(200).exactOptional(),
        }),
        /** A simulated reader, for demonstrations. */
        z.strictObject({ driver: z.literal('cardLine'), transport: tcpSchema }),
      ])
      .nullable()
      .default(null),
  }),
});

/** What the technician set on this terminal. */
export type DevicesConfig = z.infer<typeof devicesSchema>;

/** A terminal on which nothing has been set up yet: it serves, without devices. */
export const DEFAULT_DEVICES: DevicesConfig = devicesSchema.parse({
  version: 1,
  terminal: { hallName: { zh: '便民服务中心', en: 'Service Centre' } },
  devices: { idCard: null, receiptPrinter: null, documentScanner: null, documentCamera: null },
});
