const BLOCK = 4096;

/** A value as UTF-8 JSON, padded with spaces to a multiple of 4096 bytes, so that its length says little. */
export function paddedJson(value: unknown): Uint8Array {
  const json = Buffer.from(JSON.stringify(value), 'utf8');
  const padded = new Uint8Array(Math.ceil(json.length / BLOCK) * BLOCK).fill(0x20);
  padded.set(json);
  json.fill(0);
  return padded;
}
