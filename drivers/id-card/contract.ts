import type { Fault } from '../../domain/device/fault.ts';
import type { CardDoubt, IdCardData } from '../../domain/identity/card.ts';
import type { Device, Unsubscribe } from '../device.ts';

/** A card that was read whole. */
export interface CardReadout {
  readonly data: IdCardData;
  /** What on the card does not fit together; empty when all is well. */
  readonly doubts: readonly CardDoubt[];
  /** 1024 opaque bytes (WLT); decoding needs a licensed library. */
  readonly photo: Uint8Array;
}

/**
 * What a reader tells, in the order in which it happens. Each `reading` ends with `card` or `failed`.
 * Between two `card` events there is a `removed`, and a `reading` before each. After `failed` comes
 * `removed`, or the next `reading` when the card was gone already or was tried again.
 */
export type IdCardEvent =
  | { readonly type: 'reading' }
  | { readonly type: 'card'; readonly readout: CardReadout }
  | { readonly type: 'failed'; readonly fault: Fault }
  /** The card is no longer found; on many readers also said of a card that was left lying. */
  | { readonly type: 'removed' };

/** What is known of the hardware, for the technician. */
export interface IdCardReaderDetails {
  /**
   * Number of the security module, as its maker writes it: `05.01-20110253-0000123456-123456789`.
   * Of the reader that answered last; absent until one answered, or when it would not say.
   */
  readonly samId?: string;
}

/** An ID-card reader. It looks for cards by itself from `open` on. */
export interface IdCardReader extends Device {
  readonly capabilities: { readonly kinds: readonly IdCardData['kind'][]; readonly photo: boolean };
  /** Up to date at every change of status. */
  readonly details: IdCardReaderDetails;
  onEvent(listener: (event: IdCardEvent) => void): Unsubscribe;
}
