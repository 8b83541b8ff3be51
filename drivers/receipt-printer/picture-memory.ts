import type { Result } from '../../domain/result.ts';
import { err, ok } from '../../domain/result.ts';
import { fault } from '../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../domain/device/fault.ts';
import type { Bitmap } from '../glyph/bitmap.ts';
import { isBlack } from '../glyph/bitmap.ts';
import type { PrinterLink } from './printer-link.ts';
import type { PrinterProfile } from './profile.ts';

/** A picture that a printer keeps over power cuts and prints by name. */
export type KeptPicture =
  /** By two characters, ! to ~: `GS ( L`. The printer can be asked for them. */
  | { readonly memory: 'graphics'; readonly key: string }
  /** By the number 1: `FS q`. There is no question for it. */
  | { readonly memory: 'fsq' };

/** GS ( L, function 64: the names of all kept pictures, answered 37 72 40 … 00. */
export const LIST_KEPT: readonly number[] = [0x1d, 0x28, 0x4c, 4, 0, 0x30, 0x40, 0x4b, 0x43];
/** Takes a block of the list; a printer with none to follow ends with it. */
export const BLOCK_TAKEN: readonly number[] = [0x06];

/** No printer lists more names than in so many blocks. */
const MOST_BLOCKS = 8;
const LAST_BLOCK = 0x40;
const FIRST = 0x21;
const COUNT = 0x7e - FIRST + 1;

/** The name of a picture, made from its dots: another picture has another name, so one that is asked for by it is this one. */
export function keyOf({ width, height, data }: Bitmap): string {
  // FNV-1a
  let hash = 0x811c9dc5;
  for (const byte of [width & 0xff, width >> 8, height & 0xff, height >> 8, ...data]) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  return String.fromCharCode(FIRST + (hash % COUNT), FIRST + (Math.floor(hash / COUNT) % COUNT));
}

/** How a memory of this kind keeps a picture of this name. */
export function keptAs(memory: 'graphics' | 'fsq', key: string): KeptPicture;
export function keptAs(
  memory: PrinterProfile['pictureMemory'],
  key: string,
): KeptPicture | undefined;
export function keptAs(
  memory: PrinterProfile['pictureMemory'],
  key: string,
): KeptPicture | undefined {
  if (memory === 'none') return undefined;
  return memory === 'fsq' ? { memory } : { memory, key };
}

/** Whether a list of names has this one. */
export function listHas(block: readonly number[], key: string): boolean {
  const [kind, name, , ...names] = block;
  if (kind !== 0x37 || name !== 0x72) return false;
  return names.some(
    (code, i) =>
      i % 2 === 0 && code === key.charCodeAt(0) && (names[i + 1] ?? 0) === key.charCodeAt(1),
  );
}

/** Puts a picture into the printer's memory. Memory of this kind wears out: once at set-up, not for each receipt. */
export function storePicture(picture: KeptPicture, bitmap: Bitmap): readonly number[] {
  const { width, height, rowBytes, data } = bitmap;
  if (picture.memory === 'fsq') {
    const rows = Math.ceil(height / 8);
    return [...[0x1c, 0x71, 1], rowBytes & 0xff, rowBytes >> 8, rows & 0xff, rows >> 8].concat(
      inColumns(bitmap, rows),
    );
  }
  const [first, second] = [picture.key.charCodeAt(0), picture.key.charCodeAt(1)];
  const head = [0x30, 0x43, 0x30, first, second, 1];
  const size = [width & 0xff, width >> 8, height & 0xff, height >> 8, 0x31];
  const dots = data.subarray(0, rowBytes * height);
  const length = head.length + size.length + dots.length;
  return [0x1d, 0x28, 0x4c, length & 0xff, length >> 8, ...head, ...size, ...dots];
}

/** From left to right, in each column from top to bottom. */
function inColumns(bitmap: Bitmap, rows: number): readonly number[] {
  const bytes: number[] = [];
  for (let x = 0; x < bitmap.rowBytes * 8; x++) {
    for (let row = 0; row < rows; row++) {
      let byte = 0;
      for (let bit = 0; bit < 8; bit++) {
        const y = row * 8 + bit;
        if (x < bitmap.width && y < bitmap.height && isBlack(bitmap, x, y)) byte |= 0x80 >> bit;
      }
      bytes.push(byte);
    }
  }
  return bytes;
}

/** Prints a kept picture at its own size. */
export function printKept(picture: KeptPicture): readonly number[] {
  if (picture.memory === 'fsq') return [0x1c, 0x70, 1, 0];
  const [first, second] = [picture.key.charCodeAt(0), picture.key.charCodeAt(1)];
  return [0x1d, 0x28, 0x4c, 6, 0, 0x30, 0x45, first, second, 1, 1];
}

/** What the printer keeps under this name; nothing when it does not, or does not say. */
export async function findKept(
  link: PrinterLink,
  memory: PrinterProfile['pictureMemory'],
  key: string,
  patienceMs: number,
): Promise<KeptPicture | undefined> {
  if (memory === 'none') return undefined;
  // There is no question for it: whoever set the name says that it is there.
  if (memory === 'fsq') return { memory };
  let found = false;
  let question = LIST_KEPT;
  for (let i = 0; i < MOST_BLOCKS; i++) {
    const block = await link.askBlock(Uint8Array.from(question), patienceMs);
    if (block === undefined) return undefined;
    found ||= listHas(block, key);
    question = BLOCK_TAKEN;
    if (block[2] === LAST_BLOCK) break;
  }
  const taken = await link.write(Uint8Array.from(BLOCK_TAKEN));
  return found && taken.ok ? { memory, key } : undefined;
}

/** Stores a picture and asks whether it is there. The value is its name. */
export async function storeAndFind(
  link: PrinterLink,
  memory: PrinterProfile['pictureMemory'],
  picture: Bitmap,
  patienceMs: number,
): Promise<Result<string, Fault>> {
  const key = keyOf(picture);
  if (memory === 'none') return err(fault('printer.logoNotKept', { detail: 'no memory' }));
  const kept = keptAs(memory, key);
  const written = await link.writeInPieces(
    Uint8Array.from(storePicture(kept, picture)),
    link.signal,
  );
  if (!written.ok) return written;
  const found = await findKept(link, memory, key, patienceMs);
  return found === undefined
    ? err(fault('printer.logoNotKept', { detail: 'not found after storing' }))
    : ok(key);
}
