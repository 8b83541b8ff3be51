import { z } from 'zod';

const host = z.string().regex(/^[A-Za-z0-9.:_-]{1,253}$/);

/** Half of what `lsusb` shows: `0400` of `0400:c35a`. */
const usbHalf = z.string().regex(/^[0-9a-fA-F]{4}$/);

/** Which USB device. */
const usbIdentity = {
  vendorId: usbHalf,
  productId: usbHalf,
  /** Tells two of one model apart, whatever socket they are in. */
  serialNumber: z.string().min(1).max(100).exactOptional(),
  /** Tells two of one model apart that have no serial number: the socket, `1-2.3`, as the probe shows it. */
  port: z
    .string()
    .regex(/^[\w]{1,20}-\d+(\.\d+)*$/)
    .exactOptional(),
};

/** Further ids under which the same kind of device is sold, `0316:5020`. */
const alsoIds = z
  .array(z.string().regex(/^[0-9a-fA-F]{4}:[0-9a-fA-F]{4}$/))
  .max(20)
  .readonly()
  .exactOptional();

/** A device behind the network, or a simulator. */
export const tcpSchema = z.strictObject({
  type: z.literal('tcp'),
  host,
  port: z.int().min(1).max(65_535),
});

const serial = z.strictObject({
  type: z.literal('serial'),
  /** `/dev/ttyS0`, `COM3` */
  path: z.string().min(1).max(200),
  baud: z.int().min(1200).max(921_600),
  /** The USB device that is meant to be behind the port; it is found again when it moves, and none other is spoken to. */
  usb: z.strictObject(usbIdentity).exactOptional(),
});

const usb = z.strictObject({ type: z.literal('usb'), ...usbIdentity, alsoIds });

const hid = z.strictObject({ type: z.literal('hid'), ...usbIdentity, alsoIds });

/** The file of a printer that the kernel of Linux drives itself. */
const usbPrinter = z.strictObject({
  type: z.literal('usbPrinter'),
  /** `/dev/usb/lp0`, or a link that udev keeps. */
  path: z.string().regex(/^\/dev\/[\w./-]{1,190}$/),
});

/** How bytes reach a device that stands on a plain line. */
export const transportSchema = z.discriminatedUnion('type', [tcpSchema, serial]);

/** How bytes reach the board of terminal parts. */
export const partsTransportSchema = z.discriminatedUnion('type', [tcpSchema, serial, hid]);

/** How bytes reach an ID-card reader. */
export const cardReaderTransportSchema = z.discriminatedUnion('type', [
  tcpSchema,
  serial,
  usb,
  hid,
]);

/** How bytes reach a receipt printer. */
export const printerTransportSchema = z.discriminatedUnion('type', [
  tcpSchema,
  serial,
  usb,
  usbPrinter,
]);

/** How bytes reach one device. */
export type TransportConfig =
  z.infer<typeof cardReaderTransportSchema> | z.infer<typeof printerTransportSchema>;
