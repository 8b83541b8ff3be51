import type { Limits } from '../../platform/server/context.ts';
import type { Aim } from './aims.ts';

/** Milliseconds of a minute. */
export const MINUTE = 60_000;
/** Milliseconds of an hour. */
export const HOUR = 60 * MINUTE;
/** Milliseconds of a day. */
export const DAY = 24 * HOUR;

/** What a line is like. Each request draws its own fate from it; busy: all are asked to slow down. */
export type Weather =
  'calm' | 'lossy' | 'away' | 'captive' | 'errors' | 'busy' | 'slow' | 'garbled';

/** So many moments (a file operation, a commit, a wait) later, in the middle of something; null: at once. */
export type After = number | null;

/**
 * One thing that happens, at so many milliseconds after the beginning; with an aim at the first such moment from
 * then on, and not at all when none comes.
 */
export type StoryEvent = { readonly at: number; readonly aim?: Aim } & (
  | {
      readonly type: 'submit';
      readonly terminal: number;
      /** Bytes of the papers. */
      readonly papers: readonly number[];
      /** Touches the button twice. */
      readonly twice: boolean;
      /** Sealed with age itself, and opened with the platform's key in the end. */
      readonly age: boolean;
    }
  | { readonly type: 'look'; readonly terminal: number }
  | {
      readonly type: 'crash';
      readonly terminal: number;
      /** So many moments (a file operation, a commit, a wait) after this time. */
      readonly after: number;
      /** And once more, so many moments after it was started again. */
      readonly again: number | null;
      readonly downMs: number;
    }
  | {
      readonly type: 'weather';
      readonly terminal: number;
      readonly weather: Weather;
      readonly forMs: number;
    }
  | {
      readonly type: 'clock';
      readonly terminal: number;
      /** How far it jumps; null: the battery is empty, it begins at 1970 after the next start. */
      readonly byMs: number | null;
      readonly after: After;
      readonly forMs: number;
    }
  | {
      readonly type: 'diskFull';
      readonly terminal: number;
      readonly after: After;
      readonly forMs: number;
    }
  | {
      readonly type: 'indexLost';
      readonly terminal: number;
      readonly after: After;
      /** A crash so many moments after it was started again: while it makes the index anew. */
      readonly again: number | null;
    }
  /** A technician sends on its way again what was held for a person. */
  | { readonly type: 'release'; readonly terminal: number }
  | { readonly type: 'replace'; readonly terminal: number; readonly drawerMs: number }
  /** What waits is exported to a stick, which reaches the platform so much later. */
  | { readonly type: 'stick'; readonly terminal: number; readonly carriedMs: number }
  /** Another terminal takes its place; it stays on, and is heard no more. */
  | { readonly type: 'revoke'; readonly terminal: number }
  /** A technician takes it to another place, with a new key, or enrols it anew where it stands, with its own. */
  | { readonly type: 'move'; readonly terminal: number; readonly newKey: boolean }
  | { readonly type: 'clone'; readonly terminal: number; readonly forMs: number }
  | { readonly type: 'platformCrash'; readonly after: number; readonly downMs: number }
  /** The operator lets the platform take less than usual: what is more is refused for good. */
  | { readonly type: 'limits'; readonly limits: Partial<Limits>; readonly forMs: number }
  | { readonly type: 'archive' | 'restore' | 'rotateKeys' | 'newCatalogue' }
);

/** Everything that happens to a district: with the seed it says what comes out, to the last byte. */
export interface Story {
  readonly seed: string;
  readonly terminals: number;
  readonly days: number;
  readonly events: readonly StoryEvent[];
}
