import { describe, expect, test } from 'vitest';
import { buildPinyinTable } from './build-pinyin-table.ts';
import { candidates } from './ime.ts';

const table = buildPinyinTable();
const texts = (letters: string, options = {}): readonly string[] =>
  candidates(table, letters, options).map(({ text }) => text);

describe('pinyin keyboard', () => {
  test('a whole syllable offers its most frequent characters first', () => {
    expect(texts('de')[0]).toBe('的');
    expect(texts('cun')).toContain('村');
  });

  test('a name begins with a surname', () => {
    expect(texts('li', { name: true })[0]).toBe('李');
    expect(texts('wang', { name: true }).slice(0, 2)).toEqual(['王', '汪']);
  });

  test('a word is offered for its whole pinyin and for its initials', () => {
    expect(texts('shequ')[0]).toBe('社区');
    expect(texts('sq')).toContain('社区');
  });

  test('letters begun offer characters already', () => {
    expect(texts('zh').length).toBeGreaterThan(8);
    expect(texts('x')).not.toHaveLength(0);
  });

  test('of several syllables the first one is offered, and says how many letters it takes', () => {
    const [first] = candidates(table, 'longquan');
    expect(first).toEqual({ text: '龙', letters: 4 });
  });

  test('every character of GB 2312 can be reached by its syllable', () => {
    const reachable = new Set(Object.values(table.characters).flatMap((all) => Array.from(all)));
    expect(reachable.size).toBeGreaterThan(6_700);
    expect(texts('lv')).toContain('吕');
  });

  test('letters that are no syllable offer what their beginning can be, or nothing', () => {
    expect(texts('')).toEqual([]);
    expect(texts('v')).toEqual([]);
  });
});
