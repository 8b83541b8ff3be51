/** First byte of a line: `>` from the terminal to the board, `<` from the board to the terminal. */
export type LineMark = '>' | '<';

/** Longest body, in bytes; one more is not a line. */
export const MAX_BODY = 240;

const CRC_DIGITS = 4;
const LF = 0x0a;
const CR = 0x0d;

/**
 * CRC-16/IBM-3740 (also called CCITT-FALSE): polynomial 0x1021, start 0xFFFF, nothing reflected, nothing
 * inverted. Of the bytes `123456789` it is 0x29B1.
 */
export function crc16(bytes: Iterable<number>): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ (crc & 0x8000 ? 0x1021 : 0)) & 0xffff;
  }
  return crc;
}

function crcText(mark: LineMark, body: string): string {
  const crc = crc16(Buffer.from(mark + body, 'latin1'));
  return crc.toString(16).toUpperCase().padStart(CRC_DIGITS, '0');
}

/** Puts a body into a line: mark, body, `*`, CRC of mark and body, CR LF. The body is plain ASCII. */
export function encodeLine(mark: LineMark, body: string): Uint8Array {
  return Uint8Array.from(Buffer.from(`${mark}${body}*${crcText(mark, body)}\r\n`, 'latin1'));
}

/**
 * Finds lines in a stream of bytes, in whatever pieces they come. A mark begins a line wherever it stands;
 * a line that is damaged, too long or has a wrong CRC is dropped, and the next mark begins the next.
 * Never throws, and never holds more than one line.
 */
export class PartsLineParser {
  readonly #mark: LineMark;
  readonly #markByte: number;
  /** What came behind the mark; undefined while looking for one. */
  #text: string | undefined;

  /** `mark` is the first byte of the lines looked for; lines of the other direction are dropped. */
  constructor(mark: LineMark) {
    this.#mark = mark;
    this.#markByte = mark.charCodeAt(0);
  }

  /** Takes bytes and gives the bodies of the lines that are now whole. */
  push(bytes: Uint8Array): string[] {
    const bodies: string[] = [];
    for (const byte of bytes) {
      const body = this.#take(byte);
      if (body !== undefined) bodies.push(body);
    }
    return bodies;
  }

  #take(byte: number): string | undefined {
    if (byte === this.#markByte) {
      this.#text = '';
      return undefined;
    }
    const text = this.#text;
    if (text === undefined) return undefined;
    if (byte === LF) {
      this.#text = undefined;
      return this.#bodyOf(text.endsWith('\r') ? text.slice(0, -1) : text);
    }
    const printable = byte >= 0x20 && byte <= 0x7e && byte !== 0x3c && byte !== 0x3e;
    const ended = text.endsWith('\r');
    const room = text.length <= MAX_BODY + 1 + CRC_DIGITS;
    this.#text =
      (printable || byte === CR) && !ended && room ? text + String.fromCharCode(byte) : undefined;
    return undefined;
  }

  #bodyOf(text: string): string | undefined {
    const star = text.length - CRC_DIGITS - 1;
    if (star < 0 || star > MAX_BODY || text.indexOf('*') !== star) return undefined;
    const body = text.slice(0, star);
    return text.slice(star + 1) === crcText(this.#mark, body) ? body : undefined;
  }
}
