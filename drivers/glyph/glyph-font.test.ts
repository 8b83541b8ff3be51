import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { countBlack } from './bitmap.ts';
import { codePointBox } from './code-point-box.ts';
import type { GlyphFont } from './glyph-font.ts';
import { loadGlyphFont } from './glyph-font.ts';

let font: GlyphFont;

beforeAll(async () => {
  font = await loadGlyphFont();
});

describe('characters as dots', () => {
  it('reads the font once', () => {
    expect(loadGlyphFont()).toBe(loadGlyphFont());
  });

  it.each([24, 48])(
    'draws names with rare characters at %i dots, each with a shape of its own',
    (size) => {
      const characters = Array.from('张三丰龚䶮玲欧阳陈\u{2CC56}\u{30EDD}');
      const drawn = characters.map((character) => font.draw(character, { size, columns: 2 }));
      for (const bitmap of drawn) {
        expect([bitmap.width, bitmap.height]).toEqual([size, size]);
        expect(countBlack(bitmap)).toBeGreaterThan(size);
      }
      expect(new Set(drawn.map(({ data }) => data.join())).size).toBe(characters.length);
      for (const character of characters) expect(font.has(character)).toBe(true);
    },
  );

  it('draws a character in private use in its form of today', () => {
    const cell = { size: 24, columns: 2 } as const;
    expect(font.draw('\uE863', cell)).toEqual(font.draw('䶮', cell));
  });

  it('draws a box with the code point for a character that the font has not', () => {
    const cell = { size: 24, columns: 2 } as const;
    for (const character of ['\u{F0000}', '\u{1F600}', '\uE000']) {
      expect(font.has(character)).toBe(false);
      const box = codePointBox(character.codePointAt(0)!, 24);
      expect(font.draw(character, cell).data).toEqual(box.data);
    }
    expect(codePointBox(0xe000, 24)).not.toEqual(codePointBox(0xe001, 24));
  });

  it('leaves nothing blank but spaces', () => {
    const ideograph = fc.oneof(
      fc.integer({ min: 0x3400, max: 0x9fff }),
      fc.integer({ min: 0xe000, max: 0xf8ff }),
      fc.integer({ min: 0x20000, max: 0x323af }),
    );
    fc.assert(
      fc.property(ideograph, fc.constantFrom(24, 48), (codePoint, size) => {
        const bitmap = font.draw(String.fromCodePoint(codePoint), { size, columns: 2 });
        expect(countBlack(bitmap)).toBeGreaterThan(0);
      }),
    );
    expect(countBlack(font.draw(' ', { size: 24, columns: 1 }))).toBe(0);
  });
});
