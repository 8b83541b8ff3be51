/** Begins as a JPEG and has its end mark; scanners may pad behind that with a few bytes. */
export function isJpeg(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return false;
  const tail = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).subarray(-64);
  return tail.includes(Buffer.from([0xff, 0xd9]));
}
