import { createListeners } from '../outbox/listeners.ts';
import type { Link, LinkState } from './contract.ts';

/** The link with the way to tell it. */
export interface LinkKeeper extends Link {
  set(state: LinkState): void;
}

/** A link of which nothing is known yet. */
export function createLink(skewMs: () => number | undefined): LinkKeeper {
  const listeners = createListeners<LinkState>();
  let state: LinkState = 'unknown';
  return {
    state: () => state,
    clockSkewMs: skewMs,
    onChange: (listener) => listeners.add(listener),
    set(next) {
      if (next === state) return;
      state = next;
      listeners.emit(next);
    },
  };
}
