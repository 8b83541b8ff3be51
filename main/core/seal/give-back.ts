/**
 * Gives the memory of bytes that nobody needs any more back at once: megabytes that wait for the collector make it
 * run, on every core. What is only a part of some memory stays.
 */
export function giveBack({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}
