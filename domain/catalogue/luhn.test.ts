import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isLuhnValid } from './luhn.ts';

const digits = fc.stringMatching(/^\d{9,21}$/);

const withCheckDigit = (start: string): string =>
  Array.from({ length: 10 }, (_, last) => start + String(last)).find(isLuhnValid)!;

it('accepts known good numbers', () => {
  for (const good of ['79927398713', '4111111111111111', '4012888888881881']) {
    expect(isLuhnValid(good)).toBe(true);
  }
});

it('finds every single wrong digit', () => {
  fc.assert(
    fc.property(digits, fc.nat(), fc.integer({ min: 1, max: 9 }), (start, at, change) => {
      const good = withCheckDigit(start);
      const place = at % good.length;
      const wrong = (Number(good[place]) + change) % 10;
      expect(isLuhnValid(good.slice(0, place) + String(wrong) + good.slice(place + 1))).toBe(false);
    }),
  );
});

it('takes nothing but digits', () => {
  for (const bad of ['', '0', '4111 1111 1111 1111', '４１１１', 'abc']) {
    expect(isLuhnValid(bad)).toBe(false);
  }
});
