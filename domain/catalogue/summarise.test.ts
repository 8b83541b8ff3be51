import { describe, expect, it } from 'vitest';
import { demoCatalogue } from '../../kiosk-config/index.ts';
import type { Answers } from './form.ts';
import { dateText, summarise } from './summarise.ts';

const form = demoCatalogue().services.find(({ id }) => id === 'disability-subsidy')!.form;

const answers: Answers = {
  name: '欧阳𰻝',
  idNo: '500199197810050059',
  birthDate: '1978-10-05',
  address: { division: '500151001', detail: '某路9号' },
  mobile: '13800000000',
  kinds: ['life', 'care'],
  bankAccount: '4111111111111111',
  isProxy: false,
  proxyName: '龚小兰',
  commit: true,
  signature: { mode: 'signature', strokes: '12' },
};

function valueOf(field: string, locale: 'zh' | 'en', masked = false): string | undefined {
  return summarise(form, answers, locale, { masked })
    .flatMap(({ items }) => items)
    .find((item) => item.field === field)?.value;
}

describe('the summary of an application', () => {
  it('has the sections that were asked, in their order, titled in the language', () => {
    expect(summarise(form, answers, 'zh').map(({ sectionTitle }) => sectionTitle)).toEqual([
      '残疾人信息',
      '补贴信息',
      '办理方式',
      '确认签名',
    ]);
    expect(
      summarise(form, { ...answers, isProxy: true }, 'en').map(({ section }) => section),
    ).toContain('proxy');
    expect(valueOf('proxyName', 'zh')).toBeUndefined();
  });

  it('shows values as people write them, in both languages', () => {
    expect(valueOf('birthDate', 'zh')).toBe('1978年10月5日');
    expect(valueOf('birthDate', 'en')).toBe('5 October 1978');
    expect(valueOf('kinds', 'zh')).toBe('困难残疾人生活补贴、重度残疾人护理补贴');
    expect(valueOf('address', 'zh')).toBe('巴川街道某路9号');
    expect(valueOf('address', 'en')).toBe('Bachuan Subdistrict, 某路9号');
    expect(valueOf('isProxy', 'en')).toBe('No');
    expect(valueOf('commit', 'zh')).toBe('已同意');
    expect(valueOf('signature', 'zh')).toBe('已签名');
    expect(valueOf('gender', 'zh')).toBe('');
  });

  it('keeps every character of a name', () => {
    expect(valueOf('name', 'zh')).toBe('欧阳𰻝');
  });

  it('masks what the form says is to be masked', () => {
    expect(valueOf('name', 'zh', true)).toBe('欧阳*');
    expect(valueOf('idNo', 'zh', true)).toBe('500*************59');
    expect(valueOf('bankAccount', 'en', true)).toBe('************1111');
    expect(valueOf('address', 'zh', true)).toBe('巴川街道***');
    expect(valueOf('kinds', 'zh', true)).toBe(valueOf('kinds', 'zh'));
  });

  it('says of a mark that a witness was there', () => {
    const marked = { ...answers, signature: { mode: 'witnessedMark' } };
    const items = summarise(form, marked, 'en').flatMap((section) => section.items);
    expect(items.at(-1)?.value).toBe('Mark made before a witness');
  });

  it('leaves alone what is no day', () => {
    expect(dateText('long-term', 'en')).toBe('long-term');
    expect(dateText('1990-13-01', 'en')).toBe('1990-13-01');
  });
});
