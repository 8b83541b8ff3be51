import type { Resident } from '../residents.ts';
import type { Scoring } from './scene.ts';

/** Numbers on a disk that call themselves random: ids, names of files, hashes. As 48 bits from each end. */
function randomLooking(texts: readonly string[]): readonly number[] {
  const runs = new Set(texts.flatMap((text) => text.match(/\b[0-9a-f]{32,64}\b/g) ?? []));
  return [...runs].flatMap((run) => [
    Number.parseInt(run.slice(0, 12), 16),
    Number.parseInt(run.slice(-12), 16),
  ]);
}

/** Ways in which the list may be ordered. */
const ORDERS: readonly ((one: Resident, other: Resident) => number)[] = [
  () => 0,
  (one, other) => one.idNumber.localeCompare(other.idNumber),
  (one, other) => (one.name < other.name ? -1 : 1),
];

/**
 * Places in the list: what calls itself random may be a resident's place, counted from nought, folded by the
 * length of the list, or stretched over it; by three orders of the list.
 */
export const byNumbers: Scoring = ({ evidence, residents }) => {
  const score = new Float64Array(residents.length);
  const numbers = randomLooking(evidence.open.map((bytes) => bytes.toString('latin1')));
  const places = [...residents.keys()];
  const whole = 2 ** 48;
  for (const order of ORDERS) {
    const ordered = places.toSorted((a, b) => {
      const [one, other] = [residents[a], residents[b]];
      return one && other ? order(one, other) : 0;
    });
    const hit = (at: number, weight: number): void => {
      const place = ordered[at];
      if (place !== undefined) score[place] = (score[place] ?? 0) + weight;
    };
    for (const number of numbers) {
      // by chance once in thirty thousand millions: whoever is hit so is as good as found
      hit(number, 100);
      hit(number % residents.length, 1);
      hit(Math.floor((number / whole) * residents.length), 1);
    }
  }
  return score;
};

/** Digits of receipt numbers, case numbers, lengths and the like that are the tail of a number of the resident's. */
export const byTailDigits: Scoring = ({ evidence, residents }) => {
  const tails = new Map<string, number>();
  for (const bytes of evidence.open) {
    for (const run of bytes.toString('latin1').match(/(?<![0-9a-fA-F])\d{4,24}(?![0-9a-fA-F])/g) ??
      []) {
      for (const length of [4, 5, 6]) {
        const tail = run.slice(-length);
        if (tail.length === length) tails.set(tail, (tails.get(tail) ?? 0) + 1);
      }
    }
  }
  return Float64Array.from(residents, ({ idNumber, mobile }) =>
    [idNumber, idNumber.slice(0, 17), mobile].reduce(
      (sum, number) =>
        sum +
        [4, 5, 6].reduce(
          (more, length) =>
            more + 10 ** (length - 4) * Math.log2(1 + (tails.get(number.slice(-length)) ?? 0)),
          0,
        ),
      0,
    ),
  );
};

/** Who stands beside each other in the list comes together: neighbours of places that files lie in on the disk. */
export const byOrder: Scoring = ({ evidence, residents }) => {
  const score = new Float64Array(residents.length);
  const names = evidence.items.map(({ submissionId }) => submissionId);
  const ranked = names.toSorted();
  for (const [at, name] of names.entries()) {
    const rank = ranked.indexOf(name) / names.length;
    const place = Math.floor(((rank + at / names.length) / 2) * residents.length);
    score[place] = (score[place] ?? 0) + 1;
  }
  return score;
};
