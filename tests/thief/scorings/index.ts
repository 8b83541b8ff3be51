import { byKeyedDigests, bySaltedDigests, byUnsaltedDigests } from './digests.ts';
import { byLengths } from './lengths.ts';
import { byNumbers, byOrder, byTailDigits } from './numbers.ts';
import type { Scoring } from './scene.ts';
import { byReadableText } from './text.ts';
import { byBirthdays, byFillingTimes, byServices } from './times.ts';

/** Every idea of the thief, by its name. */
export const SCORINGS = {
  byReadableText,
  byUnsaltedDigests,
  bySaltedDigests,
  byKeyedDigests,
  byLengths,
  byServices,
  byBirthdays,
  byFillingTimes,
  byNumbers,
  byTailDigits,
  byOrder,
} as const satisfies Readonly<Record<string, Scoring>>;

/** The name of an idea. */
export type ScoringName = keyof typeof SCORINGS;

/** Scores on one scale: how far each is above the mean, in deviations; nought where all are alike. */
function standardised(score: Float64Array): Float64Array {
  const mean = score.reduce((sum, value) => sum + value, 0) / score.length;
  const square = score.reduce((sum, value) => sum + (value - mean) ** 2, 0) / score.length;
  const deviation = Math.sqrt(square);
  return deviation < 1e-9
    ? new Float64Array(score.length)
    : score.map((value) => (value - mean) / deviation);
}

/** All ideas together: what stands out in one of them stands out in the sum. */
export function combined(scores: readonly Float64Array[]): Float64Array {
  const sum = new Float64Array(scores[0]?.length ?? 0);
  for (const score of scores) {
    for (const [place, value] of standardised(score).entries())
      sum[place] = (sum[place] ?? 0) + value;
  }
  return sum;
}
