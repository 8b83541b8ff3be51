import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PrefixedWedge, WEDGE_PREFIXES } from './prefixed-wedge.ts';

/** Keys so many ms apart: those that a field gets, and the codes in brackets. */
function read(strokes: readonly (readonly [key: string, gapMs: number])[]): string {
  const wedge = new PrefixedWedge('F9');
  let atMs = 1_000;
  return strokes
    .map(([key, gapMs]) => {
      atMs += gapMs;
      const { mine, code } = wedge.press({ key, atMs });
      return (mine ? '' : key) + (code === undefined ? '' : `[${code}]`);
    })
    .join('');
}

const burst = (...keys: readonly string[]) =>
  keys.map((key, i): readonly [string, number] => [key, i === 0 ? 400 : 8]);

describe('a scanner that strikes a function key first', () => {
  it('is told from a person at its first key, however short the code', () => {
    const person = burst('a').concat([['b', 120]]);
    const code = burst('F9', 'Shift', 'X', '1', 'Enter');
    expect(read([...person, ...code, ['c', 300]])).toBe('ab[X1]c');
    expect(read([...code, ...code])).toBe('[X1][X1]');
  });

  it('is no scanner without its key: a fast typist and a scanner that is set otherwise are left alone', () => {
    expect(read(burst('1', '2', '3', '4', '5', '6', '7', 'Enter'))).toBe('1234567Enter');
  });

  it('that stops in the middle gives no code, and the next key is a person\u2019s', () => {
    expect(read([...burst('F9', 'a', 'b'), ['c', 400], ['Enter', 8]])).toBe('cEnter');
    expect(read(burst('F9', 'Enter'))).toBe('');
    expect(read(burst('F9', 'a', 'ArrowLeft', 'b', 'Enter'))).toBe('ArrowLeftbEnter');
  });

  it('never keeps a key from a person who does not strike the prefix, and gives every code whole', () => {
    const keys = fc.array(
      fc.tuple(fc.constantFrom('a', '1', ' ', 'Enter', 'Tab', 'Shift', 'F5'), fc.nat(200)),
    );
    fc.assert(
      fc.property(keys, (strokes) => {
        expect(read(strokes)).toBe(strokes.map(([key]) => key).join(''));
      }),
    );
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 40 }), (text) => {
        const characters = Array.from(text);
        expect(read(burst('F9', ...characters, 'Enter'))).toBe(`[${text}]`);
      }),
    );
  });

  it('has keys to choose from that do nothing in a browser that matters', () => {
    expect(WEDGE_PREFIXES).not.toContain('F5');
    expect(WEDGE_PREFIXES).not.toContain('F11');
  });
});
