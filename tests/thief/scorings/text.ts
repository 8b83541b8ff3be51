import { ManyNeedles } from '../../support/many-needles.ts';
import { spellingsOf } from '../../support/spellings.ts';
import type { Resident } from '../residents.ts';
import type { Scoring } from './scene.ts';

/** Needles shorter than this stand in ciphertext by chance: they are looked for in the open only. */
const SURE_BYTES = 6;
const FEWEST_BYTES = 4;

/** Everything of a resident that may have been written down, with what it weighs. */
function textsOf(resident: Resident): readonly (readonly [text: string, weight: number])[] {
  const { birthDate } = resident;
  const [year, month, day] = [birthDate.slice(0, 4), birthDate.slice(4, 6), birthDate.slice(6)];
  return [
    [resident.idNumber, 20],
    [resident.idNumber.slice(6), 10],
    [resident.mobile, 20],
    [resident.name, 5],
    [resident.detail, 5],
    [birthDate, 3],
    [`${year}-${month}-${day}`, 3],
  ];
}

interface Needle {
  readonly bytes: Buffer;
  readonly place: number;
  readonly weight: number;
}

/**
 * Names, numbers, addresses, telephone numbers and birth dates as they are, in every spelling, anywhere: rows,
 * free pages and logs of databases, headers, names of files, also in what should be ciphertext.
 */
export const byReadableText: Scoring = ({ evidence, residents }) => {
  const score = new Float64Array(residents.length);
  const long = new ManyNeedles<Needle>();
  const short = new ManyNeedles<Needle>();
  for (const [place, resident] of residents.entries()) {
    for (const [text, weight] of textsOf(resident)) {
      for (const { bytes } of spellingsOf(text)) {
        const needle = { bytes, place, weight };
        if (bytes.length >= SURE_BYTES) long.add(needle);
        else if (bytes.length >= FEWEST_BYTES) short.add(needle);
      }
    }
  }
  const note = ({ place, weight }: Needle): void => {
    score[place] = (score[place] ?? 0) + weight;
  };
  for (const hay of evidence.open) {
    long.in(hay, note);
    short.in(hay, note);
  }
  for (const hay of evidence.sealed) long.in(hay, note);
  return score;
};
