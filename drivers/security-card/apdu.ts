import { fault } from '../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../domain/device/fault.ts';
import type { Result } from '../../domain/result.ts';
import { err, ok } from '../../domain/result.ts';
import type { CardLink } from './connection.ts';

/** A short command: CLA INS P1 P2, up to 255 bytes of data, and how many bytes are wanted (256 is Le 00). */
export interface Apdu {
  readonly ins: number;
  readonly p1: number;
  readonly p2: number;
  readonly data?: Uint8Array;
  /** 1 to 256; absent when no answer but the status is wanted. */
  readonly le?: number;
}

/** What a card answered. */
export interface CardAnswer {
  readonly data: Uint8Array;
  /** Status word, 0x9000 when all is well. */
  readonly sw: number;
}

/** Status words that this application meets. */
export const SW = {
  success: 0x9000,
  wrongLength: 0x6700,
  securityNotSatisfied: 0x6982,
  conditionsNotSatisfied: 0x6985,
  notSupported: 0x6a81,
  fileNotFound: 0x6a82,
  recordNotFound: 0x6a83,
  wrongP1P2: 0x6a86,
  dataNotFound: 0x6a88,
} as const;

/** Rounds of 61xx and 6Cxx in one exchange; a sound card needs two. */
const MOST_ROUNDS = 8;
/** No answer of this application is longer. */
const MOST_BYTES = 1_024;

/** The bytes of a command. Throws on a command that cannot be written: that is a bug. */
export function encodeApdu({ ins, p1, p2, data, le }: Apdu): Uint8Array {
  if (data !== undefined && (data.length === 0 || data.length > 255)) {
    throw new RangeError(`no short command has ${data.length} bytes of data`);
  }
  return Uint8Array.from([
    0x00,
    ins,
    p1,
    p2,
    ...(data === undefined ? [] : [data.length, ...data]),
    // a card that speaks T=0 cannot take both: it says 61xx, and is asked for what it has
    ...(le === undefined || data !== undefined ? [] : [le & 0xff]),
  ]);
}

/** Takes an answer apart; undefined when it is no answer at all. */
export function readAnswer(bytes: Uint8Array): CardAnswer | undefined {
  if (bytes.length < 2 || bytes.length > 258) return undefined;
  const [sw1 = 0, sw2 = 0] = bytes.subarray(-2);
  return { data: bytes.slice(0, -2), sw: (sw1 << 8) | sw2 };
}

/** A status as the technician reads it: `SW 6A82`. */
export function statusText(sw: number): string {
  return `SW ${sw.toString(16).toUpperCase().padStart(4, '0')}`;
}

/**
 * Sends a command and follows what the card says of lengths: 61xx is asked for with GET RESPONSE, at 6Cxx
 * the command is repeated with that length, at 6700 with any length, each once. The status of the value
 * is the last one. Faults: those of the link, and `device.protocol`.
 */
export async function exchange(
  link: CardLink,
  apdu: Apdu,
  deadlineMs: number,
): Promise<Result<CardAnswer, Fault>> {
  let next = apdu;
  let got = new Uint8Array(0);
  let corrected = false;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const sent = await link.transmit(encodeApdu(next), { deadlineMs });
    if (!sent.ok) return sent;
    const answer = readAnswer(sent.value);
    if (answer === undefined) {
      return err(fault('device.protocol', { detail: `answer of ${sent.value.length} bytes` }));
    }
    const sw1 = answer.sw >> 8;
    const sw2 = answer.sw & 0xff;
    if (got.length + answer.data.length > MOST_BYTES) {
      return err(fault('device.protocol', { detail: 'answer without end' }));
    }
    got = Uint8Array.from([...got, ...answer.data]);
    if (sw1 === 0x61) {
      next = { ins: 0xc0, p1: 0, p2: 0, le: sw2 === 0 ? 256 : sw2 };
    } else if (sw1 === 0x6c && !corrected) {
      corrected = true;
      next = { ...next, le: sw2 === 0 ? 256 : sw2 };
    } else if (answer.sw === SW.wrongLength && next.le !== undefined && !corrected) {
      corrected = true;
      next = { ...next, le: 256 };
    } else {
      return ok({ data: got, sw: answer.sw });
    }
  }
  return err(fault('device.protocol', { detail: 'the card asks again and again' }));
}
