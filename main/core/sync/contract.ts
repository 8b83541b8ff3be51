/** Link to the platform by the last exchange; `unknown` before the first. */
export type LinkState = 'online' | 'offline' | 'unknown';

/** The link as the rest of the core sees it. */
export interface Link {
  state(): LinkState;
  /** The platform's time minus ours in milliseconds at its last word; `undefined` before it. */
  clockSkewMs(): number | undefined;
  onChange(listener: (state: LinkState) => void): () => void;
}
