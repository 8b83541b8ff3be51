import { expect, test } from 'vitest';
import { bestGuesses, chanceOfHits, mostByGuessing } from './measure.ts';
import { sharesOf } from './scorings/lengths.ts';
import { residentsOf } from './residents.ts';

test('guessing is reckoned by the hypergeometric distribution', () => {
  // two of four were there, two guesses: both right once in six
  expect(chanceOfHits(2, 4, 2, 2)).toBeCloseTo(1 / 6);
  expect(chanceOfHits(0, 4, 2, 2)).toBeCloseTo(1);
  expect(mostByGuessing(0.001, 10_000, 200, 200)).toBe(11);
});

test('where nothing decides, dice do, the same for the same seed', () => {
  const alike = new Float64Array(1000);
  expect(bestGuesses(alike, 20, 'a')).toEqual(bestGuesses(alike, 20, 'a'));
  expect(bestGuesses(alike, 20, 'a')).not.toEqual(bestGuesses(alike, 20, 'b'));
  alike[7] = 1;
  expect(bestGuesses(alike, 1, 'a')).toEqual([7]);
});

test('an item that only one resident can have handed in is his', () => {
  const residents = residentsOf('three', 3);
  const shares = sharesOf(residents, [(_, place) => (place === 2 ? 1 : 0)]);
  expect(shares[2]).toBeCloseTo(1);
  expect(new Set(residents.map(({ idNumber }) => idNumber)).size).toBe(3);
});
