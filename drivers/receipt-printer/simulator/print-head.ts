import iconv from 'iconv-lite';
import type { Bitmap } from '../../glyph/bitmap.ts';
import { blacken, createBitmap } from '../../glyph/bitmap.ts';
import type { PrinterProfile } from '../profile.ts';
import type { Token } from './tokens.ts';

/** Characters of one look within a line. */
export interface Span {
  /** Empty where a picture stands in the line. */
  readonly text: string;
  /** Dots within a line (ESC *), 24 high. */
  readonly dots?: Bitmap;
  readonly bold: boolean;
  readonly underline: boolean;
  /** 1 to 8. */
  readonly width: number;
  readonly height: number;
}

type Align = 'left' | 'center' | 'right';

/** What is on the paper, from top to bottom. */
export type PaperMark =
  | {
      readonly type: 'line';
      readonly spans: readonly Span[];
      readonly align: Align;
      readonly advance: number;
    }
  | {
      readonly type: 'raster';
      readonly bitmap: Bitmap;
      readonly scaleX: number;
      readonly scaleY: number;
      readonly align: Align;
    }
  | {
      readonly type: 'qr';
      readonly data: Uint8Array;
      readonly moduleDots: number;
      readonly level: 'L' | 'M' | 'Q' | 'H';
      readonly align: Align;
    }
  | { readonly type: 'feed'; readonly dots: number };

/** What a token asks of the printer besides ink. */
export type HeadRequest =
  | 'cut'
  | 'reportPaper'
  | 'identify'
  | 'tellName'
  | 'listPictures'
  | 'present'
  | 'retract'
  | 'eject'
  | 'tellOutlet'
  | undefined;

/** 1/6 inch at 203 dpi. */
const DEFAULT_SPACING = 34;
const CELL = { width: 12, height: 24 };
/** What this printer's font prints for a code it lacks. There is no error. */
const LACKING = '□';

/** The part of the printer that carries commands out: keeps the settings and what is on the paper. */
export class PrintHead {
  readonly #profile: PrinterProfile;
  #marks: PaperMark[] = [];
  #spans: Span[] = [];
  #align: Align = 'left';
  #bold = false;
  #underline = false;
  #width = 1;
  #height = 1;
  #spacing = DEFAULT_SPACING;
  /** Outlives everything but the printer. */
  readonly #kept = new Map<string, Bitmap>();
  #qr = { moduleDots: 3, level: 'L' as 'L' | 'M' | 'Q' | 'H', data: new Uint8Array() };

  constructor(profile: PrinterProfile) {
    this.#profile = profile;
  }

  /** Whether anything but white is on the paper since the last cut. */
  get hasInk(): boolean {
    return this.#spans.length > 0 || this.#marks.some((mark) => mark.type !== 'feed');
  }

  /** The marks since the last cut; the paper is fresh afterwards. */
  takePaper(): readonly PaperMark[] {
    this.#endLine(false);
    const marks = this.#marks;
    this.#marks = [];
    return marks;
  }

