// USB ids and names of the devices of the lab; those of real ones where they are known.
import type { UsbIdentity } from '../gadgets/usb-gadget.ts';

/** A QR scanner that is a serial port. */
export const QR_SCANNER: UsbIdentity = {
  vendorId: 0x1eab,
  productId: 0x1d06,
  manufacturer: 'Lab',
  product: 'QR scanner',
  serialNumber: 'QR0001',
};

/** A scanner by the rules of HID POS. */
export const POS_SCANNER: UsbIdentity = {
  vendorId: 0x1eab,
  productId: 0x1d10,
  manufacturer: 'Lab',
  product: 'POS scanner',
  serialNumber: 'POS0001',
};

/** An ID-card reader behind a serial chip. */
export const SERIAL_READER: UsbIdentity = {
  vendorId: 0x1a86,
  productId: 0x7523,
  manufacturer: 'Lab',
  product: 'Serial card reader',
  serialNumber: 'SR0001',
};

/** An ID-card reader as SAM_V readers name themselves on USB. */
export const SDT_READER: UsbIdentity = {
  vendorId: 0x0400,
  productId: 0xc35a,
  manufacturer: 'Lab',
  product: 'SDT card reader',
  serialNumber: 'SDT0001',
};

/** The same reader as HID device; what such readers call themselves is the maker's choice. */
export const HID_READER: UsbIdentity = {
  ...SDT_READER,
  product: 'SDT card reader HID',
  serialNumber: 'SDTHID1',
};

/** Receipt printers of one model. */
export function receiptPrinter(serialNumber: string): UsbIdentity {
  return {
    vendorId: 0x0416,
    productId: 0x5011,
    manufacturer: 'Lab',
    product: 'Receipt 80',
    serialNumber,
  };
}
