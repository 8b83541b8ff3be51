import type { Fault } from '../../domain/device/fault.ts';
import type { Result } from '../../domain/result.ts';

/** A card under power that takes commands. */
export interface CardLink {
  /**
   * Sends one command and gives the whole answer, status word included. Never rejects.
   * Faults: `securityCard.removedEarly` (the card is gone), `securityCard.unreadable` (it does not
   * answer), `device.timeout`, `device.offline`.
   */
  transmit(
    apdu: Uint8Array,
    options: { readonly deadlineMs: number },
  ): Promise<Result<Uint8Array, Fault>>;
  /** Takes the power off, so that nothing selected or opened stays behind. Never rejects, never waits long. */
  close(): Promise<void>;
}

/** What a reader says of its slot. */
export type SlotState =
  | { readonly type: 'empty'; readonly reader?: string }
  /** A card is in. Another number means that it was out, or another one came, in between. */
  | { readonly type: 'card'; readonly insertion: number; readonly reader?: string }
  /** The reader says nothing at all. */
  | { readonly type: 'silent'; readonly fault: Fault }
  /** No reader, or no way to it. */
  | { readonly type: 'gone'; readonly fault: Fault };

/** The way to one slot for cards: PC/SC, or a line to a simulated one. */
export interface CardConnection {
  /** For logs and the technician. */
  readonly address: string;
  /** Begins to watch the slot, and goes on, by itself, through every loss, until `close`. Never throws. */
  open(onSlot: (state: SlotState) => void): void;
  /** Powers the card that is in. Faults as of `transmit`, and `device.busy` (another program has it). */
  connect(options: { readonly deadlineMs: number }): Promise<Result<CardLink, Fault>>;
  close(): Promise<void>;
}
