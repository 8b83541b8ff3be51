import type { DecodedPhoto } from '../../../drivers/id-card/photo-decoder.ts';
import type { SessionParts } from './parts.ts';

/** A vendor's program that has no picture by then gives none. */
const DECODE_MS = 5_000;

interface Shown extends DecodedPhoto {
  readonly id: string;
}

/**
 * The photo of the applicant's card, where the terminal has a program that decodes it. Only for the screen: it goes
 * into no item, no file and no log. What came from the card is overwritten as soon as it was decoded, the picture when
 * the session ends.
 */
export class PhotoDesk {
  readonly #parts: Pick<SessionParts, 'randomness' | 'photoDecoder' | 'log'>;
  readonly #changed: () => void;
  #shown: Shown | undefined;
  #stop = new AbortController();

  constructor(
    parts: Pick<SessionParts, 'randomness' | 'photoDecoder' | 'log'>,
    changed: () => void,
  ) {
    this.#parts = parts;
    this.#changed = changed;
  }

  /** Under which id the picture is served; null while there is none. */
  get id(): string | null {
    return this.#shown?.id ?? null;
  }

  /** The picture of that id; gone when the session has ended. */
  picture(id: string): DecodedPhoto | undefined {
    return this.#shown?.id === id ? this.#shown : undefined;
  }

  /** Takes what was read from the card; the bytes are this desk's from now on. */
  take(photo: Uint8Array): void {
    this.forget();
    const decoder = this.#parts.photoDecoder;
    if (decoder === undefined) {
      photo.fill(0);
      return;
    }
    const stop = new AbortController();
    this.#stop = stop;
    decoder
      .decode(photo, { deadlineMs: DECODE_MS, signal: stop.signal })
      .finally(() => photo.fill(0))
      .then(
        (decoded) => {
          if (!decoded.ok) {
            if (!stop.signal.aborted) {
              this.#parts.log('the photo of a card was not decoded', { fault: decoded.error.code });
            }
            return;
          }
          if (stop.signal.aborted) {
            decoded.value.bytes.fill(0);
            return;
          }
          const id = Buffer.from(this.#parts.randomness.bytes(16)).toString('hex');
          this.#shown = { ...decoded.value, id };
          this.#changed();
        },
        () => this.#parts.log('decoding a photo ended with a bug'),
      );
  }

  /** The picture is overwritten, a decoder at work is stopped. */
  forget(): void {
    this.#stop.abort();
    this.#shown?.bytes.fill(0);
    this.#shown = undefined;
  }
}
