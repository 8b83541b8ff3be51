import { describe, expect, it } from 'vitest';
import { parseRecord, readFields, TAG, trimPadding } from './card-fields.ts';

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));
const text = (value: string): Uint8Array => Uint8Array.from(Buffer.from(value, 'latin1'));

/** 张三 in GBK. */
const ZHANG_SAN = 'd5c5c8fd';
const GOOD: readonly (readonly [number, Uint8Array])[] = [
  [TAG.number, text('500199196609090011')],
  [TAG.name, bytes(ZHANG_SAN.padEnd(60, '0'))],
];
const read = (...more: readonly (readonly [number, Uint8Array])[]) =>
  readFields(new Map([...GOOD, ...more]));

describe('a record', () => {
  it('is tag, length and value; what is cut short is none', () => {
    expect(parseRecord(bytes('0502abcd'))).toEqual({ tag: 5, value: bytes('abcd') });
    expect(parseRecord(bytes('0502abcdffff'))).toEqual({ tag: 5, value: bytes('abcd') });
    for (const cut of ['', '05', '0502', '0502ab', '000100', 'ff01aa', '05ff00']) {
      expect(parseRecord(bytes(cut)), cut).toBeUndefined();
    }
  });
});

describe('the padding of a value', () => {
  it.each([
    ['41ffff', '41'],
    ['410000', '41'],
    ['412020', '41'],
    ['ffffff', ''],
    [`${ZHANG_SAN}00ff20`, ZHANG_SAN],
  ])('of %s leaves %s', (padded, left) => {
    expect(Buffer.from(trimPadding(bytes(padded))).toString('hex')).toBe(left);
  });
});

describe('the fields of a card', () => {
  it('need a number, and all else may be missing', () => {
    expect(read()).toMatchObject({
      ok: true,
      value: { number: '500199196609090011', name: '张三' },
    });
    for (const number of ['', '12', '50019919660909001?', '社会', '5001991966090900112']) {
      expect(read([TAG.number, text(number)]), number).toMatchObject({
        ok: false,
        error: { code: 'securityCard.invalidContent' },
      });
    }
  });

  it('have a number padded with FF or 00, its x in capital', () => {
    for (const padding of ['ff', '00']) {
      const padded = Uint8Array.from([...text('50019919660909001x'), ...bytes(padding)]);
      expect(read([TAG.number, padded])).toMatchObject({ value: { number: '50019919660909001X' } });
    }
  });

  it('have dates in packed digits; what is no day is not told', () => {
    const dates = (issued: string, last: string) =>
      read([TAG.issuedOn, bytes(issued)], [TAG.validTo, bytes(last)]);
    expect(dates('20180901', '20280831')).toMatchObject({
      value: { issuedOn: '20180901', validTo: '20280831' },
    });
    for (const none of ['ffffffff', '00000000', '20260230', '2026ab01', '202608', '']) {
      const result = dates(none, none);
      expect(result.ok && 'issuedOn' in result.value, none).toBe(false);
      expect(result.ok && 'validTo' in result.value, none).toBe(false);
    }
  });

  it('have an institution as text or as packed digits', () => {
    const of = (value: Uint8Array) => {
      const result = read([TAG.institution, value]);
      return result.ok ? result.value.institution : 'refused';
    };
    expect(of(text('500199000001'))).toBe('500199000001');
    expect(of(bytes('500199000001ffffffffffff'))).toBe('500199000001');
    expect(of(bytes('ffffffffffff'))).toBeUndefined();
    expect(of(bytes('000000000000'))).toBeUndefined();
    expect(of(bytes('0102ff'))).toBe('0102');
    expect(of(bytes('abcdef'))).toBeUndefined();
  });

  it('have a name that goes on in its extension, a character across the seam included', () => {
    const long = Buffer.from(`${'d5c5'.repeat(14)}c8fd`, 'hex'); // 张 fourteen times, 三
    const name = (split: number) => {
      const result = read(
        [TAG.name, Uint8Array.from(long.subarray(0, split))],
        [TAG.nameExtension, Uint8Array.from([...long.subarray(split), 0, 0])],
      );
      return result.ok ? result.value.name : 'refused';
    };
    expect(name(30)).toBe(`${'张'.repeat(14)}三`);
    expect(name(28)).toBe(`${'张'.repeat(14)}三`);
    expect(name(29)).toBe(`${'张'.repeat(14)}三`);
  });

  it('have no name rather than a wrong one', () => {
    for (const broken of ['d5', 'd5c5ff41', 'd5c50041', 'd5c50a41']) {
      expect(read([TAG.name, bytes(broken)]), broken).toMatchObject({
        ok: true,
        value: { name: '' },
      });
    }
  });
});
