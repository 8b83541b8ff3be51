import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { create, type Font } from 'fontkit';

let loaded: Font | undefined;

/** The font comes with the project: a bare machine has no Chinese one, and sharp would draw boxes. */
function font(): Font {
  if (loaded) return loaded;
  const file = createRequire(import.meta.url).resolve(
    '@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf',
  );
  const opened = create(readFileSync(file));
  if (!('glyphForCodePoint' in opened)) throw new Error('the bundled font is a collection');
  loaded = opened;
  return opened;
}

/** How a line of text is set. Lengths in the units of the drawing. */
export interface InkStyle {
  readonly x: number;
  /** Base line. */
  readonly y: number;
  readonly size: number;
  readonly anchor?: 'start' | 'middle';
  readonly fill?: string;
  readonly bold?: boolean;
  /** Extra room between characters. */
  readonly spacing?: number;
}

/** A line of text as SVG outlines, free of any font on the machine. */
export function ink(text: string, style: InkStyle): string {
  const unit = style.size / font().unitsPerEm;
  const fill = style.fill ?? '#222';
  let at = 0;
  const outlines: string[] = [];
  for (const char of text) {
    const glyph = font().glyphForCodePoint(char.codePointAt(0) ?? 0x20);
    const outline = glyph.path.toSVG();
    if (outline !== '')
      outlines.push(`<path transform="translate(${at.toFixed(1)} 0)" d="${outline}"/>`);
    at += glyph.advanceWidth + (style.spacing ?? 0) / unit;
  }
  const left = style.anchor === 'middle' ? style.x - (at * unit) / 2 : style.x;
  // The stroke thickens the one weight there is.
  const stroke = style.bold
    ? ` stroke="${fill}" stroke-width="${(0.035 / unit) * style.size}"`
    : '';
  return `<g fill="${fill}"${stroke} transform="translate(${left.toFixed(3)} ${style.y}) scale(${unit} ${-unit})">${outlines.join('')}</g>`;
}
