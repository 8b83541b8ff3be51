import type { AttachedFile } from '../../../domain/envelope/body.ts';

const BLOCK = 4096;

/** A value as UTF-8 JSON, padded with spaces to a multiple of 4096 bytes, so that its length says little. */
export function paddedJson(value: unknown): Uint8Array {
  const json = Buffer.from(JSON.stringify(value), 'utf8');
  const padded = new Uint8Array(Math.ceil(json.length / BLOCK) * BLOCK).fill(0x20);
  padded.set(json);
  json.fill(0);
  return padded;
}

/**
 * To what multiples files are filled up. The length of a summary follows from name, address and answers,
 * that of a signature from a name. A summary with a name of 60 and two addresses of 100 characters, none of
 * them twice, still fits into one step (its font carries each character once). A scan says how much stands on
 * a paper, which is less, and big files are dear on a bad link.
 */
const STEPS: Readonly<Record<AttachedFile['mediaType'], number>> = {
  'application/pdf': 131_072,
  'image/png': 32_768,
  'image/jpeg': 16_384,
};

/** A copy of a file, filled up with zero bytes; `size` in the sealed body tells where it ends. */
export function paddedFile(bytes: Uint8Array, mediaType: AttachedFile['mediaType']): Uint8Array {
  const step = STEPS[mediaType];
  const padded = new Uint8Array(Math.ceil(Math.max(bytes.length, 1) / step) * step);
  padded.set(bytes);
  return padded;
}
