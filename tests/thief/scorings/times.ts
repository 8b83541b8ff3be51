import { lettersOf } from '../visit.ts';
import { sharesOf } from './lengths.ts';
import type { Scoring } from './scene.ts';

const HALL_MS = 8 * 3_600_000;

/** MMDD, HHmm, mmss and the thousandths of a moment at the hall: numbers that may be a birthday. */
function numbersOf(at: number): readonly (readonly [kind: string, number: string])[] {
  const digits = new Date(at + HALL_MS).toISOString().replaceAll(/\D/g, '');
  return [
    ['day', digits.slice(4, 8)],
    ['hour', digits.slice(8, 12)],
    ['minute', digits.slice(10, 14)],
  ];
}

/**
 * People come on their birthday, or a program makes a time of it: each kind of event and each way to read four
 * digits out of its time is looked at for itself, and counts as far as it is more than chance would have it.
 */
export const byBirthdays: Scoring = ({ evidence, residents }) => {
  const counts = new Map<string, Map<string, number>>();
  for (const { kind, at } of evidence.events) {
    for (const [way, number] of numbersOf(at)) {
      const key = `${kind}/${way}`;
      const count = counts.get(key) ?? new Map<string, number>();
      counts.set(key, count);
      count.set(number, (count.get(number) ?? 0) + 1);
    }
  }
  return Float64Array.from(residents, ({ birthDate }) => {
    let score = 0;
    for (const [key, count] of counts) {
      const met = count.get(birthDate.slice(4)) ?? 0;
      // a day that a hundred events share is one thing seen, not a hundred
      if (met > 0) score += (key.endsWith('/day') ? 5 : 1) * Math.log2(1 + met);
    }
    return score;
  });
};

/** Who has more to type takes longer: the time from the card to the receipt against what each has to type. */
export const byFillingTimes: Scoring = ({ evidence, residents }) => {
  const durations = [...evidence.durations.values()];
  if (durations.length === 0) return new Float64Array(residents.length);
  const mean = durations.reduce((sum, each) => sum + each, 0) / durations.length;
  const letters = Float64Array.from(residents, lettersOf);
  const usual = letters.reduce((sum, each) => sum + each, 0) / letters.length;
  const deviation = Math.sqrt(
    durations.reduce((sum, each) => sum + (each - mean) ** 2, 0) / durations.length,
  );
  const MS_A_LETTER = 450;
  return sharesOf(
    residents,
    durations.map((duration) => (_, place) => {
      const expected = mean + ((letters[place] ?? 0) - usual) * MS_A_LETTER;
      return Math.exp(-(((duration - expected) / deviation) ** 2) / 2);
    }),
  );
};

/** Services that are asked for by people of some age rather than another. The list knows the age. */
export const byServices: Scoring = ({ evidence, residents }) => {
  const wanted = new Map<string, number>();
  for (const { serviceId } of evidence.items)
    wanted.set(serviceId, (wanted.get(serviceId) ?? 0) + 1);
  const middle: Readonly<Record<string, number>> = {
    'unemployment-reg': 35,
    'pension-enroll': 50,
    'disability-subsidy': 48,
  };
  return Float64Array.from(residents, ({ birthDate }) => {
    const age = 2026 - Number(birthDate.slice(0, 4));
    return [...wanted].reduce(
      (sum, [service, count]) =>
        sum + count * Math.exp(-(((age - (middle[service] ?? 40)) / 12) ** 2) / 2),
      0,
    );
  });
};
