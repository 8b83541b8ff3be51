import { encodeRequest } from './sdt-frame.ts';

/** Status bytes SW3 of an answer that drivers and simulator name. */
export const SW3 = {
  success: 0x90,
  noSuchItem: 0x91,
  found: 0x9f,
  badChecksum: 0x10,
  badLength: 0x11,
  unknownCommand: 0x21,
  unknownCardType: 0x40,
  readFailed: 0x41,
  samSelfTestFailed: 0x60,
  samNotAuthorised: 0x66,
  noCard: 0x80,
  selectFailed: 0x81,
} as const;

/** Bytes of text and photo in an answer to a read, each with its length before it. */
export const TEXT_BYTES = 256;
/** Bytes of the opaque photo on a card. */
export const PHOTO_BYTES = 1_024;
/** Bytes of the newest address. */
export const NEWEST_ADDRESS_BYTES = 70;

/** One request, and how a good answer to it looks. */
export interface SdtCommand {
  readonly name: string;
  readonly frame: Uint8Array;
  /** SW3 of a good answer. */
  readonly success: number;
  /** Bytes of data in a good answer: anything else answers some other, earlier request. */
  readonly dataBytes: number;
}

function command(
  name: string,
  frame: Uint8Array,
  dataBytes: number,
  success: number = SW3.success,
): SdtCommand {
  return { name, frame, success, dataBytes };
}

/** The requests the driver makes (request bytes and answers: SAM_V module documents). */
export const SDT = {
  resetSam: command('reset SAM', encodeRequest(0x10, 0xff), 0),
  samStatus: command('SAM status', encodeRequest(0x11, 0xff), 0),
  /** Its 16 bytes answer nothing else, so it also marks the end of answers that came too late. */
  samId: command('SAM id', encodeRequest(0x12, 0xff), 16),
  find: command('find card', encodeRequest(0x20, 0x01), 4, SW3.found),
  select: command('select card', encodeRequest(0x20, 0x02), 8),
  readTextAndPhoto: command(
    'read text and photo',
    encodeRequest(0x30, 0x01),
    4 + TEXT_BYTES + PHOTO_BYTES,
  ),
  readNewestAddress: command(
    'read newest address',
    encodeRequest(0x30, 0x03),
    NEWEST_ADDRESS_BYTES,
  ),
} as const;
