import { create } from 'qrcode';
import type { ReceiptBlock, ReceiptDocument } from '../../domain/receipt/document.ts';
import type { Bitmap } from '../glyph/bitmap.ts';
import { blacken, createBitmap, isBlack, overlay, rowsOf } from '../glyph/bitmap.ts';
import { loadGlyphFont } from '../glyph/glyph-font.ts';
import type { GlyphFont } from '../glyph/glyph-font.ts';
import type { Cell } from './charset.ts';
import * as commands from './escpos-commands.ts';
import { ESCPOS } from './escpos-commands.ts';
import type { PaperLine } from './layout.ts';
import { layOutPair, layOutText, widthOf } from './layout.ts';
import type { KeptPicture } from './picture-memory.ts';
import { printKept } from './picture-memory.ts';
import type { PrinterProfile } from './profile.ts';
import { modulesOf } from './qr-size.ts';

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
 * command, so real-time questions may go between them. The last piece cuts, holds the receipt out, and asks
 * for the printer's word that it is done. Loads the font only when a character must be drawn.
 * @param logo what the printer keeps of the logo; without it the receipt has none but its text
 */
export async function encodeReceipt(
  document: ReceiptDocument,
  profile: PrinterProfile,
  logo?: KeptPicture,
): Promise<readonly Uint8Array[]> {
  const encoder = new Encoder(profile);
  if (logo !== undefined) encoder.kept(logo);
  for (const block of document.blocks) await encoder.add(block);
  return encoder.end();
}

class Encoder {
  readonly #profile: PrinterProfile;
  readonly #pieces: (readonly number[])[];
  readonly #style: Style = { align: 'left', bold: false, size: 1 };

  constructor(profile: PrinterProfile) {
    this.#profile = profile;
    this.#pieces = [[...ESCPOS.initialise, ...ESCPOS.chineseOn, ...automaticStatusAmid(profile)]];
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

  kept(picture: KeptPicture): void {
    this.#pieces.push([...this.#restyle({ align: 'center' }), ...printKept(picture)]);
  }

  end(): readonly Uint8Array[] {
    const { cut, presenter, automaticStatus, done } = this.#profile;
    const { automaticStatusOn, automaticStatusOff } = ESCPOS;
    this.#pieces.push([
      ...(cut.length > 0 ? cut : commands.feedLines(5)),
      ...(presenter?.present ?? []),
      // Carried out in its turn: until then it tells of faults, afterwards its words cannot be taken for the answer.
      ...(automaticStatus ? (done === undefined ? automaticStatusOn : automaticStatusOff) : []),
      ...(done?.ask ?? []),
    ]);
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
      this.#textLine(line);
      return;
    }
    const font = await loadGlyphFont();
    // ESC * is as high as a character of normal size, whatever size is set.
    if (line.size === 1 && this.#profile.rareGlyphs === 'bitImage') this.#mixedLine(line, font);
    else this.#drawnLine(line, font);
  }

  #textLine(line: PaperLine): void {
    const { cells } = line;
    const plain = cells.every((cell) => cell.character === ' ');
    const piece = [...this.#restyle(plain ? { size: line.size } : line)];
    for (const { bytes } of cells) piece.push(...(bytes ?? []));
    piece.push(...ESCPOS.lineFeed);
    this.#pieces.push(piece);
  }

  /** Text as text; beside it, dot by dot, only what the printer cannot print. */
  #mixedLine(line: PaperLine, font: GlyphFont): void {
    let piece = [...this.#restyle(line)];
    for (const cell of line.cells) {
      const bytes = cell.bytes ?? commands.bitImage(columnsOf(drawCell(cell, line, font)));
      if (piece.length + bytes.length > LONGEST_COMMAND) {
        this.#pieces.push(piece);
        piece = [];
      }
      piece.push(...bytes);
    }
    this.#pieces.push([...piece, ...ESCPOS.lineFeed]);
  }

  #drawnLine(line: PaperLine, font: GlyphFont): void {
    this.#pieces.push(this.#restyle({ align: line.align, size: 1 }));
    this.#picture(drawLine(line, font), 1);
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
    const modules = modulesOf(data.length);
    const moduleDots = moduleSize(modules, this.#profile.widthDots);
    const quiet = commands.feedDots(QUIET_MODULES * moduleDots);
    this.#pieces.push([...this.#restyle({ align: 'center', size: 1 }), ...quiet]);
    if (this.#profile.qr === 'native') {
      this.#pieces.push(commands.nativeQr(data, moduleDots));
    } else {
      const code = create([{ data, mode: 'byte' }], { errorCorrectionLevel: 'M' });
      // Sent at half size and doubled by the printer: a quarter of the bytes.
      const scale = moduleDots % 2 === 0 ? 2 : 1;
      this.#picture(drawModules(code.modules, moduleDots / scale), scale);
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
  for (const cell of line.cells) {
    overlay(bitmap, drawCell(cell, line, font), { x, y: 0 });
    x += (cell.columns * cellSize) / 2;
  }
  return bitmap;
}

/** One character, bold as printers make it: once more, a dot to the right. */
function drawCell(cell: Cell, line: PaperLine, font: GlyphFont): Bitmap {
  const { character, columns } = cell;
  const glyph = font.draw(character, { size: CELL * line.size, columns });
  if (!line.bold) return glyph;
  const bitmap = createBitmap(glyph.width, glyph.height);
  overlay(bitmap, glyph, { x: 0, y: 0 });
  overlay(bitmap, glyph, { x: 1, y: 0 });
  return bitmap;
}

/** Dots in columns of three bytes, top dot highest. */
function columnsOf(bitmap: Bitmap): Uint8Array {
  const bytes = new Uint8Array(bitmap.width * 3);
  for (let x = 0; x < bitmap.width; x++) {
    for (let y = 0; y < Math.min(bitmap.height, CELL); y++) {
      const at = x * 3 + (y >> 3);
      if (isBlack(bitmap, x, y)) bytes[at] = (bytes[at] ?? 0) | (0x80 >> (y & 7));
    }
  }
  return bytes;
}

/**
 * ESC @ ended automatic status. In the middle of a receipt only printers that answer no question tell by themselves:
 * of its four bytes without the first each looks like the word that the receipt is done.
 */
function automaticStatusAmid({ automaticStatus, questions }: PrinterProfile): readonly number[] {
  if (!automaticStatus) return [];
  return questions.length > 0 ? ESCPOS.automaticStatusOff : ESCPOS.automaticStatusOn;
}