  /** The names of the pictures it keeps. */
  get keptPictures(): readonly string[] {
    return [...this.#kept.keys()];
  }

  /** Forgets characters that wait for the end of their line. */
  forgetLine(): void {
    this.#spans = [];
  }

  /** Carries out one command or prints one character. */
  execute(token: Token): HeadRequest {
    const [lead = 0, name = 0, value = 0] = token;
    if (token.length > 1 && (lead === 0x1b || lead === 0x1c || lead === 0x1d)) {
      const letter = String.fromCharCode(name);
      if (lead === 0x1b) return this.#escape(letter, value, token);
      if (lead === 0x1d) return this.#group(letter, value, token);
      if (letter === '!') this.#enlarge((value & 4) !== 0 ? 2 : 1, (value & 8) !== 0 ? 2 : 1);
      if (letter === 'q' || letter === 'p') this.#keptByNumber(letter, value, token);
      if (letter === 'W') this.#enlarge(value & 1 ? 2 : 1, value & 1 ? 2 : 1);
      return undefined;
    }
    if (lead === 0x0a) this.#endLine(true);
    else if (token.length === 2) this.#print(this.#decode(token));
    else if (lead >= 0x20 && lead < 0x7f) this.#print(String.fromCharCode(lead));
    else if (lead >= 0x80) this.#print(LACKING);
    return undefined;
  }

  #decode(pair: Token): string {
    const code = ((pair[0] ?? 0) << 8) | (pair[1] ?? 0);
    if (this.#profile.lacks.some(([from, to]) => code >= from && code <= to)) return LACKING;
    const text = iconv.decode(Buffer.from(pair), 'gbk');
    return Array.from(text).length === 1 && !/[\uFFFD\p{Co}]/u.test(text) ? text : LACKING;
  }

  #escape(letter: string, value: number, token: Token): HeadRequest {
    switch (letter) {
      case '@':
        this.#spans = [];
        this.#align = 'left';
        this.#bold = false;
        this.#underline = false;
        this.#enlarge(1, 1);
        this.#spacing = DEFAULT_SPACING;
        return undefined;
      case 'a':
        if (this.#spans.length === 0) {
          this.#align = (['left', 'center', 'right'] as const)[value % 48] ?? this.#align;
        }
        return undefined;
      case 'E':
      case 'G':
        this.#bold = (value & 1) === 1;
        return undefined;
      case '-':
        this.#underline = (value & 3) !== 0;
        return undefined;
      case '!':
        this.#bold = (value & 0x08) !== 0;
        this.#underline = (value & 0x80) !== 0;
        this.#enlarge((value & 0x20) !== 0 ? 2 : 1, (value & 0x10) !== 0 ? 2 : 1);
        return undefined;
      case 'd':
        this.#endLine(false);
        this.#marks.push({ type: 'feed', dots: value * this.#spacing });
        return undefined;
      case 'J':
        this.#endLine(false);
        this.#marks.push({ type: 'feed', dots: value });
        return undefined;
      case '2':
        this.#spacing = DEFAULT_SPACING;
        return undefined;
      case '3':
        this.#spacing = value;
        return undefined;
      case '*':
        this.#bitImage(token);
        return undefined;
      case 'i':
      case 'm':
        return 'cut';
      case 'v':
        return 'reportPaper';
      default:
        return undefined;
    }
  }

