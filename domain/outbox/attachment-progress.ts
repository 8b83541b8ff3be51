import { err, ok, type Result } from '../result.ts';

/** How far a sealed file has gone to the platform, by the platform's own word. */
export interface AttachmentProgressState {
  /** Bytes of ciphertext. */
  readonly size: number;
  /** Bytes that the platform holds. */
  readonly offset: number;
  /** The platform checked the hash and fsynced the file. */
  readonly complete: boolean;
}

/**
 * What happens to an attachment on its way.
 *
 * - `platformStands`: the platform told its offset, which may have gone back
 * - `platformComplete`: it told that the file is whole and durable
 * - `begunAnew`: it does not have it, or what it got had another hash
 */
export type AttachmentEvent =
  | { readonly type: 'platformStands'; readonly offset: number }
  | { readonly type: 'platformComplete' }
  | { readonly type: 'begunAnew' };

/** The platform told an offset outside the file: not an answer we know. */
export interface ImpossibleOffset {
  readonly kind: 'impossibleOffset';
  readonly offset: number;
}

/** The progress after an event. */
export function attachmentTransition(
  state: AttachmentProgressState,
  event: AttachmentEvent,
): Result<AttachmentProgressState, ImpossibleOffset> {
  switch (event.type) {
    case 'begunAnew':
      return ok({ ...state, offset: 0, complete: false });
    case 'platformComplete':
      return ok({ ...state, offset: state.size, complete: true });
    case 'platformStands':
      if (!Number.isSafeInteger(event.offset) || event.offset < 0 || event.offset > state.size) {
        return err({ kind: 'impossibleOffset', offset: event.offset });
      }
      return ok({ ...state, offset: event.offset, complete: false });
  }
}
