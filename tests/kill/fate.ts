import type { Chance } from '../page-images/chance.ts';

/** When one life of a process ends. */
export interface Fate {
  /** While it starts, so many milliseconds after that; undefined: it may get ready. */
  readonly startingMs: number | undefined;
  /** At the latest so many milliseconds after it was ready. */
  readonly servingMs: number;
  /** Before that, at the nth time it comes by a named moment: `moment:n`. */
  readonly moment: string | undefined;
}

/** Moments of the core at which it may kill itself. */
export const TERMINAL_MOMENTS = [
  'submit-start',
  'attachments-sealed',
  'attachment-written',
  'folder-synced',
  'before-commit',
  'after-commit',
  'envelope-written',
  'envelope-filed',
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
 * Chooses an end: a sixth of the lives end while the process starts, the others some time after it was
 * ready; a third aims at a named moment. Times go by how long a start takes here and now: so they meet the
 * same work on a slow machine as on a quick one.
 */
export function fateOf(
  chance: Chance,
  moments: readonly [string, ...string[]],
  pace: Pace,
  livesPerStart: number,
): Fate {
  const mean = livesPerStart * pace.startMs;
  const servingMs = -Math.log(1 - chance.next()) * mean;
  if (chance.next() < 1 / 3) {
    const moment = `${chance.pick(moments)}:${1 + Math.floor(chance.next() * 3)}`;
    return { startingMs: undefined, servingMs: 3 * mean, moment };
  }
  const startingMs = chance.next() < 1 / 6 ? chance.between(0, pace.startMs) : undefined;
  return { startingMs, servingMs, moment: undefined };
}
