import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keptIn, shareOf } from './coverage.ts';
import { PARSERS } from './parsers.ts';

const root = join(import.meta.dirname, '..', '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

describe('the list of parsers', () => {
  it('names files that are there, and suites with properties', () => {
    expect(PARSERS.filter(({ file }) => !existsSync(join(root, file)))).toEqual([]);
    const suites = new Set(PARSERS.flatMap(({ suites: own }) => own));
    expect([...suites].filter((suite) => !read(suite).includes('fc.assert('))).toEqual([]);
  });

  it('has every file of the drivers that says that it parses, reads or decodes', () => {
    const listed = PARSERS.map(({ file }) => file);
    const parsing = globSync('drivers/**/*.ts', { cwd: root })
      .filter((path) => !/test|simulator|conformance|support/.test(path))
      .filter((path) =>
        /export (?:async )?function (?:parse|read|decode|interpret)\w*\(/.test(read(path)),
      );
    expect(parsing.length).toBeGreaterThan(8);
    expect(parsing.filter((path) => !listed.includes(path))).toEqual([]);
  });

  it('has a row in docs/fuzzing.md for each, and no other', () => {
    const kept = keptIn(read('docs/fuzzing.md'));
    expect([...kept.keys()].sort()).toEqual(PARSERS.map(({ file }) => file).sort());
  });
});

describe('the share of a parser that ran', () => {
  const range = (startOffset: number, endOffset: number, count: number) => ({
    startOffset,
    endOffset,
    count,
  });
  const file = { functionName: '', ranges: [range(0, 100, 1)] };
  const take = (counts: boolean, ...ranges: ReturnType<typeof range>[]) => ({
    url: 'file:///parser.ts',
    counts,
    functions: [file, { functionName: 'parse', ranges }],
  });

  it('adds up blocks over several tests, and leaves out what did not count', () => {
    const loaded = take(false, range(10, 60, 1));
    expect(shareOf([loaded])).toEqual({ functions: 1, entered: 0, percent: 0 });
    const half = take(true, range(10, 60, 3), range(10, 35, 0));
    expect(shareOf([loaded, half])).toEqual({ functions: 1, entered: 1, percent: 50 });
    const other = take(true, range(10, 60, 1), range(35, 60, 0), range(40, 45, 1));
    expect(shareOf([half, other]).percent).toBe(100);
  });
});
