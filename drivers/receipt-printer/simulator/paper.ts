import { create } from 'qrcode';
import sharp from 'sharp';
import type { Bitmap } from '../../glyph/bitmap.ts';
import { blacken, createBitmap, fillRect, isBlack, overlay } from '../../glyph/bitmap.ts';
import type { GlyphFont } from '../../glyph/glyph-font.ts';
import { loadGlyphFont } from '../../glyph/glyph-font.ts';
import type { PaperMark, Span } from './print-head.ts';
import { columnsOf, widthOfSpans } from './print-head.ts';

const CELL_HEIGHT = 24;
/** White above and below, as the way from head to cutter makes it. */
const MARGIN = 36;

/** What is on the paper as text: lines as they were sent; pictures say only how large they are. */
export function paperAsText(marks: readonly PaperMark[], columns: number): string {
  const dots = columns * 12;
  return marks
    .map((mark) => {
      switch (mark.type) {
        case 'line': {
          const text = mark.spans
            .map((span) => (span.dots === undefined ? span.text : '▨'))
            .join('');
          const free = (dots - widthOfSpans(mark.spans)) / 12;
          const share = { left: 0, center: 0.5, right: 1 }[mark.align];
          return `${' '.repeat(Math.max(0, Math.floor(free * share)))}${text}`.trimEnd() + '\n';
        }
        case 'raster':
          return `[raster ${mark.bitmap.width}x${mark.bitmap.height}]\n`;
        case 'qr':
          return `[QR ${new TextDecoder().decode(mark.data)}]\n`;
        case 'feed':
          return '\n'.repeat(Math.floor(mark.dots / 34));
      }
    })
    .join('');
}

/** What is on the paper, dot by dot. */
export async function paperAsBitmap(
  marks: readonly PaperMark[],
  widthDots: number,
): Promise<Bitmap> {
  const font = await loadGlyphFont();
  const strips = marks.map((mark) => drawMark(mark, widthDots, font));
  const height = strips.reduce((sum, strip) => sum + strip.advance, 0);
  const paper = createBitmap(widthDots, height + 2 * MARGIN);
  let y = MARGIN;
  for (const { bitmap, x, advance, scaleX, scaleY } of strips) {
    if (bitmap !== undefined) overlay(paper, bitmap, { x, y, scaleX, scaleY });
    y += advance;
  }
  return paper;
}

/** A grey PNG of dots, black on white, a pixel each. */
export async function bitmapAsPng(bitmap: Bitmap): Promise<Uint8Array> {
  const { width, height } = bitmap;
  const grey = new Uint8Array(width * height).fill(255);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) if (isBlack(bitmap, x, y)) grey[y * width + x] = 0;
  }
  const image = sharp(grey, { raw: { width, height, channels: 1 } });
  return Uint8Array.from(await image.toColourspace('b-w').png({ compressionLevel: 9 }).toBuffer());
}

interface Strip {
  readonly bitmap?: Bitmap;
  readonly x: number;
  readonly advance: number;
  readonly scaleX: number;
  readonly scaleY: number;
}

function drawMark(mark: PaperMark, widthDots: number, font: GlyphFont): Strip {
  if (mark.type === 'feed') return { x: 0, advance: mark.dots, scaleX: 1, scaleY: 1 };
  const scale =
    mark.type === 'raster'
      ? { scaleX: mark.scaleX, scaleY: mark.scaleY }
      : { scaleX: 1, scaleY: 1 };
  const bitmap = mark.type === 'raster' ? mark.bitmap : drawInk(mark, font);
  const free = widthDots - bitmap.width * scale.scaleX;
  const x = Math.max(0, Math.floor({ left: 0, center: free / 2, right: free }[mark.align]));
  const advance = mark.type === 'line' ? mark.advance : bitmap.height * scale.scaleY;
  return { bitmap, x, advance, ...scale };
}

function drawInk(mark: PaperMark & { type: 'line' | 'qr' }, font: GlyphFont): Bitmap {
  return mark.type === 'line'
    ? drawSpans(mark.spans, font)
    : drawQr(mark.data, mark.moduleDots, mark.level);
}

function drawSpans(spans: readonly Span[], font: GlyphFont): Bitmap {
  const tallest = Math.max(0, ...spans.map((span) => span.height));
  const line = createBitmap(widthOfSpans(spans), tallest * CELL_HEIGHT);
  let x = 0;
  for (const span of spans) {
    const y = (tallest - span.height) * CELL_HEIGHT;
    const left = x;
    if (span.dots !== undefined) {
      overlay(line, span.dots, { x, y });
      x += span.dots.width;
    }
    for (const character of span.text) {
      const columns = columnsOf(character);
      const even = span.width === span.height;
      const size = even ? span.height * CELL_HEIGHT : CELL_HEIGHT;
      const glyph = font.draw(character, { size, columns });
      const scale = even ? {} : { scaleX: span.width, scaleY: span.height };
      overlay(line, glyph, { x, y, ...scale });
      if (span.bold) overlay(line, glyph, { x: x + 1, y, ...scale });
      x += columns * 12 * span.width;
    }
    if (span.underline) {
      fillRect(line, { x: left, y: line.height - 2, width: x - left, height: 2 });
    }
  }
  return line;
}

function drawQr(data: Uint8Array, dots: number, level: 'L' | 'M' | 'Q' | 'H'): Bitmap {
  if (data.length === 0) return createBitmap(0, 0);
  const { modules } = create([{ data, mode: 'byte' }], { errorCorrectionLevel: level });
  const bitmap = createBitmap(modules.size * dots, modules.size * dots);
  for (let y = 0; y < bitmap.height; y++) {
    for (let x = 0; x < bitmap.width; x++) {
      if (modules.get(Math.floor(y / dots), Math.floor(x / dots)) === 1) blacken(bitmap, x, y);
    }
  }
  return bitmap;
}
