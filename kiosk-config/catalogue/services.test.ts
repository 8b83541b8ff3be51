import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { catalogueProblems } from '../../domain/catalogue/check-catalogue.ts';
import type { Answers, FieldErrorCode } from '../../domain/catalogue/form.ts';
import { createFormValidator } from '../../domain/catalogue/validate.ts';
import { visibleSections } from '../../domain/catalogue/visible-fields.ts';
import { searchedNames } from './build-catalogue.ts';
import { DEMO_SERVICES, demoCatalogue } from './index.ts';
import { searchKey } from './pinyin.ts';
import { SEARCH_KEYS } from './search-keys.ts';

const { validate } = createFormValidator(new Ajv2020({ allErrors: true, strict: true }));
const today = '2026-11-23';
const catalogue = demoCatalogue();
const formOf = (id: string) => catalogue.services.find((service) => service.id === id)!.form;

const person = {
  name: '𬱖玲',
  idNo: '500199198509260043',
  gender: '2',
  birthDate: '1985-09-26',
  address: { division: '500151001', detail: '某路1号' },
  mobile: '13800000000',
  commit: true,
  signature: { mode: 'signature', strokes: '9' },
};

const good: Record<string, Answers> = {
  'unemployment-reg': {
    ...person,
    education: '70',
    regPlaceType: 'hukou',
    reason: 'contractEnd',
    lostDate: '2026-10-31',
    lastEmployer: '某某公司',
    wantJob: '保洁',
    wantTraining: false,
  },
  'pension-enroll': {
    ...person,
    nation: '15',
    hukouAddress: '重庆市铜梁区巴川街道某路1号',
    groupType: ['disabled'],
    payTier: '200',
    bankAccount: '4111111111111111',
  },
  'disability-subsidy': {
    ...person,
    hukouAddress: '重庆市铜梁区巴川街道某路1号',
    disabilityCertNo: '50019919850926004342',
    disabilityType: '4',
    disabilityLevel: '2',
    kinds: ['care'],
    bankAccount: '4111111111111111',
    isProxy: true,
    proxyName: '龚小兰',
    proxyIdNo: '500199196907120020',
    proxyRelation: 'sibling',
    proxyMobile: '02312345678',
  },
};

