import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Bitmap } from './bitmap.ts';
import { blacken, countBlack, createBitmap, fillRect, isBlack, overlay, rowsOf } from './bitmap.ts';
import { codePointBox } from './code-point-box.ts';
import { loadGlyphFont } from './glyph-font.ts';
import { fillOutline } from './outline.ts';

const font = await loadGlyphFont();
const square = { size: 24, columns: 2 } as const;

function rows(bitmap: Bitmap): readonly string[] {
  return Array.from({ length: bitmap.height }, (_, y) =>
    Array.from({ length: bitmap.width }, (_, x) => (isBlack(bitmap, x, y) ? '#' : '.')).join(''),
  );
}

describe('characters drawn for printers', () => {
  it('reads the font once', () => {
    expect(loadGlyphFont()).toBe(loadGlyphFont());
  });

  it('draws rare characters of names with the font itself, not as boxes', () => {
    for (const character of '张龚䶮𬱖𰻝㛃𠅤〇') {
      expect(font.has(character)).toBe(true);
      const glyph = font.draw(character, square);
      expect([glyph.width, glyph.height]).toEqual([24, 24]);
      expect(glyph.data).not.toEqual(codePointBox(character.codePointAt(0)!, 24).data);
      expect(countBlack(glyph)).toBeGreaterThan(40);
    }
  });

  it('draws a character of private use in its form of today', () => {
    expect(font.draw('\u{E863}', square).data).toEqual(font.draw('䶮', square).data);
  });

  it('draws a box with the code point where the font has nothing, and never a blank', () => {
    for (const character of ['𠮷', '👍', '\u{E000}', '\u001b', '\u{10FFFF}']) {
      expect(font.draw(character, square)).toEqual(codePointBox(character.codePointAt(0)!, 24));
    }
    expect(codePointBox(0x20bb7, 24).data).not.toEqual(codePointBox(0x20bb8, 24).data);
  });

  it('keeps all digits of the code point in the box of a half square', () => {
    const ink = (code: number): string =>
      font.draw(String.fromCodePoint(code), { size: 24, columns: 1 }).data.join();
    expect(new Set([0x0531, 0x0532, 0x0581, 0x1531, 0x0571].map(ink)).size).toBe(5);
    expect(font.has('\u0531')).toBe(false);
  });

  it('leaves a mark for every character but spaces, in cells of the right size', () => {
    const anyCharacter = fc.oneof(
      fc.integer({ min: 0, max: 0x3ffff }),
      fc.integer({ min: 0x4e00, max: 0x9fff }),
    );
    fc.assert(
      fc.property(
        anyCharacter,
        fc.constantFrom(24, 48),
        fc.constantFrom(1, 2),
        (code, size, columns) => {
          if (code >= 0xd800 && code <= 0xdfff) return;
          const character = String.fromCodePoint(code);
          const glyph = font.draw(character, { size, columns: columns === 1 ? 1 : 2 });
          expect([glyph.width, glyph.height]).toEqual([(size / 2) * columns, size]);
          if (!/[\s\p{Zs}]/u.test(character)) expect(countBlack(glyph)).toBeGreaterThan(0);
        },
      ),
      // a thin line that is squeezed
      { numRuns: 200, examples: [[0xff5c, 24, 1]] },
    );
  });

  it('keeps wide Latin letters within their half square', () => {
    const glyph = font.draw('W', { size: 24, columns: 1 });
    expect(glyph.width).toBe(12);
    expect(rows(glyph).some((row) => row.startsWith('#') && row.endsWith('#'))).toBe(true);
  });

  it('draws the same every time, and twice as large with finer strokes', () => {
    expect(font.draw('龚', square)).toEqual(font.draw('龚', square));
    const large = font.draw('龚', { size: 48, columns: 2 });
    const ratio = countBlack(large) / countBlack(font.draw('龚', square));
    expect(ratio).toBeGreaterThan(2.5);
    expect(ratio).toBeLessThan(5);
  });
});

describe('filling outlines', () => {
  const box = (
    from: number,
    to: number,
    clockwise = true,
  ): { command: string; args: number[] }[] => {
    const corners = [
      [from, from],
      [from, to],
      [to, to],
      [to, from],
    ];
    const [first, ...others] = clockwise ? corners : corners.toReversed();
    return [
      { command: 'moveTo', args: first! },
      ...others.map((args) => ({ command: 'lineTo', args })),
      { command: 'closePath', args: [] },
    ];
  };
  const upright = { scaleX: 1, scaleY: 1, shiftX: 0, shiftY: 8 };

  it('fills inside, leaves holes open, and joins what overlaps', () => {
    const ring = createBitmap(8, 8);
    fillOutline(ring, [...box(1, 7), ...box(3, 5, false)], upright, 0.5);
    expect(countBlack(ring)).toBe(36 - 4);
    expect(isBlack(ring, 3, 3)).toBe(false);
    const joined = createBitmap(8, 8);
    fillOutline(joined, [...box(1, 5), ...box(3, 7)], upright, 0.5);
    expect(countBlack(joined)).toBe(16 + 16 - 4);
  });

  it('blackens a dot by how much of it is covered', () => {
    const thin = [
      { command: 'moveTo', args: [0, 0] },
      { command: 'lineTo', args: [0.5, 0] },
      { command: 'lineTo', args: [0.5, 8] },
      { command: 'lineTo', args: [0, 8] },
    ];
    const little = createBitmap(8, 8);
    fillOutline(little, thin, upright, 0.4);
    expect(countBlack(little)).toBe(8);
    const nothing = createBitmap(8, 8);
    fillOutline(nothing, thin, upright, 0.6);
    expect(countBlack(nothing)).toBe(0);
  });

  it('stands outlines that reach out of the picture', () => {
    const small = createBitmap(8, 8);
    fillOutline(small, box(-50, 50), upright, 0.5);
    expect(countBlack(small)).toBe(64);
  });
});

describe('bitmaps', () => {
  it('keep dots where they were put, most significant bit left', () => {
    const bitmap = createBitmap(10, 2);
    blacken(bitmap, 0, 0);
    blacken(bitmap, 9, 1);
    blacken(bitmap, 10, 0);
    blacken(bitmap, -1, 0);
    expect([...bitmap.data]).toEqual([0x80, 0, 0, 0x40]);
    expect([...rowsOf(bitmap, 1, 9).data]).toEqual([0, 0x40]);
    const large = createBitmap(20, 4);
    overlay(large, bitmap, { x: 0, y: 0, scaleX: 2, scaleY: 2 });
    expect(countBlack(large)).toBe(8);
    fillRect(large, { x: 18, y: 0, width: 9, height: 1 });
    expect(countBlack(large)).toBe(10);
  });
});
