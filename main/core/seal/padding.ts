import type { AttachedFile } from '../../../domain/envelope/body.ts';
import { isWiped } from './give-back.ts';

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

/** How long a file of so many bytes is when it is filled up, in bytes. */
export function paddedLength(size: number, mediaType: AttachedFile['mediaType']): number {
  const step = STEPS[mediaType];
  return Math.ceil(Math.max(size, 1) / step) * step;
}

/**
 * A copy of a file, filled up with zero bytes; `size` in the sealed body tells where it ends.
 * @param room where it is copied to: zeros, as many as it is long when it is filled up
 * @throws Error when the file was wiped, or has another length than the room was made for: no empty paper is sealed
 */
export function paddedFile(
  bytes: Uint8Array,
  mediaType: AttachedFile['mediaType'],
  room: Uint8Array<ArrayBuffer> = new Uint8Array(paddedLength(bytes.length, mediaType)),
): Uint8Array<ArrayBuffer> {
  if (isWiped(bytes)) throw new Error('a file was wiped before it was sealed');
  if (room.length !== paddedLength(bytes.length, mediaType)) {
    throw new Error('a file became another one before it was sealed');
  }
  room.set(bytes);
  return room;
}
