import type { Chance } from '../page-images/chance.ts';

/** When one life of a process ends. */
export type Fate =
  /** So many milliseconds after its start. */
  | { readonly kind: 'time'; readonly ms: number }
  /** At the nth time it comes by a named moment, or at the latest after so many milliseconds. */
  | {
      readonly kind: 'moment';
      readonly moment: string;
      readonly spec: string;
      readonly ms: number;
    };

/** Moments of the core at which it may kill itself. */
export const TERMINAL_MOMENTS = [
  'submit-start',
  'attachments-sealed',
  'attachment-written',
  'envelope-written',
  'folder-synced',
  'before-commit',
  'after-commit',
  'attempt-recorded',
  'attachment-sent',
  'item-sent',
  'answer-read',
  'before-received-commit',
  'after-received-commit',
  'before-sweep',
  'after-sweep',
] as const;

/** How long a start takes now, so that a kill also meets processes that are not yet ready. */
export interface Pace {
  /** Running average, milliseconds. */
  readonly startMs: number;
  note(startMs: number): void;
}

/** Learns how long starts take. */
export function createPace(first: number): Pace {
  let startMs = first;
  return {
    get startMs() {
      return startMs;
    },
    note: (ms) => (startMs += (ms - startMs) / 8),
  };
}

/**
 * Chooses an end: a sixth of the lives end while the process starts, the others some time after; a third
 * aims at a named moment.
 */
export function fateOf(
  chance: Chance,
  moments: readonly [string, ...string[]],
  pace: Pace,
  aliveMs: number,
): Fate {
  const alive = -Math.log(1 - chance.next()) * aliveMs;
  if (chance.next() < 1 / 3) {
    const moment = chance.pick(moments);
    const times = 1 + Math.floor(chance.next() * 3);
    return { kind: 'moment', moment, spec: `${moment}:${times}`, ms: 2 * pace.startMs + 3 * aliveMs };
  }
  const ms = chance.next() < 1 / 6 ? chance.between(0, pace.startMs) : pace.startMs + alive;
  return { kind: 'time', ms };
}
