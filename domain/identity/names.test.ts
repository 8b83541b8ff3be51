import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  codePointLength,
  graphemes,
  isPersonName,
  isLatinName,
  maskName,
  surnameLength,
} from './names.ts';

describe('a name', () => {
  it.each([
    ['张三', '张*'],
    ['张三丰', '张**'],
    ['欧阳\u{30EDD}', '欧阳*'],
    ['欧阳', '欧*'],
    ['司马相如', '司马**'],
    ['\u{2CC56}玲', '\u{2CC56}*'],
    ['陈\u{E863}', '陈*'],
    ['葛\u{E0100}飞', '葛\u{E0100}*'],
    ['买买提·艾力', '买**·**'],
    ['EMMA JOHNSON', 'E*** J******'],
    ['JOHNSON, EMMA', 'J******, E***'],
    ["Anne-Marie O'Neil", "A***-M**** O'N***"],
    ['张', '*'],
    ['', ''],
  ])('%s is masked as %s', (name, masked) => {
    expect(maskName(name)).toBe(masked);
  });

  it('counts what people see, not UTF-16 units', () => {
    expect(codePointLength('\u{2CC56}玲')).toBe(2);
    expect(graphemes('葛\u{E0100}飞')).toHaveLength(2);
    expect(surnameLength('欧阳\u{30EDD}')).toBe(2);
    expect(surnameLength('欧阳')).toBe(1);
  });

  it('may be of any script, of private-use characters too, but not of digits or half characters', () => {
    for (const name of ['龚大福', '陈\u{E863}', '\u{2CC56}玲', 'JOHNSON, EMMA', '买买提·艾力']) {
      expect(isPersonName(name)).toBe(true);
    }
    for (const text of ['', ' 张', '张3', '张\uD800', 'x'.repeat(61), '张\n三']) {
      expect(isPersonName(text)).toBe(false);
    }
    expect(isLatinName('EMMA JOHNSON')).toBe(true);
    expect(isLatinName('陈')).toBe(false);
  });

  it('keeps its length when masked and never shows a whole name', () => {
    const han = fc.integer({ min: 0x4e00, max: 0x9fa5 }).map((c) => String.fromCodePoint(c));
    fc.assert(
      fc.property(fc.array(han, { minLength: 1, maxLength: 8 }), (characters) => {
        const name = characters.join('');
        const masked = maskName(name);
        expect(graphemes(masked)).toHaveLength(graphemes(name).length);
        expect(masked).not.toBe(name);
        expect(masked.endsWith('*')).toBe(true);
      }),
    );
  });
});
