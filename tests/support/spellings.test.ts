import { expect, test } from 'vitest';
import { ManyNeedles } from './many-needles.ts';
import { spellingsOf, type Spelt } from './spellings.ts';

test('a text is found in base64 wherever it begins and ends, and in hex of both cases', () => {
  const spellings = spellingsOf('欧阳𰻝');
  for (const lead of ['', 'a', 'ab', 'abc']) {
    for (const tail of ['', 'x', 'xy', 'xyz']) {
      const written = Buffer.from(`${lead}欧阳𰻝${tail}`);
      const base64 = written.toString('base64');
      const found = spellings.filter(
        ({ spelling, bytes }) => spelling === 'base64' && base64.includes(bytes.toString()),
      );
      expect(found, `${lead}…${tail}`).toHaveLength(1);
    }
  }
  expect(spellings.map(({ bytes }) => bytes.toString())).toContain('E6ACA7E998B3F0B0BB9D');
});

test('many needles are found in one go, at every place, also at both ends', () => {
  const search = new ManyNeedles<Spelt>();
  const needles = [...spellingsOf('500199198509260043'), ...spellingsOf('龚大福测试')];
  for (const needle of needles) search.add(needle);
  for (const { spelling, bytes } of needles) {
    const hay = Buffer.concat([bytes, Buffer.from('-'), bytes]);
    const ends: number[] = [];
    search.in(hay, (found, end) => {
      if (found.spelling === spelling && found.bytes.equals(bytes)) ends.push(end);
    });
    expect(ends).toEqual([bytes.length, hay.length]);
  }
  let any = 0;
  search.in(Buffer.from('50019919850926004'), () => (any += 1));
  expect(any).toBe(0);
});
