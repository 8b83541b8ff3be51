/** Longest frame: a short answer is 258 bytes, and one byte says what it is. */
const MOST_BYTES = 300;

/** Bytes behind their length in two bytes, big-endian: how virtual cards are spoken to over TCP. */
export function encodeLengthFrame(payload: Uint8Array): Uint8Array {
  return Uint8Array.from([payload.length >> 8, payload.length & 0xff, ...payload]);
}

/**
 * Cuts a stream into such frames, in whatever pieces it comes. A length that cannot be ends the stream: there
 * is no way back into step.
 */
export class LengthFrames {
  #held: Uint8Array = new Uint8Array(0);
  #broken = false;

  /** Whether a length came that cannot be. */
  get broken(): boolean {
    return this.#broken;
  }

  push(bytes: Uint8Array): readonly Uint8Array[] {
    if (this.#broken) return [];
    this.#held = Uint8Array.from([...this.#held, ...bytes]);
    const frames: Uint8Array[] = [];
    while (this.#held.length >= 2) {
      const length = ((this.#held[0] ?? 0) << 8) | (this.#held[1] ?? 0);
      if (length > MOST_BYTES) {
        this.#broken = true;
        this.#held = new Uint8Array(0);
        break;
      }
      if (this.#held.length < 2 + length) break;
      frames.push(this.#held.slice(2, 2 + length));
      this.#held = this.#held.slice(2 + length);
    }
    return frames;
  }
}
