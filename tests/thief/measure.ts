import { chanceOf } from '../simulation/chance.ts';
import type { StolenDisk } from './disk.ts';
import { readEvidence } from './evidence.ts';
import type { Resident } from './residents.ts';
import { combined, SCORINGS, type ScoringName } from './scorings/index.ts';
import { lengthsApart } from './scorings/lengths.ts';
import type { LengthModel } from './scorings/length-model.ts';

/** Logarithm of n over k. */
function logChoose(n: number, k: number): number {
  let sum = 0;
  for (let i = 1; i <= k; i += 1) sum += Math.log(n - k + i) - Math.log(i);
  return sum;
}

/** How likely guessing hits at least so many, drawing `guesses` of `all` of whom `there` were there. */
export function chanceOfHits(hits: number, all: number, there: number, guesses: number): number {
  let sum = 0;
  for (let k = hits; k <= Math.min(there, guesses); k += 1) {
    sum += Math.exp(
      logChoose(there, k) + logChoose(all - there, guesses - k) - logChoose(all, guesses),
    );
  }
  return sum;
}

/** Most hits that guessing reaches but for so small a chance. */
export function mostByGuessing(
  chance: number,
  all: number,
  there: number,
  guesses: number,
): number {
  let hits = 0;
  while (chanceOfHits(hits + 1, all, there, guesses) > chance) hits += 1;
  return hits;
}

/** What is measured: each idea, and all together without and with the terminal's own key. */
export type Measured = ScoringName | 'together' | 'togetherWithKey';

/** How much is measured on one disk. */
export const MEASURED = Object.keys(SCORINGS).length + 2;

/** What a thief makes of a disk. */
export interface Loot {
  /** How many he finds. */
  readonly hits: ReadonlyMap<Measured, number>;
  /** Items that stand out by their lengths; see `lengthsApart`. */
  readonly lengthsApart: number;
}

/** The best guesses of a scoring; where it does not decide, a throw of dice does. */
export function bestGuesses(score: Float64Array, count: number, seed: string): readonly number[] {
  const dice = chanceOf(`${seed}/ties`);
  const ties = Float64Array.from(score, () => dice.fraction());
  return [...score.keys()]
    .toSorted((a, b) => (score[b] ?? 0) - (score[a] ?? 0) || (ties[a] ?? 0) - (ties[b] ?? 0))
    .slice(0, count);
}

/** Lets the thief guess, and counts. */
export function lootOf(
  disk: StolenDisk,
  residents: readonly Resident[],
  lengths: LengthModel,
  options: { readonly thorough: boolean; readonly seed: string },
): Loot {
  const evidence = readEvidence(disk.folder);
  const scene = { evidence, residents, lengths, thorough: options.thorough };
  const scores = (Object.keys(SCORINGS) as ScoringName[]).map((name) => ({
    name,
    score: SCORINGS[name](scene),
  }));
  const hitsOf = (score: Float64Array): number =>
    bestGuesses(score, disk.visitors.size, options.seed).filter((place) => disk.visitors.has(place))
      .length;
  const withoutKey = scores.filter(({ name }) => name !== 'byKeyedDigests');
  const together = (of: typeof scores): number => hitsOf(combined(of.map(({ score }) => score)));
  const hits = new Map<Measured, number>([
    ...scores.map(({ name, score }): [Measured, number] => [name, hitsOf(score)]),
    ['together', together(withoutKey)],
    ['togetherWithKey', together(scores)],
  ]);
  return { hits, lengthsApart: lengthsApart(evidence) };
}
