import fc from 'fast-check';
import { expect, it } from 'vitest';
import { jsonErrorAt } from './json-error.ts';

const parses = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

it('agrees with the runtime about what is JSON, whatever one character is changed to', () => {
  const json = fc.json({ depthSize: 'small' });
  const character = fc.constantFrom('', ',', '"', '}', ']', '{', ':', '0', '-', '\\', '\n', 'x');
  fc.assert(
    fc.property(json, fc.nat(), character, (text, place, other) => {
      const at = place % (text.length + 1);
      for (const changed of [text, text.slice(0, at) + other + text.slice(at + 1)]) {
        expect(jsonErrorAt(changed) === undefined).toBe(parses(changed));
      }
    }),
    { numRuns: 1000 },
  );
});

it('tells the place of the usual slips', () => {
  expect(jsonErrorAt('{"a": 1,}')).toBe(8);
  expect(jsonErrorAt('{"a": yes}')).toBe(6);
  expect(jsonErrorAt('{"a": 1 "b": 2}')).toBe(8);
  expect(jsonErrorAt('{“a”: 1}')).toBe(1);
  expect(jsonErrorAt('')).toBe(0);
});

it('does not use up the stack', () => {
  expect(jsonErrorAt('['.repeat(500_000))).toBeLessThan(1000);
});