/** For each field what must not pass, and what is said of it. */
const bad: Record<string, readonly (readonly [unknown, FieldErrorCode])[]> = {
  name: [
    [undefined, 'required'],
    ['', 'required'],
    ['陈1', 'charset'],
    ['张'.repeat(61), 'tooLong'],
    [7, 'wrongType'],
  ],
  idNo: [
    [undefined, 'required'],
    ['500199198509260044', 'checksum'],
    ['500199198502300049', 'checksum'],
    ['5001991985092600x3', 'pattern'],
    ['50019919850926', 'tooShort'],
    ['5001991985092600430', 'tooLong'],
  ],
  gender: [
    [undefined, 'required'],
    ['9', 'notAnOption'],
  ],
  nation: [
    [undefined, 'required'],
    ['58', 'notAnOption'],
  ],
  birthDate: [
    [undefined, 'required'],
    ['1985-02-30', 'notADate'],
    ['2026-11-24', 'dateTooLate'],
    ['1899-12-31', 'dateTooEarly'],
    ['1985-09-27', 'differsFromOther'],
  ],
  hukouAddress: [
    [undefined, 'required'],
    ['路'.repeat(101), 'tooLong'],
    ['某路\u0007', 'charset'],
  ],
  address: [
    [undefined, 'required'],
    [{ division: '500151001' }, 'required'],
    [{ division: '500151001', detail: '' }, 'required'],
    [{ division: '500151999', detail: '某路' }, 'notAnOption'],
    [{ division: 'other', detail: '路'.repeat(101) }, 'tooLong'],
    [{ division: 'other', detail: '某路', more: '1' }, 'wrongType'],
    ['某路', 'wrongType'],
  ],
  mobile: [
    [undefined, 'required'],
    ['12800000000', 'pattern'],
    ['1380000000', 'pattern'],
  ],
  education: [
    [undefined, 'required'],
    ['50', 'notAnOption'],
  ],
  regPlaceType: [
    [undefined, 'required'],
    ['moon', 'notAnOption'],
  ],
  reason: [
    [undefined, 'required'],
    ['bored', 'notAnOption'],
  ],
  lostDate: [
    [undefined, 'required'],
    ['2026-11-24', 'dateTooLate'],
    ['1969-12-31', 'dateTooEarly'],
    ['31/10/2026', 'notADate'],
  ],
  lastEmployer: [['司'.repeat(101), 'tooLong']],
  wantJob: [['工'.repeat(61), 'tooLong']],
  wantTraining: [['yes', 'wrongType']],
  groupType: [
    [['rich'], 'notAnOption'],
    [['disabled', 'disabled'], 'wrongType'],
    ['disabled', 'wrongType'],
  ],
  payTier: [
    [undefined, 'required'],
    ['300', 'notAnOption'],
  ],
  bankAccount: [
    [undefined, 'required'],
    ['4111111111111112', 'checksum'],
    ['411', 'pattern'],
  ],
  disabilityCertNo: [
    [undefined, 'required'],
    ['50019919690712002042', 'differsFromOther'],
    ['50019919850926004382', 'pattern'],
    ['5001991985092600434'.repeat(2), 'tooLong'],
  ],
  disabilityType: [
    [undefined, 'required'],
    ['8', 'notAnOption'],
    ['1', 'differsFromOther'],
  ],
  disabilityLevel: [
    [undefined, 'required'],
    ['5', 'notAnOption'],
    ['1', 'differsFromOther'],
  ],
  kinds: [
    [undefined, 'required'],
    [[], 'required'],
    [['more'], 'notAnOption'],
  ],
  isProxy: [
    [undefined, 'required'],
    ['no', 'wrongType'],
  ],
  proxyName: [
    [undefined, 'required'],
    ['<b>', 'charset'],
  ],
  proxyIdNo: [
    [undefined, 'required'],
    ['500199196907120021', 'checksum'],
    ['500199198509260043', 'sameAsOther'],
  ],
  proxyRelation: [
    [undefined, 'required'],
    ['self', 'notAnOption'],
  ],
  proxyMobile: [
    [undefined, 'required'],
    ['110', 'pattern'],
  ],
  commit: [
    [undefined, 'mustAgree'],
    [false, 'mustAgree'],
  ],
  signature: [
    [undefined, 'required'],
    [{ mode: 'signature', strokes: '1' }, 'tooShort'],
    [{ strokes: '5' }, 'required'],
  ],
};

describe.each(Object.keys(good))('the form of %s', (id) => {
  const form = formOf(id);
  const answers = good[id]!;

  it('takes a good set of answers', () => {
    expect(validate(form, answers, { today })).toEqual([]);
    // the set answers every field, so that none escapes the next test
    expect(Object.keys(answers).sort()).toEqual(Object.keys(form.properties).sort());
  });

  it.each(
    Object.keys(form.properties).flatMap((field) =>
      bad[field]!.map(([value, code]) => ({ field, value, code })),
    ),
  )('says $code of $field when it is $value', ({ field, value, code }) => {
    const { [field]: _, ...others } = answers;
    const broken = value === undefined ? others : ({ ...others, [field]: value } as Answers);
    const errors = validate(form, broken, { today });
    expect(errors.find((error) => error.field === field)?.code).toBe(code);
  });

  it('takes every synthetic person', () => {
    for (const [name, idNo] of [
      ['龚大福', '500199194103050013'],
      ['陈䶮', '500199199201180033'],
      ['欧阳𰻝', '500199197810050059'],
      ['陈\ue863', '500199195603180038'],
      ['EMMA JOHNSON', '950840198506150018'],
    ] as const) {
      const birthDate = `${idNo.slice(6, 10)}-${idNo.slice(10, 12)}-${idNo.slice(12, 14)}`;
      const errors = validate(form, { ...answers, name, idNo, birthDate }, { today });
      expect(errors.filter(({ field }) => ['name', 'idNo', 'birthDate'].includes(field))).toEqual(
        [],
      );
    }
  });
});

