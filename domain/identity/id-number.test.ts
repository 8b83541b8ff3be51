import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRealDate } from './calendar-date.ts';
import {
  hasRightCheckDigit,
  idNumberCheckDigit,
  normaliseIdNumber,
  parseIdNumber,
  readIdNumber,
} from './id-number.ts';

const seventeen = fc
  .tuple(
    fc.integer({ min: 110000, max: 659999 }),
    fc.date({ min: new Date('1900-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }),
    fc.integer({ min: 0, max: 999 }),
  )
  .map(
    ([area, day, sequence]) =>
      `${area}${day.toISOString().slice(0, 10).replaceAll('-', '')}${String(sequence).padStart(3, '0')}`,
  );

describe('id number by GB 11643', () => {
  it.each([
    ['11010519491231002', 'X'],
    ['11010119900307775', '8'],
  ])('%s has check digit %s', (digits, check) => {
    expect(idNumberCheckDigit(digits)).toBe(check);
  });

  it('takes a lower-case x and spaces, and stores an upper-case X', () => {
    expect(normaliseIdNumber(' 110105 19491231 002x ')).toBe('11010519491231002X');
    expect(parseIdNumber('11010519491231002x')).toEqual({
      ok: true,
      value: { kind: 'resident', value: '11010519491231002X', birthDate: '19491231', sex: '2' },
    });
  });

  it('tells foreigners and residence permits from residents', () => {
    expect(parseIdNumber('950840198506150018')).toEqual({
      ok: true,
      value: { kind: 'foreigner2023', value: '950840198506150018', birthDate: '19850615' },
    });
    for (const area of ['810000', '820000', '830000']) {
      const digits = `${area}19900101001`;
      const number = `${digits}${idNumberCheckDigit(digits) ?? ''}`;
      expect(parseIdNumber(number)).toMatchObject({ ok: true, value: { kind: 'hkMoTwResidence' } });
    }
    expect(parseIdNumber('USA500199850615')).toEqual({
      ok: true,
      value: { kind: 'foreigner2017', value: 'USA500199850615' },
    });
  });

  it('names what is wrong: shape, birth date, check digit', () => {
    expect(parseIdNumber('50019919410305001')).toEqual({ ok: false, error: 'shape' });
    expect(parseIdNumber('5001991941030500X3')).toEqual({ ok: false, error: 'shape' });
    expect(parseIdNumber('500199194102300013')).toEqual({ ok: false, error: 'birthDate' });
    expect(parseIdNumber('500199194103050014')).toEqual({ ok: false, error: 'checksum' });
  });

  it('reads what a number says even when its check digit is wrong', () => {
    expect(readIdNumber('500199194103050014')).toMatchObject({ birthDate: '19410305', sex: '1' });
  });

  it('accepts every number that carries its own check digit, and no other check digit', () => {
    fc.assert(
      fc.property(seventeen, fc.integer({ min: 0, max: 10 }), (digits, wrong) => {
        const right = idNumberCheckDigit(digits);
        expect(parseIdNumber(`${digits}${right ?? ''}`).ok).toBe(true);
        const other = '0123456789X'[wrong] ?? '';
        if (other !== right) expect(parseIdNumber(`${digits}${other}`).ok).toBe(false);
      }),
    );
  });

  it('notices every single wrong digit and every swap of neighbours', () => {
    fc.assert(
      fc.property(
        seventeen,
        fc.integer({ min: 0, max: 16 }),
        fc.integer({ min: 1, max: 9 }),
        (digits, at, add) => {
          const number = `${digits}${idNumberCheckDigit(digits) ?? ''}`;
          const wrong = String((Number(number[at]) + add) % 10);
          expect(hasRightCheckDigit(number.slice(0, at) + wrong + number.slice(at + 1))).toBe(
            false,
          );
          const [a = '', b = ''] = [number[at], number[at + 1]];
          if (a !== b && b !== 'X') {
            expect(hasRightCheckDigit(number.slice(0, at) + b + a + number.slice(at + 2))).toBe(
              false,
            );
          }
        },
      ),
    );
  });

  it('never throws, whatever the text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseIdNumber(text)));
  });
});

describe('a real date', () => {
  it.each(['20240229', '20000229', '19000228', '19991231'])('%s is one', (date) => {
    expect(isRealDate(date)).toBe(true);
  });
  it.each(['20230229', '19000229', '20241301', '20240000', '20240100', '2024010', '', '00000000'])(
    '%s is none',
    (date) => {
      expect(isRealDate(date)).toBe(false);
    },
  );
});
