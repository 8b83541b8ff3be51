import type { Fault } from '../../domain/device/fault.ts';
import type { SecurityCardData, SecurityCardDoubt } from '../../domain/identity/security-card.ts';
import type { Device, Unsubscribe } from '../device.ts';
import type { HardwareReport } from '../hardware.ts';

/** A social security card that was read whole. */
export interface SecurityCardReadout {
  readonly data: SecurityCardData;
  /** What on the card does not fit together; empty when all is well. */
  readonly doubts: readonly SecurityCardDoubt[];
}

/**
 * What a reader tells, in the order in which it happens. Each `reading` ends with `card` or `failed`. After
 * `card` comes `removed`; after `failed` comes `removed`, or the next `reading` when the card was gone
 * already or was tried again.
 */
export type SecurityCardEvent =
  | { readonly type: 'reading' }
  | { readonly type: 'card'; readonly readout: SecurityCardReadout }
  | { readonly type: 'failed'; readonly fault: Fault }
  /** The card was pulled out, or its reader is gone. */
  | { readonly type: 'removed' };

/** A reader of social security cards. It looks for cards by itself from `open` on. */
export interface SecurityCardReader extends Device {
  /** `authenticates`: whether a security module proves that a card is genuine. No driver here does. */
  readonly capabilities: { readonly authenticates: boolean };
  /** The name of the reader that is used now, or was used last. Up to date at every change of status. */
  readonly hardware: HardwareReport;
  onEvent(listener: (event: SecurityCardEvent) => void): Unsubscribe;
}
