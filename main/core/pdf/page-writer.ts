import type { Font } from 'fontkit';
import PDFDocument from 'pdfkit';
import { breakLines, piecesOf, runsOf, type Piece } from './pieces.ts';

const MARGIN = 50;
const FONT = 'text';
const BLANK = '\u3000';
/** Lines stand so far apart, as a multiple of the letter size. */
const LEADING = 1.5;

/** How one block of text stands on the page. */
export interface BlockStyle {
  readonly size: number;
  readonly colour?: string;
  /** Points from the left margin. */
  readonly indent?: number;
  readonly width?: number;
}

/** Writes tagged lines of text onto A4 pages, with every character kept for a reader of the file. */
export class PageWriter {
  readonly #doc: PDFKit.PDFDocument;
  readonly #font: Font;
  readonly #root: PDFKit.PDFStructureElement;
  readonly #bytes: Promise<Uint8Array>;
  #y = MARGIN;

  constructor(font: Font, title: string) {
    this.#font = font;
    this.#doc = new PDFDocument({
      size: 'A4',
      margin: MARGIN,
      pdfVersion: '1.7',
      tagged: true,
      lang: 'zh-CN',
      displayTitle: true,
      info: { Title: title },
      // no standard font: they need metrics files and have no Chinese
      font: '',
    });
    const chunks: Buffer[] = [];
    this.#doc.on('data', (chunk: Buffer) => chunks.push(chunk));
    this.#bytes = new Promise((resolve, reject) => {
      this.#doc.on('end', () => resolve(Uint8Array.from(Buffer.concat(chunks))));
      this.#doc.on('error', reject);
    });
    // pdfkit takes a parsed font too; parsing is the dearest part of a document
    this.#doc.registerFont(FONT, font as unknown as string);
    this.#doc.font(FONT);
    this.#root = this.#doc.struct('Document');
    this.#doc.addStructure(this.#root);
  }

  get contentWidth(): number {
    return this.#doc.page.width - 2 * MARGIN;
  }

  get y(): number {
    return this.#y;
  }

  set y(value: number) {
    this.#y = value;
  }

  /** Writes a block at the current height and leaves the height below it. */
  block(tag: 'H1' | 'H2' | 'P', text: string, style: BlockStyle): void {
    const { size, indent = 0 } = style;
    const width = style.width ?? this.contentWidth - indent;
    const has = (codePoint: number): boolean => this.#font.hasGlyphForCodePoint(codePoint);
    this.#doc.fontSize(size);
    const lines = breakLines(piecesOf(text, has), width, (piece) => this.#widthOf(piece, size));
    this.#root.add(
      this.#doc.struct(tag, {}, () => {
        for (const line of lines) {
          this.room(size * LEADING);
          for (const { piece, x } of runsOf(line)) {
            this.#draw(piece, MARGIN + indent + x, size, style.colour ?? '#000000');
          }
          this.#y += size * LEADING;
        }
      }),
    );
  }

  /** Begins a new page unless so many points are left. */
  room(height: number): void {
    if (this.#y + height <= this.#doc.page.height - MARGIN) return;
    // Not addPage: a block that goes on overleaf must be closed on the one page and opened on the other.
    this.#doc.continueOnNewPage();
    this.#doc.font(FONT);
    this.#y = MARGIN;
  }

  gap(points: number): void {
    this.#y += points;
  }

  rule(): void {
    this.#doc.markContent('Artifact', { type: 'Layout' });
    this.#doc
      .moveTo(MARGIN, this.#y)
      .lineTo(this.#doc.page.width - MARGIN, this.#y)
      .lineWidth(0.7)
      .stroke('#888888');
    this.#doc.endMarkedContent();
    this.#y += 8;
  }

  picture(png: Uint8Array, alt: string, box: readonly [width: number, height: number]): void {
    this.room(box[1]);
    this.#root.add(
      this.#doc.struct('Figure', { alt }, () => {
        this.#doc.image(Buffer.from(png), MARGIN, this.#y, { fit: [box[0], box[1]] });
      }),
    );
    this.#y += box[1] + 4;
  }

  finish(): Promise<Uint8Array> {
    this.#root.end();
    this.#doc.end();
    return this.#bytes;
  }

  #widthOf(piece: Piece, size: number): number {
    if (piece.kind === 'box') return size;
    return this.#doc.fontSize(size).widthOfString(piece.text);
  }

  #draw(piece: Piece, x: number, size: number, colour: string): void {
    if (piece.kind === 'text') {
      this.#text(piece.text, x, this.#y, size, colour);
      return;
    }
    if (piece.kind === 'box') this.#frame(x, size, colour);
    this.#doc.markContent('Span', { actual: piece.original });
    if (piece.kind === 'box') this.#codePoint(piece.codePoint, x, size, colour);
    else this.#lastText(piece.text, x, this.#y, size, colour);
  }

  #text(text: string, x: number, y: number, size: number, colour: string): void {
    this.#doc.fillColor(colour).fontSize(size).text(text, x, y, { lineBreak: false });
  }

  /**
   * The last text of a span. pdfkit turns the page over for each text and back behind it; readers place
   * the span's own text where the page stands at its end, so the span must end before the turn back.
   */
  #lastText(text: string, x: number, y: number, size: number, colour: string): void {
    const doc = this.#doc;
    const restore = doc.restore.bind(doc);
    doc.restore = () => {
      doc.restore = restore;
      doc.endMarkedContent();
      return restore();
    };
    this.#text(text, x, y, size, colour);
  }

  #frame(x: number, size: number, colour: string): void {
    const top = this.#y + size * 0.12;
    this.#doc
      .rect(x + size * 0.05, top, size * 0.9, size * 1.1)
      .lineWidth(0.5)
      .stroke(colour);
  }

  /** The code point in two rows, as Unicode's own charts show what has no picture. */
  #codePoint(codePoint: number, x: number, size: number, colour: string): void {
    const hex = codePoint.toString(16).toUpperCase().padStart(4, '0');
    const half = Math.ceil(hex.length / 2);
    const small = size * 0.36;
    const top = this.#y + size * 0.12;
    // readers place the original by the first and the last text of the span: a full blank on the line
    this.#text(BLANK, x, this.#y, size, colour);
    this.#text(hex.slice(0, half), x + size * 0.18, top + size * 0.02, small, colour);
    this.#text(hex.slice(half), x + size * 0.18, top + size * 0.52, small, colour);
    this.#lastText(BLANK, x, this.#y, size, colour);
  }
}
