import { describe, expect, it } from 'vitest';
import { isSecurityCardOf, securityCardDoubts, type SecurityCardData } from './security-card.ts';

const CARD: SecurityCardData = {
  number: '500199196609090011',
  name: '张三丰',
  birthDate: '19660909',
  issuedOn: '20180901',
  validTo: '20280831',
};

describe('what on a social security card does not fit together', () => {
  it.each([
    ['nothing, on a good card', {}, []],
    ['a number whose digits do not add up', { number: '500199196609090012' }, ['numberRule']],
    ['another day of birth', { birthDate: '19660908' }, ['numberBirthDateDiffers']],
    ['a name that nobody can read', { name: '' }, ['nameUnreadable']],
    ['a last day that is over', { validTo: '20261122' }, ['expired']],
    ['a first day to come', { issuedOn: '20261124' }, ['notYetIssued']],
    ['nothing on its last day', { validTo: '20261123' }, []],
  ])('names %s', (_what, change, doubts) => {
    expect(securityCardDoubts({ ...CARD, ...change }, '20261123')).toEqual(doubts);
  });

  it('asks nothing of dates that the card does not name', () => {
    expect(securityCardDoubts({ number: CARD.number, name: CARD.name }, '20261123')).toEqual([]);
  });
});

describe('whose card it is', () => {
  it('is told by the number alone', () => {
    expect(isSecurityCardOf(CARD, '500199196609090011')).toBe(true);
    expect(isSecurityCardOf({ ...CARD, number: '50019919780510001X' }, '50019919780510001x')).toBe(
      true,
    );
    expect(isSecurityCardOf(CARD, '500199194103050013')).toBe(false);
    expect(isSecurityCardOf({ ...CARD, number: '' }, '')).toBe(false);
  });
});
