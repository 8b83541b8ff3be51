import type { Quad } from '../../domain/page-image/luminance.ts';

/** What keeps a picture from being good; each with words on the screen. */
export type Trouble = 'dark' | 'glare' | 'blur' | 'cut';

/** What was seen on one small frame of the running camera. */
export interface Sighting {
  /** Milliseconds of a clock that only goes up. */
  readonly at: number;
  /** The paper, its corners as shares of the frame's sides; absent when none was found. */
  readonly quad?: Quad | undefined;
  readonly troubles: readonly Trouble[];
  /** What stands on the paper, coarsely: shades from 0 to 255 in a fixed order. Empty without a paper. */
  readonly shades: readonly number[];
}

/**
 * What the camera is doing.
 *
 * - `looking`: no paper
 * - `troubled`: there is a paper, and something keeps it from being taken well
 * - `holding`: the paper lies still; `progress` from 0 to 1
 * - `shoot`: it has lain still long enough; said once, on this sighting
 * - `taken`: this paper was taken already: it must be lifted or changed first
 */
export type AutoShotPhase =
  | { readonly is: 'looking' }
  | { readonly is: 'troubled' }
  | { readonly is: 'holding'; readonly progress: number }
  | { readonly is: 'shoot' }
  | { readonly is: 'taken' };

/** How still, how long, how different. */
export interface AutoShotSettings {
  /** So long a paper lies still before it is taken. */
  readonly stillMs: number;
  /** On a slow machine a second may be two looks: at least so many must have shown it well. */
  readonly leastLooks: number;
  /** Corners that move by less than this share of the frame's width lie still. */
  readonly stillness: number;
  /** So long nothing or something else must be seen before the next paper may be taken. */
  readonly liftedMs: number;
  /** Shades that differ by more than this on average, in parts of their own spread, are another paper. */
  readonly otherPaper: number;
}

/** As a hand moves and a cheap camera trembles. */
export const AUTO_SHOT: AutoShotSettings = {
  stillMs: 1_000,
  leastLooks: 4,
  stillness: 0.012,
  liftedMs: 500,
  otherPaper: 0.4,
};

interface Held {
  readonly since: number;
  readonly looks: number;
  readonly quad: Quad;
}

interface Taken {
  readonly quad: Quad | undefined;
  readonly shades: readonly number[];
  /** Since when something else than this paper is seen. */
  readonly elseSince: number | undefined;
  /** It was away long enough: what comes now may be taken. */
  readonly lifted: boolean;
}

/** Where the automatic shot stands; made by `START`, changed by `see` and `tookByHand` only. */
export interface AutoShot {
  readonly phase: AutoShotPhase;
  readonly held: Held | undefined;
  readonly taken: Taken | undefined;
}

/** Nothing was seen yet. */
export const START: AutoShot = { phase: { is: 'looking' }, held: undefined, taken: undefined };

/** The furthest that a corner has moved, as a share of the frame. */
function moved(one: Quad, other: Quad): number {
  return Math.max(
    ...one.map(({ x, y }, i) => Math.hypot(x - other[i as 0].x, y - other[i as 0].y)),
  );
}

const mean = (of: readonly number[]): number => of.reduce((sum, x) => sum + x, 0) / of.length;
/** Paper without words differs by less than this within itself; that is noise, not writing. */
const BLANK = 6;

/** Shades as they would be in one same light: around 0, words spread by about 1. */
function inSameLight(shades: readonly number[]): readonly number[] {
  const middle = mean(shades);
  const spread = Math.max(BLANK, Math.sqrt(mean(shades.map((shade) => (shade - middle) ** 2))));
  return shades.map((shade) => (shade - middle) / spread);
}

/** How different two papers look on average, from 0 to about 1.5; the light of the room does not count. */
function difference(one: readonly number[], other: readonly number[]): number {
  if (one.length === 0 || one.length !== other.length) return Infinity;
  const [a, b] = [inSameLight(one), inSameLight(other)];
  return mean(a.map((shade, i) => Math.abs(shade - (b[i] ?? 0))));
}

/** Whether a sighting shows the very paper that was taken, wherever it was pushed to. */
function isTaken({ shades }: Sighting, taken: Taken, settings: AutoShotSettings): boolean {
  return difference(shades, taken.shades) <= settings.otherPaper;
}

/** Goes on by one sighting. */
export function see(
  state: AutoShot,
  sighting: Sighting,
  settings: AutoShotSettings = AUTO_SHOT,
): AutoShot {
  const { at, quad, troubles, shades } = sighting;
  const taken = state.taken && afterTaken(state.taken, sighting, settings);
  if (quad === undefined) return { phase: { is: 'looking' }, held: undefined, taken };
  // a paper that comes back after it was lifted is taken again only when it does not lie as it lay before
  const sameAsBefore =
    taken !== undefined &&
    isTaken(sighting, taken, settings) &&
    (!taken.lifted || (taken.quad !== undefined && moved(quad, taken.quad) <= settings.stillness));
  if (taken !== undefined && (!taken.lifted || sameAsBefore)) {
    return { phase: { is: 'taken' }, held: undefined, taken };
  }
  if (troubles.length > 0) return { phase: { is: 'troubled' }, held: undefined, taken };
  const { held } = state;
  if (held === undefined || moved(held.quad, quad) > settings.stillness) {
    return { phase: { is: 'holding', progress: 0 }, held: { since: at, quad, looks: 1 }, taken };
  }
  const looks = held.looks + 1;
  const progress = Math.min((at - held.since) / settings.stillMs, looks / settings.leastLooks);
  if (progress < 1) {
    return { phase: { is: 'holding', progress }, held: { ...held, looks }, taken };
  }
  return { phase: { is: 'shoot' }, held: undefined, taken: justTaken(quad, shades) };
}

/**
 * Whether two looks show the same paper in the same place. Looking takes its time: what the camera shows after
 * it need not be what was seen.
 */
export function isUnmoved(
  one: Sighting,
  other: Sighting,
  settings: AutoShotSettings = AUTO_SHOT,
): boolean {
  return (
    one.quad !== undefined &&
    other.quad !== undefined &&
    moved(one.quad, other.quad) <= settings.stillness &&
    difference(one.shades, other.shades) <= settings.otherPaper
  );
}

/** A shot that showed something else: the paper must lie still anew. */
export function holdAnew(before: AutoShot): AutoShot {
  return { ...before, phase: { is: 'holding', progress: 0 }, held: undefined };
}

function justTaken(quad: Quad | undefined, shades: readonly number[]): Taken {
  return { quad, shades, elseSince: undefined, lifted: false };
}

function afterTaken(taken: Taken, sighting: Sighting, settings: AutoShotSettings): Taken {
  if (taken.lifted) return taken;
  const same = sighting.quad !== undefined && isTaken(sighting, taken, settings);
  if (same) return taken.elseSince === undefined ? taken : { ...taken, elseSince: undefined };
  const elseSince = taken.elseSince ?? sighting.at;
  return { ...taken, elseSince, lifted: sighting.at - elseSince >= settings.liftedMs };
}

/** The citizen pressed the button: what lies there now is not taken by itself too. */
export function tookByHand(last: Sighting | undefined): AutoShot {
  return {
    phase: { is: 'taken' },
    held: undefined,
    taken: justTaken(last?.quad, last?.shades ?? []),
  };
}
