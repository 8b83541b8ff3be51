import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toCells } from './charset.ts';
import { layOutPair, layOutText, widthOf, wrap } from './layout.ts';
import type { PaperLine } from './layout.ts';
import { PROFILES } from './profile.ts';

const { generic80, generic58 } = PROFILES;

function textOf(cells: PaperLine['cells']): string {
  return cells.map(({ character }) => character).join('');
}

function wrapped(text: string, columns: number): readonly string[] {
  return wrap(toCells(text, generic80.lacks), columns).map(textOf);
}

describe('breaking lines', () => {
  it('breaks between ideographs, and between words of Latin text', () => {
    expect(wrapped('请保存好这张回执', 10)).toEqual(['请保存好这', '张回执']);
    expect(wrapped('Keep this receipt safe', 10)).toEqual(['Keep this', 'receipt', 'safe']);
    expect(wrapped('编号500151 001', 10)).toEqual(['编号500151', '001']);
  });

  it('breaks a word only when it is wider than a line', () => {
    expect(wrapped('abcdefghijklmnop', 10)).toEqual(['abcdefghij', 'klmnop']);
  });

  it('does not begin a line with a closing mark', () => {
    expect(wrapped('办理完成了，谢谢', 10)).toEqual(['办理完成', '了，谢谢']);
  });

  it('loses no character but spaces, and no line is wider than the paper', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: fc.constantFrom(...Array.from('中文，。 ab12䶮𬱖é')) }),
    );
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 48 }), (value, columns) => {
        const cells = toCells(value, generic80.lacks);
        const lines = wrap(cells, columns);
        for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(columns);
        const inked = (all: PaperLine['cells']): string => textOf(all).replaceAll(' ', '');
        expect(lines.map(inked).join('')).toBe(inked(cells));
      }),
    );
  });
});

describe('blocks on the paper', () => {
  it('fits half as much into a line of double size', () => {
    const lines = layOutText({ type: 'text', text: '中'.repeat(20), size: 2 }, generic80);
    expect(lines.map(({ cells }) => cells.length)).toEqual([12, 8]);
  });

  it('keeps line breaks and empty lines of a text', () => {
    const lines = layOutText({ type: 'text', text: '一\r\n\n二\u2028三' }, generic80);
    expect(lines.map(({ cells }) => textOf(cells))).toEqual(['一', '', '二', '三']);
  });

  it('puts label and value at both edges of one line when they fit', () => {
    const [line, ...others] = layOutPair({ type: 'pair', label: '姓名', value: '龚䶮' }, generic58);
    expect(others).toEqual([]);
    expect(widthOf(line!.cells)).toBe(generic58.columns);
    expect(textOf(line!.cells)).toMatch(/^姓名 +龚䶮$/);
  });

  it('puts a long value below its label: to the right when one line holds it, else to the left', () => {
    const pair = (value: string): readonly PaperLine[] =>
      layOutPair({ type: 'pair', label: '办理的事项名称', value }, generic58);
    expect(pair('城乡居民基本养老保险参保').map(({ align }) => align)).toEqual(['left', 'right']);
    const long = pair('城乡居民基本养老保险参保登记'.repeat(2));
    expect(long.map(({ align }) => align)).toEqual(['left', 'left', 'left']);
    expect(long.map(({ cells }) => textOf(cells)).join('')).toContain('参保登记城乡居民');
  });
});
