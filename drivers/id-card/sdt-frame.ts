/** What stands before every frame of the SDT protocol (SAM_V / SAM_A readers). */
const PREAMBLE = [0xaa, 0xaa, 0xaa, 0x96, 0x69] as const;

/** Longest length field taken for true; the longest real answer has 2314. */
export const MAX_LENGTH = 4_089;

/** Bytes before the body: two of length. The body ends with its checksum. */
const LENGTH_BYTES = 2;

/**
 * Puts a body into a frame: preamble, length (of body and checksum, big-endian), body, checksum.
 * The body is CMD PARA DATA of a request, SW1 SW2 SW3 DATA of an answer.
 */
export function encodeFrame(body: Uint8Array): Uint8Array {
  const length = body.length + 1;
  const frame = new Uint8Array(PREAMBLE.length + LENGTH_BYTES + length);
  frame.set(PREAMBLE, 0);
  frame[5] = length >> 8;
  frame[6] = length & 0xff;
  frame.set(body, 7);
  frame[frame.length - 1] = xor(frame, 5, frame.length - 1);
  return frame;
}

/** A request frame. */
export function encodeRequest(cmd: number, para: number, ...data: readonly number[]): Uint8Array {
  return encodeFrame(Uint8Array.of(cmd, para, ...data));
}

function xor(bytes: Uint8Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum ^= bytes[i] ?? 0;
  return sum;
}

/** What the parser found on the line. */
export type SdtFrame =
  /** A whole body, without its checksum, which was right. */
  | { readonly type: 'frame'; readonly body: Uint8Array }
  /** Something that looked like a frame, with a wrong checksum. */
  | { readonly type: 'badChecksum' };

/**
 * Finds frames in a stream of bytes, in whatever pieces they come. Anything before a preamble is dropped;
 * a preamble may have lost its first bytes (`AA 96 69` is enough). What looked like a frame and was none is
 * searched again behind its preamble, so that a frame inside it is not lost. Never throws.
 */
export class SdtFrameParser {
  readonly #shortest: number;
  #buffer = new Uint8Array(0);

  /** `shortest` is the least length a frame can have: 4 of answers, 3 of requests. */
  constructor(shortest: 3 | 4) {
    this.#shortest = shortest;
  }

  /** Whether a frame has begun and not ended: the next bytes should come within the inter-byte time. */
  get partial(): boolean {
    return this.#buffer.length > 0;
  }

  /** Takes bytes and gives the frames that are now whole. */
  push(bytes: Uint8Array): SdtFrame[] {
    const joined = new Uint8Array(this.#buffer.length + bytes.length);
    joined.set(this.#buffer, 0);
    joined.set(bytes, this.#buffer.length);
    this.#buffer = joined;
    return this.#scan();
  }

  /**
   * No byte came for a while. Gives the whole frames that lie inside what has begun, for then it was none. With no
   * such frame it may still be one whose rest is late (a busy machine, a hub that hiccups): it goes on.
   */
  stalled(): SdtFrame[] {
    const found: SdtFrame[] = [];
    let begun = this.#buffer;
    for (let from = 1; from < begun.length; from++) {
      if (begun[from] !== 0xaa) continue;
      this.#buffer = begun.slice(from);
      const inside = this.#scan().filter(({ type }) => type === 'frame');
      if (inside.length === 0) continue;
      found.push(...inside);
      begun = this.#buffer;
      from = 0;
    }
    this.#buffer = begun;
    return found;
  }

  /** Forgets what came. */
  reset(): void {
    this.#buffer = new Uint8Array(0);
  }

  #scan(): SdtFrame[] {
    const found: SdtFrame[] = [];
    const bytes = this.#buffer;
    let at = 0;
    while (at < bytes.length) {
      const start = preambleEnd(bytes, at);
      if (start === 'none') {
        at += 1;
        continue;
      }
      if (start === 'maybe' || start + LENGTH_BYTES > bytes.length) break;
      const length = ((bytes[start] ?? 0) << 8) | (bytes[start + 1] ?? 0);
      if (length < this.#shortest || length > MAX_LENGTH) {
        at += 1;
        continue;
      }
      const end = start + LENGTH_BYTES + length;
      if (end > bytes.length) break;
      if (xor(bytes, start, end) === 0) {
        found.push({ type: 'frame', body: bytes.slice(start + LENGTH_BYTES, end - 1) });
        at = end;
      } else {
        found.push({ type: 'badChecksum' });
        at = start;
      }
    }
    this.#buffer = bytes.slice(at);
    return found;
  }
}

/** Where a preamble that begins at `at` ends; 'maybe' when the bytes run out before that is clear. */
function preambleEnd(bytes: Uint8Array, at: number): number | 'maybe' | 'none' {
  let i = at;
  while (bytes[i] === 0xaa && i - at < 3) i += 1;
  if (i === at) return 'none';
  for (const expected of [0x96, 0x69]) {
    if (i === bytes.length) return 'maybe';
    if (bytes[i] !== expected) return 'none';
    i += 1;
  }
  return i;
}
