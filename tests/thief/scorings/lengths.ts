import type { Evidence, StolenItem } from '../evidence.ts';
import type { Resident } from '../residents.ts';
import type { Line, LengthModel } from './length-model.ts';
import type { Scoring } from './scene.ts';

/** Steps to which the program fills files up, as its code says. */
const STEP = { body: 4096, ink: 32_768, summary: 131_072 } as const;

/** Area under the bell up to z (Abramowitz and Stegun 26.2.17). */
function bellUpTo(z: number): number {
  const t = 1 / (1 + 0.231_641_9 * Math.abs(z));
  const tail =
    0.398_942_28 *
    Math.exp((-z * z) / 2) *
    t *
    (0.319_381_53 +
      t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
  return z < 0 ? tail : 1 - tail;
}

/** How likely a clear length is, of a file that was expected to be so long. */
function likelihood(size: number, step: number, expected: number, deviation: number): number {
  // filled up: it may have been anything since the step before; else it is known to the byte
  const from = size % step === 0 ? size - step : size - 1;
  return (
    bellUpTo((size + 0.5 - expected) / deviation) - bellUpTo((from + 0.5 - expected) / deviation)
  );
}

/**
 * For each item its likelihoods of all residents become shares of one: the sum of a resident's shares says how
 * many of the items are his, as far as they tell.
 */
export function sharesOf(
  residents: readonly Resident[],
  items: readonly ((resident: Resident, place: number) => number)[],
): Float64Array {
  const score = new Float64Array(residents.length);
  const likely = new Float64Array(residents.length);
  for (const likelihoodOf of items) {
    let sum = 0;
    for (const [place, resident] of residents.entries()) {
      const value = likelihoodOf(resident, place) + 1e-12;
      likely[place] = value;
      sum += value;
    }
    for (const [place, value] of likely.entries()) score[place] = (score[place] ?? 0) + value / sum;
  }
  return score;
}

function expectations(
  model: LengthModel,
  residents: readonly Resident[],
): (line: Line, place: number) => number {
  const known = new Map<Line, Float64Array>();
  return (line, place) => {
    let all = known.get(line);
    if (!all) {
      all = Float64Array.from(residents, (resident) => model.expected(line, resident));
      known.set(line, all);
    }
    return all[place] ?? 0;
  };
}

/**
 * Lengths of bodies, signatures and summaries against what the program would make of each resident, by
 * service: names and addresses make files longer. Papers are left out: what stands on them is not in a list.
 */
export const byLengths: Scoring = ({ evidence, residents, lengths }) => {
  const expected = expectations(lengths, residents);
  const likelihoodOf = (item: StolenItem) => {
    const lines = lengths.lines.get(`${item.serviceId}/${String(item.clearSizes.length - 3)}`);
    const [body = 0] = item.clearSizes;
    const [ink = 0, summary = 0] = item.clearSizes.slice(-2);
    return (_: Resident, place: number): number => {
      if (!lines) return 1;
      return (
        likelihood(body, STEP.body, expected(lines.body, place), lines.body.deviation) *
        likelihood(ink, STEP.ink, expected(lines.ink, place), lines.ink.deviation) *
        likelihood(summary, STEP.summary, expected(lines.summary, place), lines.summary.deviation)
      );
    };
  };
  return sharesOf(residents, evidence.items.map(likelihoodOf));
};

/**
 * How many items have other lengths than most of the same service with as many papers. Too few to find two
 * hundred of ten thousand by, but each is somebody with a long name or address.
 */
export function lengthsApart({ items }: Evidence): number {
  const groups = Map.groupBy(
    items,
    ({ serviceId, clearSizes }) => `${serviceId} ${String(clearSizes.length)}`,
  );
  return [...groups.values()].reduce((sum, group) => {
    const alike = Map.groupBy(group, ({ clearSizes }) =>
      [clearSizes[0], ...clearSizes.slice(-2)].join(' '),
    );
    return sum + group.length - Math.max(...[...alike.values()].map(({ length }) => length));
  }, 0);
}