  #group(letter: string, value: number, token: Token): HeadRequest {
    switch (letter) {
      case '!':
        this.#enlarge(((value >> 4) & 7) + 1, (value & 7) + 1);
        return undefined;
      case 'V':
        return 'cut';
      case 'r':
        return 'reportPaper';
      case 'I':
        return value >= 65 ? 'tellName' : 'identify';
      case 'v':
        this.#raster(token);
        return undefined;
      case '(':
        if (value === 0x6b) this.#qrFunction(token);
        return value === 0x4c ? this.#graphics(token) : undefined;
      case 'e':
        return ({ 2: 'retract', 3: 'present', 5: 'eject', 6: 'tellOutlet' } as const)[value];
      default:
        return undefined;
    }
  }

  #enlarge(width: number, height: number): void {
    this.#width = width;
    this.#height = height;
  }

  #raster(token: Token): void {
    this.#endLine(false);
    const at = (i: number): number => token[i] ?? 0;
    const rowBytes = at(4) + at(5) * 256;
    const height = at(6) + at(7) * 256;
    const data = token.slice(8);
    const mode = at(3) % 48;
    this.#marks.push({
      type: 'raster',
      bitmap: { width: rowBytes * 8, height, rowBytes, data },
      scaleX: (mode & 1) === 1 ? 2 : 1,
      scaleY: (mode & 2) === 2 ? 2 : 1,
      align: this.#align,
    });
  }

  #qrFunction(token: Token): void {
    const [, , , , , kind, name, value = 0] = token;
    if (kind !== 0x31) return;
    if (name === 0x43) this.#qr.moduleDots = Math.min(16, Math.max(1, value));
    else if (name === 0x45) this.#qr.level = (['L', 'M', 'Q', 'H'] as const)[value - 0x30] ?? 'L';
    else if (name === 0x50) this.#qr.data = token.slice(8);
    else if (name === 0x51) {
      this.#endLine(false);
      this.#marks.push({ type: 'qr', align: this.#align, ...this.#qr });
    }
  }

  /** ESC * with 24 dots: stands in the line as a character does. */
  #bitImage(token: Token): void {
    if (token[2] !== 32 && token[2] !== 33) return;
    const width = (token.length - 5) / 3;
    const dots = createBitmap(width, CELL.height);
    for (let x = 0; x < width; x++) {
      for (let y = 0; y < CELL.height; y++) {
        if (((token[5 + x * 3 + (y >> 3)] ?? 0) & (0x80 >> (y & 7))) !== 0) blacken(dots, x, y);
      }
    }
    this.#put({ text: '', dots, bold: false, underline: false, width: 1, height: 1 });
  }

  /** GS ( L: keeps a picture, prints one, tells which there are. */
  #graphics(token: Token): HeadRequest {
    const name = String.fromCharCode(token[7] ?? 0, token[8] ?? 0);
    const at = (i: number): number => token[i] ?? 0;
    if (at(6) === 0x40) return 'listPictures';
    if (at(6) === 0x45) this.#printKept(this.#kept.get(name));
    if (at(6) !== 0x43) return undefined;
    const key = String.fromCharCode(at(8), at(9));
    const [width, height] = [at(11) + at(12) * 256, at(13) + at(14) * 256];
    this.#kept.set(key, {
      width,
      height,
      rowBytes: Math.ceil(width / 8),
      data: token.slice(16),
    });
    return undefined;
  }

  /** FS q and FS p, of the first picture only. */
  #keptByNumber(letter: string, value: number, token: Token): void {
    if (letter === 'p') {
      this.#printKept(this.#kept.get(String(value)));
      return;
    }
    const at = (i: number): number => token[i] ?? 0;
    const [columns, rows] = [at(3) + at(4) * 256, at(5) + at(6) * 256];
    const bitmap = createBitmap(columns * 8, rows * 8);
    for (let x = 0; x < bitmap.width; x++) {
      for (let y = 0; y < bitmap.height; y++) {
        if ((at(7 + x * rows + (y >> 3)) & (0x80 >> (y & 7))) !== 0) blacken(bitmap, x, y);
      }
    }
    this.#kept.set('1', bitmap);
  }

  #printKept(bitmap: Bitmap | undefined): void {
    if (bitmap === undefined) return;
    this.#endLine(false);
    this.#marks.push({ type: 'raster', bitmap, scaleX: 1, scaleY: 1, align: this.#align });
  }

  #print(character: string): void {
    const look = { bold: this.#bold, underline: this.#underline };
    this.#put({ text: character, ...look, width: this.#width, height: this.#height });
  }

  #put(span: Span): void {
    const dots = widthOfSpans(this.#spans) + widthOfSpans([span]);
    if (this.#spans.length > 0 && dots > this.#profile.widthDots) this.#endLine(true);
    const last = this.#spans.at(-1);
    const same =
      span.dots === undefined &&
      last?.dots === undefined &&
      last?.bold === span.bold &&
      last.underline === span.underline &&
      last.width === span.width &&
      last.height === span.height;
    if (same) this.#spans[this.#spans.length - 1] = { ...last, text: last.text + span.text };
    else this.#spans.push(span);
  }

  /** Prints the line; an empty one only when it was asked for. */
  #endLine(asked: boolean): void {
    const spans = this.#spans;
    if (spans.length === 0 && !asked) return;
    this.#spans = [];
    const tallest =
      spans.length === 0
        ? this.#height * CELL.height
        : Math.max(...spans.map((span) => span.height * CELL.height));
    const advance = Math.max(this.#spacing, tallest);
    this.#marks.push({ type: 'line', spans, align: this.#align, advance });
  }
}

/** Half squares of a character as this printer sets it: ASCII one, all else two. */
export function columnsOf(character: string): 1 | 2 {
  return (character.codePointAt(0) ?? 0) < 0x80 ? 1 : 2;
}

/** Width in dots. */
export function widthOfSpans(spans: readonly Span[]): number {
  return spans.reduce(
    (sum, span) =>
      sum +
      (span.dots?.width ?? 0) +
      Array.from(span.text).reduce(
        (width, character) => width + columnsOf(character) * CELL.width * span.width,
        0,
      ),
    0,
  );
}
