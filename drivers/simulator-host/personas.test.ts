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

const sound = DEMO_PERSONAS.filter(
  ({ id }) => !['bad-checksum', 'impossible-date', 'expired'].includes(id),
);

describe('the synthetic personas', () => {
  it('are eight sound ones and three bad ones, with ids of their own', () => {
    expect(sound.map(({ id }) => id)).toEqual([
      'elder',
      'proxy',
      'ext-a',
      'ext-f',
      'ext-g',
      'private-use',
      'returnee',
      'latin',
    ]);
    expect(DEMO_PERSONAS).toHaveLength(11);
    expect(new Set(DEMO_PERSONAS.map(({ id }) => id)).size).toBe(11);
    expect(demoPersona('nobody')).toBeUndefined();
  });

  it.each(sound.map((persona) => [persona.id, persona]))('%s gives no doubt', (_id, persona) => {
    expect(parseIdNumber(persona.card.idNumber).ok).toBe(true);
    const parsed = parseSdtText(encodeCardText(persona.card));
    if (!parsed.ok) throw new Error(parsed.error.detail);
    expect(isPersonName(parsed.value.name)).toBe(true);
    expect(cardDoubts(parsed.value, '20261123')).toEqual([]);
  });

  it('live in an area code that no place has', () => {
    for (const { card } of DEMO_PERSONAS) {
      expect(card.idNumber).toMatch(card.kind === 'foreigner2023' ? /^9/ : /^500199/);
    }
  });

  it.each(DEMO_PERSONAS.map((persona) => [persona.id, persona]))(
    '%s types what forms accept',
    (_id, { card, answers }) => {
      expect(answers.mobile).toMatch(/^1[3-9]\d{9}$/);
      expect(answers.bankAccount).toMatch(/^\d{10,22}$/);
      expect(fitsLuhn(answers.bankAccount)).toBe(true);
      expect(answers.disabilityCertNo).toMatch(/^\d{17}[\dX][1-7][1-4]$/);
      expect(answers.disabilityCertNo.slice(0, 17)).toBe(card.idNumber.slice(0, 17));
      expect(answers.residence.divisionCode).toMatch(/^500151\d{3}$/);
    },
  );
});
