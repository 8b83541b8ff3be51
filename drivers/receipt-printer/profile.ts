import type { AnswerPattern } from './answer-pattern.ts';
import { answerPattern } from './answer-pattern.ts';
import type { StatusQuestion } from './status-question.ts';
import { CUSTOM_FULL_STATUS, REAL_TIME_QUESTIONS } from './status-question.ts';

/** How a printer hands a receipt out and takes back what nobody took. */
export interface PresenterProfile {
  /** After the cut: holds the receipt out. Empty when the cut does that. */
  readonly present: readonly number[];
  /** Takes back what hangs in the outlet; absent when it cannot. */
  readonly retract?: readonly number[];
}

/** What a kind of receipt printer can do and what it lacks. Data, so that a new printer needs no code. */
export interface PrinterProfile {
  readonly id: string;
  /** Dots across the printed width, at 203 dpi. */
  readonly widthDots: number;
  /** Half-width characters in a line of normal size: a cell is 12 dots wide and 24 high. */
  readonly columns: number;
  /** Feeds to the cutter and cuts; empty without a cutter. */
  readonly cut: readonly number[];
  /** `raster` for heads that have no GS ( k. */
  readonly qr: 'native' | 'raster';
  /**
   * How a character that its font lacks gets into a line of text: `bitImage` by ESC * beside the text;
   * `line` for printers without ESC *: the whole line is drawn.
   */
  readonly rareGlyphs: 'bitImage' | 'line';
  /** How its state is asked; empty for those that never answer, as many USB clones and print servers. */
  readonly questions: readonly StatusQuestion[];
  /** Whether it tells by itself when something changes (GS a). */
  readonly automaticStatus: boolean;
  /**
   * The question carried out in its turn, after all before it was printed: its answer is the proof that the
   * receipt is done. `undefined` for printers that cannot say so: every receipt is then unconfirmed.
   */
  readonly done: DoneQuestion | undefined;
  /** Absent when the receipt falls out or is torn off. */
  readonly presenter?: PresenterProfile;
  /** Memory for a picture that is printed by name: GS ( L with key codes, the older FS q, or none. */
  readonly pictureMemory: 'graphics' | 'fsq' | 'none';
  /** Two-byte GBK codes that its font lacks or draws wrongly, as ranges with both ends. Such characters are drawn. */
  readonly lacks: readonly (readonly [from: number, to: number])[];
  /** Says maker, model and firmware when it is asked by GS I 65 to 68. */
  readonly tellsName?: boolean;
  /** Answers to GS I 1 by which it is known. */
  readonly modelIds?: readonly number[];
}

/** A question carried out in its turn. */
export interface DoneQuestion {
  readonly ask: readonly number[];
  readonly answer: AnswerPattern;
}

/** GS r 1, the paper status: one byte 0xx0xxxx whatever it says. */
export const REPORT_PAPER: DoneQuestion = {
  ask: [0x1d, 0x72, 0x01],
  answer: answerPattern('0xx0xxxx'),
};

/**
 * Codes that came to GBK and GB 18030 after most printer fonts were made, or that older fonts have in
 * private use: upright punctuation, ḿ and ǹ, description characters, and the eighty of FE50-FEA0 (䶮 among them).
 */
export const LATE_GBK_CODES: PrinterProfile['lacks'] = [
  [0xa6d9, 0xa6df],
  [0xa6ec, 0xa6ed],
  [0xa6f3, 0xa6f5],
  [0xa8bc, 0xa8bc],
  [0xa8bf, 0xa8c0],
  [0xa989, 0xa995],
  [0xfe50, 0xfea0],
];

const GENERIC_80: PrinterProfile = {
  id: 'generic80',
  widthDots: 576,
  columns: 48,
  // GS V 66 0
  cut: [0x1d, 0x56, 0x42, 0x00],
  qr: 'native',
  rareGlyphs: 'bitImage',
  questions: REAL_TIME_QUESTIONS,
  automaticStatus: false,
  done: REPORT_PAPER,
  pictureMemory: 'graphics',
  lacks: LATE_GBK_CODES,
  tellsName: true,
};

const GENERIC_58: PrinterProfile = {
  ...GENERIC_80,
  id: 'generic58',
  widthDots: 384,
  columns: 32,
};

/**
 * Kiosk printers of Custom's VKP80 and KPM families, by their manuals: the whole ticket is cut off, held out
 * by GS e 3, and drawn in by GS e 2 if the printer is set to allow it. No such printer was tried.
 */
const CUSTOM_80: PrinterProfile = {
  ...GENERIC_80,
  id: 'custom80Presenter',
  // ESC i: total cut
  cut: [0x1b, 0x69],
  // Not in every firmware of the family.
  qr: 'raster',
  questions: [CUSTOM_FULL_STATUS],
  presenter: {
    // 80 steps: about 5 cm
    present: [0x1d, 0x65, 0x03, 0x50],
    retract: [0x1d, 0x65, 0x02],
  },
  pictureMemory: 'none',
  tellsName: false,
  // VKP80 with 200 and 300 dpi, VKP80, VKP80II-EE
  modelIds: [0x5d, 0x5e, 0xb9, 0x95],
};

/** Profiles that come with the terminal, by the names that a configuration has for them. */
export const PROFILES = {
  generic80: GENERIC_80,
  generic80NoCutter: { ...GENERIC_80, id: 'generic80NoCutter', cut: [] },
  generic80RasterQr: { ...GENERIC_80, id: 'generic80RasterQr', qr: 'raster' },
  generic80Automatic: { ...GENERIC_80, id: 'generic80Automatic', automaticStatus: true },
  generic58: GENERIC_58,
  generic58NoCutter: { ...GENERIC_58, id: 'generic58NoCutter', cut: [] },
  generic58RasterQr: {
    ...GENERIC_58,
    id: 'generic58RasterQr',
    cut: [],
    qr: 'raster',
    rareGlyphs: 'line',
    pictureMemory: 'fsq',
  },
  custom80Presenter: CUSTOM_80,
  custom80Ejecting: {
    ...CUSTOM_80,
    id: 'custom80Ejecting',
    // Not set to draw in: what hangs there stays.
    presenter: { present: [0x1d, 0x65, 0x03, 0x50] },
  },
} as const satisfies Record<string, PrinterProfile>;

/** Name of a profile that comes with the terminal. */
export type PrinterProfileId = keyof typeof PROFILES;
