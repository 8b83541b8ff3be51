/** The two numbers that say which product it is. */
export interface UsbId {
  readonly vendorId: number;
  readonly productId: number;
}

/** Says whether a device is of one of these ids. */
export function isOneOf(ids: readonly UsbId[], device: UsbId): boolean {
  return ids.some((id) => id.vendorId === device.vendorId && id.productId === device.productId);
}

/** The two numbers as every tool writes them: `0400:c35a`. */
export function usbIdText({ vendorId, productId }: UsbId): string {
  const hex = (id: number): string => id.toString(16).padStart(4, '0');
  return `${hex(vendorId)}:${hex(productId)}`;
}

/** Reads `0400:c35a`; undefined when it is no such text. */
export function parseUsbId(text: string): UsbId | undefined {
  const [, vendor, product] = /^([0-9a-f]{4}):([0-9a-f]{4})$/i.exec(text) ?? [];
  if (vendor === undefined || product === undefined) return undefined;
  return { vendorId: parseInt(vendor, 16), productId: parseInt(product, 16) };
}
