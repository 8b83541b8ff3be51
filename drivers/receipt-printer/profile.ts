/** What a kind of receipt printer can do and what it lacks. Data, so that a new printer needs no code. */
export interface PrinterProfile {
  readonly id: string;
  /** Dots across the printed width, at 203 dpi. */
  readonly widthDots: number;
  /** Half-width characters in a line of normal size: a cell is 12 dots wide and 24 high. */
  readonly columns: number;
  readonly cutter: boolean;
  /** `raster` for heads that have no GS ( k. */
  readonly qr: 'native' | 'raster';
  /** Whether it answers DLE EOT; many USB clones and print servers do not. */
  readonly realTimeStatus: boolean;
  /** Two-byte GBK codes that its font lacks or draws wrongly, as ranges with both ends. Such characters are drawn. */
  readonly lacks: readonly (readonly [from: number, to: number])[];
}

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
  cutter: true,
  qr: 'native',
  realTimeStatus: true,
  lacks: LATE_GBK_CODES,
};

const GENERIC_58: PrinterProfile = {
  ...GENERIC_80,
  id: 'generic58',
  widthDots: 384,
  columns: 32,
};

/** Profiles that come with the terminal, by the names that a configuration has for them. */
export const PROFILES = {
  generic80: GENERIC_80,
  generic80NoCutter: { ...GENERIC_80, id: 'generic80NoCutter', cutter: false },
  generic80RasterQr: { ...GENERIC_80, id: 'generic80RasterQr', qr: 'raster' },
  generic58: GENERIC_58,
  generic58NoCutter: { ...GENERIC_58, id: 'generic58NoCutter', cutter: false },
  generic58RasterQr: { ...GENERIC_58, id: 'generic58RasterQr', cutter: false, qr: 'raster' },
} as const satisfies Record<string, PrinterProfile>;

/** Name of a profile that comes with the terminal. */
export type PrinterProfileId = keyof typeof PROFILES;
