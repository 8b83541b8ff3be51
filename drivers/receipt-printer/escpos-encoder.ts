import { create } from 'qrcode';
import type { ReceiptBlock, ReceiptDocument } from '../../domain/receipt/document.ts';
import type { Bitmap } from '../glyph/bitmap.ts';
import { blacken, createBitmap, overlay, rowsOf } from '../glyph/bitmap.ts';
import { loadGlyphFont } from '../glyph/glyph-font.ts';
import type { GlyphFont } from '../glyph/glyph-font.ts';
import * as commands from './escpos-commands.ts';
import { ESCPOS } from './escpos-commands.ts';
import type { PaperLine } from './layout.ts';
import { layOutPair, layOutText, widthOf } from './layout.ts';
import type { PrinterProfile } from './profile.ts';

/** A picture is sent in bands, so that no command is longer: a torn one is made good with so many bytes. */
export const LONGEST_COMMAND = 1024;
const CELL = 24;
/** Default line spacing is 1/6 inch: 34 dots at 203 dpi, 10 more than a character. */
const LINE_GAP = 10;
/** White modules that a QR code needs around itself (ISO/IEC 18004). */
const QUIET_MODULES = 4;

interface Style {
  align: 'left' | 'center' | 'right';
  bold: boolean;
  size: 1 | 2;
}

/**
 * Turns a receipt into ESC/POS. The answer is in pieces that may be sent apart: none ends within a
 * command, so real-time questions may go between them. The last piece cuts and asks for the printer's
 * word that it is done (GS r 1). Loads the font only when a character must be drawn.
 */
export async function encodeReceipt(
  document: ReceiptDocument,
  profile: PrinterProfile,
): Promise<readonly Uint8Array[]> {
  const encoder = new Encoder(profile);
  for (const block of document.blocks) await encoder.add(block);
  return encoder.end();
}

class Encoder {
  readonly #profile: PrinterProfile;
  readonly #pieces: (readonly number[])[] = [[...ESCPOS.initialise, ...ESCPOS.chineseOn]];
  readonly #style: Style = { align: 'left', bold: false, size: 1 };

  constructor(profile: PrinterProfile) {
    this.#profile = profile;
  }

  async add(block: ReceiptBlock): Promise<void> {
    switch (block.type) {
      case 'text':
        for (const line of layOutText(block, this.#profile)) await this.#line(line);
        return;
      case 'pair':
        for (const line of layOutPair(block, this.#profile)) await this.#line(line);
        return;
      case 'rule': {
        const text = '-'.repeat(this.#profile.columns);
        for (const line of layOutText({ type: 'text', text }, this.#profile)) {
          await this.#line(line);
        }
        return;
      }
      case 'feed':
        for (let left = Math.floor(block.lines); left > 0; left -= 255) {
          this.#pieces.push(commands.feedLines(Math.min(left, 255)));
        }
        return;
      case 'qr':
        this.#qr(block.data);
        return;
    }
  }

  end(): readonly Uint8Array[] {
    const last = this.#profile.cutter ? ESCPOS.feedAndCut : commands.feedLines(5);
    this.#pieces.push([...last, ...ESCPOS.reportPaper]);
    return this.#pieces.map((piece) => Uint8Array.from(piece));
  }

  async #line(line: PaperLine): Promise<void> {
    const { cells } = line;
    if (cells.length === 0) {
      // Alignment and weight of nothing need no bytes, but its height does.
      this.#pieces.push([...this.#restyle({ size: line.size }), ...ESCPOS.lineFeed]);
      return;
    }
    if (cells.every((cell) => cell.bytes !== undefined)) {
      const text = cells.flatMap((cell) => [...(cell.bytes ?? [])]);
      const plain = cells.every((cell) => cell.character === ' ');
      const style = this.#restyle(plain ? { size: line.size } : line);
      this.#pieces.push([...style, ...text, ...ESCPOS.lineFeed]);
      return;
    }
    // A picture cannot stand within a line of text, so its whole line is drawn.
    const picture = drawLine(line, await loadGlyphFont());
    this.#pieces.push(this.#restyle({ align: line.align, size: 1 }));
    this.#picture(picture, 1);
    if (line.size === 1) this.#pieces.push(commands.feedDots(LINE_GAP));
  }

  #restyle(wanted: Partial<Style>): readonly number[] {
    const bytes: number[] = [];
    const { align, bold, size } = wanted;
    if (align !== undefined && align !== this.#style.align) {
      bytes.push(...commands.align(align));
      this.#style.align = align;
    }
    if (bold !== undefined && bold !== this.#style.bold) {
      bytes.push(...commands.bold(bold));
      this.#style.bold = bold;
    }
    if (size !== undefined && size !== this.#style.size) {
      bytes.push(...commands.size(size));
      this.#style.size = size;
    }
    return bytes;
  }

  #picture(bitmap: Bitmap, scale: 1 | 2): void {
    const rows = Math.max(1, Math.floor((LONGEST_COMMAND - 8) / bitmap.rowBytes));
    for (let from = 0; from < bitmap.height; from += rows) {
      const band = rowsOf(bitmap, from, from + rows);
      this.#pieces.push(commands.raster(band.rowBytes, band.height, scale, band.data));
    }
  }

  #qr(text: string): void {
    const data = new TextEncoder().encode(text);
    const { modules } = create([{ data, mode: 'byte' }], { errorCorrectionLevel: 'M' });
    const moduleDots = moduleSize(modules.size, this.#profile.widthDots);
    const quiet = commands.feedDots(QUIET_MODULES * moduleDots);
    this.#pieces.push([...this.#restyle({ align: 'center', size: 1 }), ...quiet]);
    if (this.#profile.qr === 'native') {
      this.#pieces.push(commands.nativeQr(data, moduleDots));
    } else {
      // Sent at half size and doubled by the printer: a quarter of the bytes.
      const scale = moduleDots % 2 === 0 ? 2 : 1;
      this.#picture(drawModules(modules, moduleDots / scale), scale);
    }
    this.#pieces.push(quiet);
  }
}

/** Dots of a module: as large as three fifths of the paper allow, 8 at most, and small enough to fit at all. */
function moduleSize(modules: number, widthDots: number): number {
  const across = modules + 2 * QUIET_MODULES;
  const comfortable = Math.floor((widthDots * 0.6) / across);
  const largest = Math.floor(widthDots / across);
  return Math.max(1, Math.min(8, Math.max(comfortable, Math.min(largest, 4))));
}

interface Modules {
  readonly size: number;
  get(row: number, column: number): number | boolean;
}

function drawModules(modules: Modules, dots: number): Bitmap {
  const bitmap = createBitmap(modules.size * dots, modules.size * dots);
  for (let y = 0; y < bitmap.height; y++) {
    for (let x = 0; x < bitmap.width; x++) {
      if (Boolean(modules.get(Math.floor(y / dots), Math.floor(x / dots)))) blacken(bitmap, x, y);
    }
  }
  return bitmap;
}

/** The picture of a line, as wide as its characters. */
export function drawLine(line: PaperLine, font: GlyphFont): Bitmap {
  const cellSize = CELL * line.size;
  const bitmap = createBitmap((widthOf(line.cells) * cellSize) / 2, cellSize);
  let x = 0;
  for (const { character, columns } of line.cells) {
    const glyph = font.draw(character, { size: cellSize, columns });
    overlay(bitmap, glyph, { x, y: 0 });
    // Bold as printers make it: once more, a dot to the right.
    if (line.bold) overlay(bitmap, glyph, { x: x + 1, y: 0 });
    x += (columns * cellSize) / 2;
  }
  return bitmap;
}