describe('disability-subsidy', () => {
  const form = formOf('disability-subsidy');
  const answers = good['disability-subsidy']!;
  const sections = (given: Answers): string[] =>
    visibleSections(form, given).map(({ section }) => section.id);

  it('asks about the one applying only when someone else applies', () => {
    expect(sections(answers)).toEqual(['basic', 'sub', 'proxyq', 'proxy', 'confirm']);
    expect(sections({ ...answers, isProxy: false })).toEqual(['basic', 'sub', 'proxyq', 'confirm']);
    expect(sections({})).not.toContain('proxy');
  });

  it('does not mind wrong answers in a section that is not asked', () => {
    const own = { ...answers, isProxy: false, proxyIdNo: 'wrong', proxyMobile: '1' };
    expect(validate(form, own, { today })).toEqual([]);
  });

  it('misses every answer of the section when it is asked', () => {
    const open = Object.fromEntries(
      Object.entries(answers).filter(([field]) => !/^proxy/.test(field)),
    );
    expect(validate(form, open, { today })).toEqual(
      ['proxyName', 'proxyIdNo', 'proxyRelation', 'proxyMobile'].map((field) => ({
        field,
        code: 'required',
      })),
    );
  });
});

describe('the demo catalogue', () => {
  const texts: { zh: string; en: string }[] = [];
  JSON.stringify(catalogue, (_key, value: unknown) => {
    if (typeof value === 'object' && value !== null && 'zh' in value) {
      texts.push(value as { zh: string; en: string });
    }
    return value;
  });

  it('passes the check that a terminal makes before it uses one', () => {
    expect(catalogueProblems(JSON.parse(JSON.stringify(catalogue)))).toEqual([]);
  });

  it('has the three services, and the district with its 28 subdistricts and towns', () => {
    expect(catalogue.services.map(({ id }) => id)).toEqual([
      'unemployment-reg',
      'pension-enroll',
      'disability-subsidy',
    ]);
    expect(catalogue.divisions).toHaveLength(29);
  });

  it('is complete in both languages: Chinese where it should be, no Chinese in the English', () => {
    expect(texts.length).toBeGreaterThan(300);
    expect(texts.filter(({ en }) => /\p{Script=Han}|[，。：；（）]/u.test(en))).toEqual([]);
    expect(texts.filter(({ zh }) => !/\p{Script=Han}/u.test(zh))).toEqual([]);
    expect(texts.filter(({ zh }) => /[a-z]{3}/i.test(zh))).toEqual([]);
  });

  it('spells English words with plain letters and marks', () => {
    expect(texts.filter(({ en }) => !/^[\p{Script=Latin}\d .,:;?'’“”()/-]+$/u.test(en))).toEqual(
      [],
    );
  });
});

describe('search keys', () => {
  it('are the pinyin by syllables, ü as v', () => {
    expect(searchKey('失业登记')).toBe('shi ye deng ji');
    expect(searchKey('侣俸')).toBe('lv feng');
    expect(searchKey('12345、A证')).toBe('zheng');
  });

  it('of every name stand in the table as they are made: else node scripts/node24.mjs kiosk-config/catalogue/write-search-keys.ts', () => {
    const names = DEMO_SERVICES.flatMap(searchedNames);
    expect(SEARCH_KEYS).toEqual(Object.fromEntries(names.map((name) => [name, searchKey(name)])));
    expect(catalogue.services.map(({ searchKeys }) => searchKeys[0])).toEqual(
      DEMO_SERVICES.map(({ name }) => searchKey(name.zh)),
    );
  });
});
