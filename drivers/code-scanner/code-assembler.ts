/** What a scanner's bytes turned out to be. */
export type Assembled =
  | {
      readonly type: 'code';
      /** Without suffix and symbology identifier; never empty. */
      readonly bytes: Uint8Array;
      /** The three bytes of the symbology identifier, where the scanner sends one. */
      readonly aimId?: Uint8Array;
    }
  /** No whole code; `why` is for the technician and says nothing of the contents. */
  | { readonly type: 'dropped'; readonly why: string };

/** Makes whole codes of what comes over a line: one per protocol. Never throws, whatever comes. */
export interface CodeAssembler {
  /** Takes the next piece; gives what it completed. */
  push(piece: Uint8Array): readonly Assembled[];
  /** Nothing came for a while: gives what that completes. Nothing is kept afterwards. */
  paused(): readonly Assembled[];
  /** Whether something is kept that waits for more. */
  readonly partial: boolean;
  /** Forgets what is kept. */
  reset(): void;
}
