import { describe, expect, it } from 'vitest';
import { cardDoubts } from '../../domain/identity/card-doubts.ts';
import { isPersonName } from '../../domain/identity/names.ts';
import { parseIdNumber } from '../../domain/identity/id-number.ts';
import { parseSdtText } from '../id-card/sdt-text.ts';
import { encodeCardText } from '../id-card/simulator/encode-text.ts';
import { DEMO_PERSONAS, demoPersona } from './personas.ts';

function fitsLuhn(digits: string): boolean {
  const sum = Array.from(digits)
    .reverse()
    .map((digit, i) => (i % 2 === 0 ? Number(digit) : Number(digit) * 2))
    .reduce((total, n) => total + (n > 9 ? n - 9 : n), 0);
  return sum % 10 === 0;
}

/** What numbers of nobody look like: an area no place has, or a prefix that is no place's. */
const NUMBERS = {
  resident: /^500199/,
  hkMoTwResidence: /^8[123]0000\d{8}000/,
  foreigner2017: /^[A-Z]{3}500199/,
  foreigner2023: /^9/,
} as const;

const sound = DEMO_PERSONAS.filter(
  ({ id }) => !['bad-checksum', 'impossible-date', 'expired'].includes(id),
);

describe('the synthetic personas', () => {
  it('are twelve sound ones and three bad ones, with ids of their own', () => {
    expect(sound.map(({ id }) => id)).toEqual([
      'elder',
      'proxy',
      'ext-a',
      'ext-f',
      'ext-g',
      'private-use',
      'returnee',
      'latin',
      'long-latin',
      'foreigner-2017',
      'hk-permit',
      'tw-permit',
    ]);
    expect(DEMO_PERSONAS).toHaveLength(15);
    expect(new Set(DEMO_PERSONAS.map(({ id }) => id)).size).toBe(15);
    expect(demoPersona('nobody')).toBeUndefined();
  });

  it.each(sound.map((persona) => [persona.id, persona]))('%s gives no doubt', (_id, persona) => {
    expect(parseIdNumber(persona.card.idNumber).ok).toBe(true);
    const parsed = parseSdtText(encodeCardText(persona.card));
    if (!parsed.ok) throw new Error(parsed.error.detail);
    expect(isPersonName(parsed.value.name)).toBe(true);
    expect(cardDoubts(parsed.value, '20261123')).toEqual([]);
  });

  it('show every kind of card', () => {
    const kinds = new Set(sound.map(({ card }) => card.kind));
    expect([...kinds].sort()).toEqual(Object.keys(NUMBERS).sort());
  });

  it('live in an area code that no place has', () => {
    for (const { card } of DEMO_PERSONAS) {
      expect(card.idNumber).toMatch(NUMBERS[card.kind]);
    }
  });

  it.each(DEMO_PERSONAS.map((persona) => [persona.id, persona]))(
    '%s types what forms accept',
    (_id, { card, answers }) => {
      expect(answers.mobile).toMatch(/^1[3-9]\d{9}$/);
      expect(answers.bankAccount).toMatch(/^\d{10,22}$/);
      expect(fitsLuhn(answers.bankAccount)).toBe(true);
      expect(answers.disabilityCertNo).toMatch(/^\d{17}[\dX][1-7][1-4]$/);
      // A number of fifteen characters has no room in the certificate's.
      const number = card.idNumber.length === 18 ? card.idNumber.slice(0, 17) : '500199';
      expect(answers.disabilityCertNo.startsWith(number)).toBe(true);
      expect(answers.residence.divisionCode).toMatch(/^500151\d{3}$/);
    },
  );
});
