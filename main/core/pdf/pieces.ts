import { graphemes } from '../../../domain/identity/names.ts';
import { displayForm } from '../../../domain/identity/private-use.ts';

/**
 * A piece of text as it is drawn.
 *
 * - `text`: the font has it
 * - `standIn`: another form is drawn (today's character for an old private-use one); a reader gets `original`
 * - `box`: nothing can draw it: a frame with the code point; a reader gets `original`
 */
export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'standIn'; readonly text: string; readonly original: string }
  | { readonly kind: 'box'; readonly codePoint: number; readonly original: string };

/** Which code points a font can draw. */
export type HasGlyph = (codePoint: number) => boolean;

const VARIATION_SELECTORS = /[\u{FE00}-\u{FE0F}\u{E0100}-\u{E01EF}]/gu;
const LATIN = /^[\p{Script=Latin}\p{M}\p{Nd}.,:;'’()/%+#@&_-]+$/u;

function drawable(text: string, has: HasGlyph): boolean {
  return text !== '' && Array.from(text).every((char) => has(char.codePointAt(0) ?? 0));
}

function pieceOf(grapheme: string, has: HasGlyph): readonly Piece[] {
  const today = displayForm(grapheme);
  if (today === grapheme && drawable(grapheme, has)) return [{ kind: 'text', text: grapheme }];
  const base = today.replace(VARIATION_SELECTORS, '');
  if (drawable(base, has)) return [{ kind: 'standIn', text: base, original: grapheme }];
  return Array.from(grapheme, (original) => {
    const codePoint = original.codePointAt(0) ?? 0;
    return has(codePoint) && displayForm(original) === original
      ? { kind: 'text', text: original }
      : { kind: 'box', codePoint, original };
  });
}

/** Takes a text apart into what may not be broken over a line: single characters, Latin words, spaces. */
export function piecesOf(text: string, has: HasGlyph): readonly Piece[] {
  const pieces: Piece[] = [];
  for (const grapheme of graphemes(text.replace(/[\t\r\n]+/gu, ' '))) {
    for (const piece of pieceOf(grapheme, has)) {
      const last = pieces.at(-1);
      const joins =
        piece.kind === 'text' &&
        last?.kind === 'text' &&
        LATIN.test(piece.text) &&
        LATIN.test(last.text);
      if (joins) pieces[pieces.length - 1] = { kind: 'text', text: last.text + piece.text };
      else pieces.push(piece);
    }
  }
  return pieces;
}

/** A piece with its place on its line, in points from the line's start. */
export interface PlacedPiece {
  readonly piece: Piece;
  readonly x: number;
}

/** Breaks pieces into lines no wider than `width`; a single piece that is wider is cut in two. */
export function breakLines(
  pieces: readonly Piece[],
  width: number,
  widthOf: (piece: Piece) => number,
): readonly (readonly PlacedPiece[])[] {
  const lines: PlacedPiece[][] = [[]];
  let x = 0;
  const queue = [...pieces];
  for (let piece = queue.shift(); piece !== undefined; piece = queue.shift()) {
    const wide = widthOf(piece);
    if (wide > width && piece.kind === 'text' && piece.text.length > 1) {
      const characters = Array.from(piece.text);
      const half = Math.ceil(characters.length / 2);
      queue.unshift(
        { kind: 'text', text: characters.slice(0, half).join('') },
        { kind: 'text', text: characters.slice(half).join('') },
      );
      continue;
    }
    if (x > 0 && x + wide > width) {
      lines.push([]);
      x = 0;
      if (piece.kind === 'text' && piece.text === ' ') continue;
    }
    lines.at(-1)?.push({ piece, x });
    x += wide;
  }
  return lines;
}

/** Joins neighbouring `text` pieces of a line into runs: one drawing command for each. */
export function runsOf(line: readonly PlacedPiece[]): readonly PlacedPiece[] {
  const runs: PlacedPiece[] = [];
  for (const { piece, x } of line) {
    const last = runs.at(-1);
    if (piece.kind === 'text' && last?.piece.kind === 'text') {
      runs[runs.length - 1] = {
        x: last.x,
        piece: { kind: 'text', text: last.piece.text + piece.text },
      };
    } else {
      runs.push({ piece, x });
    }
  }
  return runs;
}
