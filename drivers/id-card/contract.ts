import type { Fault } from '../../domain/device/fault.ts';
import type { CardDoubt, IdCardData } from '../../domain/identity/card.ts';
import type { Device, Unsubscribe } from '../device.ts';
import type { HardwareReport } from '../hardware.ts';

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

/** An ID-card reader. It looks for cards by itself from `open` on. */
export interface IdCardReader extends Device {
  readonly capabilities: { readonly kinds: readonly IdCardData['kind'][]; readonly photo: boolean };
  /** The number of the security module, of the reader that answered last. Up to date at every change of status. */
  readonly hardware: HardwareReport;
  onEvent(listener: (event: IdCardEvent) => void): Unsubscribe;
}
