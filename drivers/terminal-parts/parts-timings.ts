import type { SensorName, SensorValue } from './contract.ts';

/** For how long each value of each sensor must stand before it is told, in ms; 0 is at once. */
export type SettleTimes = {
  readonly [S in SensorName]: Readonly<Record<SensorValue<S>, number>>;
};

/** Times of the driver, in ms. */
export interface PartsTimings {
  /** Between two questions for the state, which are the heartbeat too. */
  readonly pollMs: number;
  /** For an answer, before the same line is sent again. */
  readonly answerMs: number;
  /** Between two greetings that were not answered. */
  readonly greetPauseMs: number;
  /** A board or line that is lost is told after so long, if it has not come back. */
  readonly lossAfterMs: number;
  /** Between two greetings of a board that speaks another version. */
  readonly strangerPollMs: number;
  /** A key that is down for so long is stuck. */
  readonly stuckMs: number;
  /** A second press of the same key within so long is not told (EN 301 549, 5.8); 0 tells every press. */
  readonly sameKeyAfterMs: number;
  readonly settle: SettleTimes;
}

/** Times of docs/terminal-parts.md. */
export const PARTS_TIMINGS: PartsTimings = {
  pollMs: 1_000,
  answerMs: 300,
  greetPauseMs: 500,
  lossAfterMs: 1_500,
  strangerPollMs: 5_000,
  stuckMs: 15_000,
  sameKeyAfterMs: 0,
  settle: {
    // Private speech stops at once when the plug is pulled.
    headphones: { in: 300, out: 0, unknown: 0 },
    presence: { near: 300, away: 3_000, unknown: 1_000 },
    door: { open: 300, closed: 1_000, unknown: 1_000 },
    mains: { lost: 1_000, on: 3_000, unknown: 1_000 },
    battery: { low: 2_000, ok: 5_000, unknown: 1_000 },
  },
};
