import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import * as fontkit from 'fontkit';
import type { Font } from 'fontkit';
import { displayForm } from '../../domain/identity/private-use.ts';
import type { Bitmap } from './bitmap.ts';
import { countBlack, createBitmap } from './bitmap.ts';
import { codePointBox } from './code-point-box.ts';
import { fillOutline } from './outline.ts';

/** Draws single characters into printers' character cells. */
export interface GlyphFont {
  /** Whether the font itself has the character (in today's form if it is in private use). */
  has(character: string): boolean;
  /**
   * One character in a cell of `columns` half squares, `size` dots high (24 or 48). A character that the
   * font lacks becomes a box with its code point: nothing ever comes out blank or as `?`.
   */
  draw(character: string, cell: GlyphCell): Bitmap;
}

/** Where a character is drawn. */
export interface GlyphCell {
  /** Height in dots. */
  readonly size: number;
  /** 1: half as wide as high; 2: square. */
  readonly columns: 1 | 2;
}

/** Half of a dot would break thin strokes, less would close narrow gaps. */
const THRESHOLD = 0.4;
/** For what is thinner than that: a wide `｜` that is squeezed into half a square would come out blank. */
const FAINT = 0.1;
const FONT_FILE = '@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf';

let loading: Promise<GlyphFont> | undefined;

/** The bundled font, read and parsed once. Rejects when the font is not installed: a broken package. */
export function loadGlyphFont(): Promise<GlyphFont> {
  loading ??= readFile(createRequire(import.meta.url).resolve(FONT_FILE)).then((bytes) => {
    const font = fontkit.create(bytes);
    if (!('glyphForCodePoint' in font)) throw new Error('the bundled font is a collection');
    return makeGlyphFont(font);
  });
  return loading;
}

function makeGlyphFont(font: Font): GlyphFont {
  const codePointOf = (character: string): number => displayForm(character).codePointAt(0) ?? 0;
  return {
    has: (character) => font.hasGlyphForCodePoint(codePointOf(character)),
    draw(character, { size, columns }) {
      const bitmap = createBitmap((size / 2) * columns, size);
      const codePoint = codePointOf(character);
      if (/^[\s\p{Zs}]$/u.test(character)) return bitmap;
      const glyph = font.glyphForCodePoint(codePoint);
      // A glyph without an outline is as good as none.
      if (!font.hasGlyphForCodePoint(codePoint) || glyph.path.commands.length === 0) {
        return codePointBox(codePoint, size, columns);
      }
      const scale = size / font.unitsPerEm;
      const natural = glyph.advanceWidth * scale;
      const squeeze = natural > bitmap.width ? bitmap.width / natural : 1;
      const placed = {
        scaleX: scale * squeeze,
        scaleY: scale,
        shiftX: (bitmap.width - natural * squeeze) / 2,
        // The ideographs of this font lie between 880 above and 120 below the base line.
        shiftY: 0.88 * size,
      };
      for (const threshold of [THRESHOLD, FAINT]) {
        fillOutline(bitmap, glyph.path.commands, placed, threshold);
        if (countBlack(bitmap) > 0) return bitmap;
      }
      return codePointBox(codePoint, size, columns);
    },
  };
}
