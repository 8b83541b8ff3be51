import * as fc from 'fast-check';
import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { toCells, toRuns } from './charset.ts';
import { LATE_GBK_CODES, PROFILES } from './profile.ts';

const { lacks } = PROFILES.generic80;

describe('which characters the printer prints itself', () => {
  it('prints common Chinese and ASCII as text, two bytes and one byte a character', () => {
    expect(toRuns('张三丰 A1', lacks)).toEqual([
      { type: 'text', text: '张三丰 A1', bytes: Uint8Array.from(iconv.encode('张三丰 A1', 'gbk')) },
    ]);
  });

  it.each([
    ['a late GBK code', '龚', '䶮'],
    ['an ideograph of extension E', '', '\u{2CC56}'],
    ['an ideograph of extension G', '欧阳', '\u{30EDD}'],
    ['an ideograph of four bytes in GB 18030', '', '㐂'],
    ['a character in private use', '陈', '\uE863'],
    ['a character in private use that no standard explains', '陈', '\uE000'],
    ['an emoji', '', '😀'],
    ['the euro sign, one byte in GBK', '', '€'],
    ['a control character', '', '\u0010'],
    ['a lone surrogate', '', '\ud800'],
  ])('draws %s', (_what, before, character) => {
    const runs = toRuns(`${before}${character}`, lacks);
    expect(runs.map(({ type }) => type)).toEqual(before === '' ? ['raster'] : ['text', 'raster']);
    expect(runs.at(-1)?.text).toBe(character);
  });

  it('loses no visible character of any text, and none becomes a question mark', () => {
    const visible = fc.string({ unit: 'binary' }).map((text) => {
      return text.replace(/[\p{Cf}\u{FE00}-\u{FE0F}\u{E0100}-\u{E01EF}\t\p{Zs}]/gu, '');
    });
    fc.assert(
      fc.property(visible, (text) => {
        const cells = toCells(text, lacks);
        expect(cells.map(({ character }) => character).join('')).toBe(text);
        for (const { character, bytes } of cells) {
          if (bytes !== undefined) {
            expect(iconv.decode(Buffer.from(bytes), 'gbk')).toBe(character);
            expect(bytes).toHaveLength(character.codePointAt(0)! < 0x80 ? 1 : 2);
          }
        }
      }),
    );
  });

  it('never trusts the printer with a code that its font may lack', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0x4e00, max: 0x9fff }), (codePoint) => {
        for (const { bytes } of toCells(String.fromCodePoint(codePoint), lacks)) {
          if (bytes === undefined) continue;
          const code = bytes[0]! * 256 + bytes[1]!;
          expect(LATE_GBK_CODES.some(([from, to]) => code >= from && code <= to)).toBe(false);
        }
      }),
    );
  });
});
