import { describe, expect, it } from 'vitest';
import { cardDoubts } from './card-doubts.ts';
import type { CardKind, IdCardData } from './card.ts';
import { NATION_CODES, isNationCode, nationName } from './nation.ts';

const card: IdCardData = {
  kind: 'resident',
  name: '龚大福',
  sex: '1',
  nationCode: '01',
  birthDate: '19410305',
  address: '重庆市铜梁区巴川街道',
  idNumber: '500199194103050013',
  issuer: '重庆市公安局铜梁区分局',
  validFrom: '20160301',
  validTo: 'long-term',
};

describe('doubts about a card', () => {
  it('has none about a sound card', () => {
    expect(cardDoubts(card, '20261123')).toEqual([]);
  });

  it('names each thing that does not fit', () => {
    const today = '20261123';
    expect(cardDoubts({ ...card, idNumber: '500199194103050014' }, today)).toEqual([
      'idNumberChecksum',
    ]);
    expect(cardDoubts({ ...card, birthDate: '19410306' }, today)).toEqual([
      'idNumberBirthDateDiffers',
    ]);
    expect(cardDoubts({ ...card, sex: '2' }, today)).toEqual(['idNumberSexDiffers']);
    expect(cardDoubts({ ...card, sex: '9' }, today)).toEqual([]);
    expect(cardDoubts({ ...card, nationCode: '57' }, today)).toEqual(['nationUnknown']);
  });

  it('holds a card good through its last day and from its first', () => {
    const dated = { ...card, validFrom: '20200101', validTo: '20261123' };
    expect(cardDoubts(dated, '20261123')).toEqual([]);
    expect(cardDoubts(dated, '20261124')).toEqual(['expired']);
    expect(cardDoubts(dated, '20200101')).toEqual([]);
    expect(cardDoubts(dated, '20191231')).toEqual(['notYetValid']);
  });

  it('asks nothing of a foreigner that only a resident card has', () => {
    const foreigner: IdCardData = {
      kind: 'foreigner2017',
      name: 'EMMA JOHNSON',
      latinName: 'EMMA JOHNSON',
      sex: '2',
      nationality: 'USA',
      birthDate: '19850615',
      idNumber: 'USA500199850615',
      validFrom: '20200101',
      validTo: '20300101',
    };
    expect(cardDoubts(foreigner, '20261123')).toEqual([]);
  });

  it.each([
    ['resident', '500199194103050013'],
    ['hkMoTwResidence', '810000198802140003'],
    ['hkMoTwResidence', '830000199508210005'],
    ['foreigner2023', '950840198506150018'],
    ['foreigner2017', 'USA500199850615'],
  ] as const)('holds the number of a card %s to the rule of that kind: %s', (kind, idNumber) => {
    const doubtsOf = (of: CardKind, number: string): readonly string[] =>
      cardDoubts({ ...card, kind: of, idNumber: number, sex: '9' }, '20261123').filter(
        (doubt) => doubt === 'idNumberChecksum',
      );
    expect(doubtsOf(kind, idNumber)).toEqual([]);
    const kinds = ['resident', 'hkMoTwResidence', 'foreigner2017', 'foreigner2023'] as const;
    for (const other of kinds.filter((one) => one !== kind)) {
      expect(doubtsOf(other, idNumber)).toEqual(['idNumberChecksum']);
    }
    if (idNumber.length === 18) {
      const wrong = `${idNumber.slice(0, 17)}${idNumber.endsWith('1') ? '2' : '1'}`;
      expect(doubtsOf(kind, wrong)).toEqual(['idNumberChecksum']);
    }
  });
});

describe('nations by GB/T 3304', () => {
  it('has the fifty-six and the five other entries, in order', () => {
    expect(NATION_CODES).toHaveLength(61);
    expect(nationName('01')).toEqual({ zh: '汉', en: 'Han' });
    expect(nationName('25').zh).toBe('水');
    expect(nationName('26').zh).toBe('东乡');
    expect(nationName('29').zh).toBe('柯尔克孜');
    expect(nationName('56')).toEqual({ zh: '基诺', en: 'Jino' });
    expect(nationName('98').en).toBe('Chinese national of foreign descent');
    expect(NATION_CODES.every((code) => /^\d\d$/.test(code) && nationName(code).en !== '')).toBe(
      true,
    );
  });

  it('shows an unknown code as it is', () => {
    expect(isNationCode('57')).toBe(false);
    expect(nationName('57')).toEqual({ zh: '57', en: '57' });
  });
});
