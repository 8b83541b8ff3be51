import type { ReceiptLine, ReceiptPair } from '../../domain/receipt/document.ts';
import type { Cell } from './charset.ts';
import { toCells } from './charset.ts';
import type { PrinterProfile } from './profile.ts';

/** One line as it stands on the paper, not wider than the paper. */
export interface PaperLine {
  readonly cells: readonly Cell[];
  readonly align: 'left' | 'center' | 'right';
  readonly bold: boolean;
  readonly size: 1 | 2;
}

/** Closing marks do not begin a line. */
const NOT_FIRST = '，。、；：？！）》」』】〉”’·…,.;:?!)%℃';
const SPACE: Cell = { character: ' ', columns: 1, bytes: Uint8Array.of(0x20) };

/** Width in half squares. */
export function widthOf(cells: readonly Cell[]): number {
  return cells.reduce((sum, cell) => sum + cell.columns, 0);
}

/**
 * Breaks characters into lines of at most `columns` half squares: anywhere between ideographs, between
 * words in Latin text, within a word only when it is wider than a line. No character is lost but spaces at a break.
 */
export function wrap(cells: readonly Cell[], columns: number): readonly (readonly Cell[])[] {
  const lines: (readonly Cell[])[] = [];
  let rest = cells;
  while (widthOf(rest) > columns) {
    const at = breakAt(rest, columns);
    lines.push(trimEnd(rest.slice(0, at)));
    rest = rest.slice(at);
    while (rest[0]?.character === ' ') rest = rest.slice(1);
  }
  if (rest.length > 0 || lines.length === 0) lines.push(trimEnd(rest));
  return lines;
}

function breakAt(cells: readonly Cell[], columns: number): number {
  let fits = 0;
  for (let width = 0; fits < cells.length; fits++) {
    width += cells[fits]?.columns ?? 0;
    if (width > columns) break;
  }
  fits = Math.max(1, fits);
  for (let at = fits; at > Math.max(0, fits - 24); at--) {
    const before = cells[at - 1]?.character ?? '';
    const after = cells[at]?.character ?? '';
    const withinWord = /[!-~]/.test(before) && /[!-~]/.test(after);
    if (!withinWord && !NOT_FIRST.includes(after)) return at;
  }
  return fits;
}

function trimEnd(cells: readonly Cell[]): readonly Cell[] {
  const last = cells.findLastIndex((cell) => cell.character !== ' ');
  return cells.slice(0, last + 1);
}

/** The paper lines of a text block; line breaks in the text are kept. */
export function layOutText(block: ReceiptLine, profile: PrinterProfile): readonly PaperLine[] {
  const { align = 'left', bold = false, size = 1 } = block;
  const columns = Math.floor(profile.columns / size);
  return block.text
    .split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/u)
    .flatMap((text) => wrap(toCells(text, profile.lacks), columns))
    .map((cells) => ({ cells, align, bold, size }));
}

/**
 * The paper lines of a label and its value: on one line, the value at the right edge; else the label
 * and, below it, the value (right when it needs one line, left when more).
 */
export function layOutPair(block: ReceiptPair, profile: PrinterProfile): readonly PaperLine[] {
  const { bold = false } = block;
  const oneLine = (text: string): readonly Cell[] =>
    toCells(text.replace(/[\r\n\v\f\u0085\u2028\u2029]+/gu, ' '), profile.lacks);
  const label = oneLine(block.label);
  const value = oneLine(block.value);
  const gap = profile.columns - widthOf(label) - widthOf(value);
  const style = { align: 'left', bold, size: 1 } as const;
  if (gap >= 1 || value.length === 0) {
    const spaces = Array.from({ length: Math.max(0, gap) }, () => SPACE);
    return wrap([...label, ...spaces, ...value], profile.columns).map((cells) => ({
      cells,
      ...style,
    }));
  }
  const values = wrap(value, profile.columns);
  return [
    ...wrap(label, profile.columns).map((cells) => ({ cells, ...style })),
    ...values.map((cells) => ({
      cells,
      ...style,
      align: values.length === 1 ? ('right' as const) : ('left' as const),
    })),
  ];
}
