/**
 * Writes the 16 bytes of a SAM id as makers print it: two 16-bit and three 32-bit little-endian numbers,
 * `05.01-20110253-0000123456-123456789`. Undefined for any other number of bytes.
 */
export function samIdText(bytes: Uint8Array): string | undefined {
  if (bytes.length !== 16) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const digits = (value: number, least: number): string => String(value).padStart(least, '0');
  const maker = `${digits(view.getUint16(0, true), 2)}.${digits(view.getUint16(2, true), 2)}`;
  const [first, second, third] = [4, 8, 12].map((at) => view.getUint32(at, true));
  return `${maker}-${first}-${digits(second ?? 0, 10)}-${third}`;
}
