import { usbIdText, type UsbId } from '../transport/usb-id.ts';

/**
 * USB ids under which SDT readers were seen. Makers re-use ids, so they only say who may be asked, never what
 * somebody is; a reader under other ids is set up by hand, its ids stand in the configuration.
 */
const SDT_READERS: readonly UsbId[] = [
  { vendorId: 0x0400, productId: 0xc35a },
  { vendorId: 0x0316, productId: 0x5020 },
];

/** Whether an SDT reader may be asked for under these ids. */
export function mayBeSdtReader(id: UsbId): boolean {
  return SDT_READERS.some((known) => usbIdText(known) === usbIdText(id));
}

/**
 * Vendor ids of makers of scanners of codes, for scanners that stand as a serial port (CDC): Newland, Honeywell
 * (Metrologic, Hand Held Products), Zebra (Symbol), Datalogic (PSC), Opticon, Code. As the public list of USB
 * ids names them; they say who made it, not what it is.
 */
const SCANNER_MAKERS = new Set(['1eab', '0c2e', '0536', '05e0', '05f9', '065a', '11fa']);

/** Whether a serial port is by its ids one of a maker of scanners of codes. */
export function isOfScannerMaker(usb: { readonly vendorId: string } | undefined): boolean {
  return usb !== undefined && SCANNER_MAKERS.has(usb.vendorId.toLowerCase());
}

/** From here on a usage page of HID means what its maker says. */
export const FIRST_VENDOR_PAGE = 0xff00;

/** Classes of USB interfaces that a terminal may have. */
export const USB_CLASS = { hid: 3, printer: 7, hub: 9, smartCard: 11, video: 14 } as const;
