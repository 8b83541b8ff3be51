import iconv from 'iconv-lite';
import type { PrinterProfile } from './profile.ts';

/** One character of a receipt and how it gets onto the paper. */
export interface Cell {
  readonly character: string;
  /** Half squares of width, before any enlargement. */
  readonly columns: 1 | 2;
  /** What the printer prints itself; absent when its font cannot be trusted and the character is drawn. */
  readonly bytes?: Uint8Array;
}

/** Neighbouring characters that are sent the same way. */
export type Run =
  | { readonly type: 'text'; readonly text: string; readonly bytes: Uint8Array }
  | { readonly type: 'raster'; readonly text: string };

/** Marks without ink of their own: format characters and the selectors of variants. */
const INVISIBLE = /[\p{Cf}\u{FE00}-\u{FE0F}\u{E0100}-\u{E01EF}]/gu;

/**
 * Takes a text apart into characters with their widths and bytes. Spaces of every kind become plain or
 * ideographic ones; invisible marks have no cell; control characters are drawn as boxes and never reach the printer.
 * The text must be one line.
 */
export function toCells(text: string, lacks: PrinterProfile['lacks']): readonly Cell[] {
  const visible = text.replace(INVISIBLE, '').replace(/[\t\p{Zs}]/gu, (space) => {
    return space === '\u3000' ? space : ' ';
  });
  return Array.from(visible, (character) => toCell(character, lacks));
}

function toCell(character: string, lacks: PrinterProfile['lacks']): Cell {
  const codePoint = character.codePointAt(0) ?? 0;
  if (codePoint >= 0x20 && codePoint < 0x7f) {
    return { character, columns: 1, bytes: Uint8Array.of(codePoint) };
  }
  const bytes = gbkPair(character);
  if (bytes !== undefined) {
    const code = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
    if (!lacks.some(([from, to]) => code >= from && code <= to)) {
      return { character, columns: 2, bytes };
    }
  }
  return { character, columns: isNarrow(codePoint) ? 1 : 2 };
}

/** Two bytes, or nothing: iconv-lite gives `?` for what GBK lacks and one byte for the euro sign. */
function gbkPair(character: string): Uint8Array | undefined {
  // Private use has codes in GBK, but what a printer's font has there is anybody's guess.
  if (/\p{Co}/u.test(character)) return undefined;
  const bytes = iconv.encode(character, 'gbk');
  return bytes.length === 2 ? Uint8Array.from(bytes) : undefined;
}

/** Latin, Greek and Cyrillic letters and the signs among them. Control characters need room for a box. */
function isNarrow(codePoint: number): boolean {
  return (codePoint >= 0xa1 && codePoint < 0x0590) || (codePoint >= 0x1e00 && codePoint < 0x2000);
}

/** Joins a text into runs that the printer prints itself and runs that are drawn. */
export function toRuns(text: string, lacks: PrinterProfile['lacks']): readonly Run[] {
  const runs: Run[] = [];
  for (const { character, bytes } of toCells(text, lacks)) {
    const last = runs.at(-1);
    if (bytes === undefined) {
      if (last?.type === 'raster') {
        runs[runs.length - 1] = { type: 'raster', text: last.text + character };
      } else {
        runs.push({ type: 'raster', text: character });
      }
    } else if (last?.type === 'text') {
      const joined = Uint8Array.from([...last.bytes, ...bytes]);
      runs[runs.length - 1] = { type: 'text', text: last.text + character, bytes: joined };
    } else {
      runs.push({ type: 'text', text: character, bytes });
    }
  }
  return runs;
}
