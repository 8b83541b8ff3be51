import { err, ok, type Result } from '../result.ts';

/**
 * Where an item of the outbox stands. What is on the terminal's disk in each state:
 *
 * - `queued`: all sealed files fsynced, the row committed, the receipt number used. The platform knows nothing.
 * - `sending`: the same; an attempt was recorded before its first byte left. The platform may know all or nothing.
 * - `retry`: the same; the last attempt did not end with the one answer that counts. A time before which
 *   it is not tried again stands in the row.
 * - `received`: the same, and the platform's reception cursor and case number; of what was held and came otherwise the
 *   newest cursor then, and the number once it is told. The platform has it durably.
 * - `archived`: as `received`; the sealed files may go now, the row stays.
 * - `held`: as `queued`, and a code; the platform refused for good. Kept for a person, never in others' way, until a
 *   person releases it or the platform has it all the same.
 */
export type OutboxState = 'queued' | 'sending' | 'retry' | 'received' | 'archived' | 'held';

/** Every state, in the order of an item's life. */
export const OUTBOX_STATES: readonly OutboxState[] = [
  'queued',
  'sending',
  'retry',
  'received',
  'archived',
  'held',
];

/**
 * Why a person must look at an item. `conflict`: the platform has other content under the same id.
 * `fileDamaged`: a file here is not what was stored, or the disk does not give it back. `sealerRevoked`, `sealerUnknown`:
 * it was sealed with an earlier key of this terminal, which the platform revoked, or does not know.
 */
export type HeldCode =
  | 'conflict'
  | 'tooLarge'
  | 'malformed'
  | 'sealerRevoked'
  | 'sealerUnknown'
  | 'filesMissing'
  | 'fileDamaged';

/**
 * What happens to an item.
 *
 * - `attemptBegun`: written to disk before the first byte is sent
 * - `attemptFailed`: any end of an attempt but the three below; also an attempt that a restart cut off
 * - `received`: 201 with our id and our hash; of a held item the platform's word by its receipt, for it may have come on
 *   a stick
 * - `refused`: an answer that will not change by asking again
 * - `archived`: the watermark reached the item
 * - `forgotten`: the platform, come back from a backup, no longer has what it had received
 * - `released`: a person lets a held item try again
 */
export type OutboxEvent =
  | { readonly type: 'attemptBegun' }
  | { readonly type: 'attemptFailed' }
  | { readonly type: 'received' }
  | { readonly type: 'refused'; readonly code: HeldCode }
  | { readonly type: 'archived' }
  | { readonly type: 'forgotten' }
  | { readonly type: 'released' };

/** An event that cannot happen in a state: a bug of the caller. */
export interface IllegalTransition {
  readonly kind: 'illegalTransition';
  readonly state: OutboxState;
  readonly event: OutboxEvent['type'];
}

const MOVES: Readonly<Record<OutboxState, Partial<Record<OutboxEvent['type'], OutboxState>>>> = {
  queued: { attemptBegun: 'sending' },
  sending: { attemptFailed: 'retry', received: 'received', refused: 'held' },
  retry: { attemptBegun: 'sending' },
  received: { archived: 'archived', forgotten: 'queued' },
  archived: {},
  held: { released: 'queued', received: 'received' },
};

/** The state after an event. Before and after it the disk holds what `OutboxState` says. */
export function transition(
  state: OutboxState,
  event: OutboxEvent,
): Result<OutboxState, IllegalTransition> {
  const next = MOVES[state][event.type];
  return next === undefined
    ? err({ kind: 'illegalTransition', state, event: event.type })
    : ok(next);
}

/** Whether the platform has not yet acknowledged an item in this state. */
export function isWaiting(
  state: OutboxState,
): state is Exclude<OutboxState, 'received' | 'archived'> {
  return state !== 'received' && state !== 'archived';
}

/** Whether the sealed files of an item in this state may be deleted. */
export function mayDeleteCiphertext(state: OutboxState): boolean {
  return state === 'archived';
}
