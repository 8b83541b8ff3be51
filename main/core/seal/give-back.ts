/** What was wiped and still has its memory: a part of some other one. */
const zeroed = new WeakSet<Uint8Array>();

/**
 * Gives the memory of bytes that nobody needs any more back at once: megabytes that wait for the collector make it
 * run, on every core. What is only a part of some memory stays. Never while something outside of this thread still
 * reads or writes there (a file, a socket, a cipher): it would go on in memory that is another's by then.
 */
export function giveBack({ buffer, byteLength }: Uint8Array): void {
  if (!(buffer instanceof ArrayBuffer) || buffer.detached) return;
  if (buffer.byteLength === byteLength) buffer.transfer(0);
}

/**
 * Overwrites bytes of a person and gives their memory back at once. Whoever still holds them finds them empty, and
 * what seals refuses them (`isWiped`). What was wiped before stays so. As with `giveBack`, nothing may be under way there.
 */
export function wipe(bytes: Uint8Array): void {
  if (isWiped(bytes)) return;
  bytes.fill(0);
  giveBack(bytes);
  if (bytes.length > 0) zeroed.add(bytes);
}

/** Whether bytes were wiped, or their memory given to somebody else: nothing may be made of them any more. */
export function isWiped(bytes: Uint8Array): boolean {
  const { buffer } = bytes;
  return zeroed.has(bytes) || (buffer instanceof ArrayBuffer && buffer.detached);
}

/**
 * A copy of bytes, which is nobody else's.
 * @throws Error when they were wiped: some ways of copying make nothing of them without a word
 */
export function copyOf(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  if (isWiped(bytes)) throw new Error('these bytes were wiped');
  return new Uint8Array(bytes);
}
